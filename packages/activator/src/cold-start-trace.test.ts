import { type Context, type SpanOptions, trace } from '@opentelemetry/api';
import { afterEach, expect, test } from 'vitest';
import { traceColdStart } from './cold-start-trace.ts';
import { ColdStart } from './core/cold-start.ts';

afterEach(() => trace.disable());

test('a cold start is one trace: a span over all of it, and under that one for each phase, without gaps', () => {
  const spans: { name: string; start: unknown; end?: unknown; parent?: object; attributes?: object }[] = [];
  const startSpan = (name: string, { startTime, attributes }: SpanOptions, context: Context) => {
    const record: (typeof spans)[number] = { name, start: startTime, attributes, parent: trace.getSpan(context) };
    spans.push(record);
    return Object.assign(record, { end: (at: unknown) => Object.assign(record, { end: at }), spanContext: () => ({}) });
  };
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan }) } as never);
  const cold = new ColdStart(10_000);
  cold.mark('scaled', 10_012);
  cold.mark('probed', 10_700);
  cold.mark('firstByte', 10_705);
  traceColdStart({ namespace: 'default', name: 'hello-00001' }, cold);
  expect(spans.map(({ name, start, end, parent }) => [name, start, end, parent === spans[0]])).toEqual([
    ['coldstart', 10_000, 10_705, false],
    ['scaled', 10_000, 10_012, true],
    ['probed', 10_012, 10_700, true],
    ['firstByte', 10_700, 10_705, true],
  ]);
  expect(spans[0]?.attributes).toEqual({ 'k8s.namespace.name': 'default', 'kn.revision.name': 'hello-00001' });
});

import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import { countersOf, mergeExpositions } from './exposition.ts';

/** The text of a process that answered so many requests on each listener. */
async function textOf(answered: Record<string, number>): Promise<string> {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ readers: [exporter] });
  const meter = provider.getMeter('test');
  const duration = meter.createHistogram('duration', { unit: 's', advice: { explicitBucketBoundaries: [0.1, 1] } });
  const active = meter.createUpDownCounter('active');
  for (const [listener, count] of Object.entries(answered)) {
    for (let i = 0; i < count; i++) duration.record(0.5, { listener, odd: 'a "b" c\nd 7' });
    active.add(1, { listener });
  }
  const { resourceMetrics } = await exporter.collect();
  const text = new PrometheusSerializer().serialize(resourceMetrics);
  await provider.shutdown();
  return text;
}

test('one text stays what it is', async () => {
  const text = await textOf({ external: 3 });
  expect(mergeExpositions([text])).toBe(text);
});

test('series of several are added up, by name and labels; what the processes are is said once', async () => {
  const [a, b, both] = await Promise.all([textOf({ external: 3 }), textOf({ external: 2 }), textOf({ external: 5 })]);
  expect(mergeExpositions([a, b])).toBe(both.replace(/^(active\{.*\}) 1$/m, '$1 2'));
  const lines = mergeExpositions([a, await textOf({ local: 1 })]).split('\n');
  expect(lines.filter((l) => l.startsWith('# TYPE'))).toHaveLength(3);
  expect(lines.filter((l) => /^duration\w*_count/.test(l)).map((l) => l.slice(l.lastIndexOf(' ')))).toEqual([' 3', ' 1']);
  expect(lines.filter((l) => l.startsWith('target_info'))).toEqual([expect.stringMatching(/ 1$/)]);
});

test('of what is gone, what was counted remains', async () => {
  const text = await textOf({ external: 3 });
  const names = (of: string) => of.split('\n').flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []);
  expect(names(text)).toEqual(['target_info', 'duration', 'active']);
  const counters = countersOf(text);
  expect(names(counters)).toEqual(['duration']);
  expect(counters).toMatch(/^duration_count\{.*\} 3$/m);
});

test('nothing is nothing', () => expect(mergeExpositions([]).trim()).toBe(''));

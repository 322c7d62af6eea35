import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { samplerOf } from './sampler.ts';

describe('sampling', () => {
  const low = '00000000000000000000000000000001';
  const high = '000000000000000000000000ffffffff';
  const under = (traceFlags: number) =>
    trace.setSpanContext(ROOT_CONTEXT, { traceId: low, spanId: 'b7ad6b7169203331', traceFlags, isRemote: true });
  // By rate and OTEL_TRACES_SAMPLER: a low trace, a high one, and the low one under a parent that is sampled, or is not.
  it.each<[number, string, string, boolean[]]>([
    [1, '', '', [true, true, true, true]],
    [0, '', '', [false, false, false, false]],
    [0.5, '', '', [true, false, true, false]],
    [0, 'always_on', '', [true, true, true, true]],
    [1, 'always_off', '', [false, false, false, false]],
    [0, 'traceidratio', '0.5', [true, false, true, true]],
    [0, 'parentbased_always_on', '', [true, true, true, false]],
    [1, 'parentbased_always_off', '', [false, false, true, false]],
    [0, 'parentbased_traceidratio', '0.5', [true, false, true, false]],
  ])('at %d, %s %s', (rate, name, argument, expected) => {
    const sampler = samplerOf(rate, name, argument);
    const asked = [[ROOT_CONTEXT, low] as const, [ROOT_CONTEXT, high] as const, [under(1), low] as const, [under(0), low] as const];
    const decided = asked.map(([context, traceId]) => sampler.shouldSample(context, traceId, 'x', SpanKind.INTERNAL, {}, []).decision);
    expect(decided.map((d) => d === SamplingDecision.RECORD_AND_SAMPLED)).toEqual(expected);
  });

  it('says what a sampler could be', () => {
    expect(() => samplerOf(1, 'some')).toThrow('OTEL_TRACES_SAMPLER is "some"; always_on, always_off, traceidratio');
    expect(() => samplerOf(1, 'traceidratio', '2')).toThrow('OTEL_TRACES_SAMPLER_ARG is "2"; a number from 0 to 1 would be right');
  });
});

import { describe, expect, it } from 'vitest';
import { formatTraceparent, parseTraceparent, type SpanContext, samplerOf } from './trace-context.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const of = (sampled: boolean): SpanContext => ({ traceId, spanId, sampled });

describe('traceparent', () => {
  it.each<[string, SpanContext | undefined]>([
    [`00-${traceId}-${spanId}-01`, of(true)],
    [`00-${traceId}-${spanId}-00`, of(false)],
    [`00-${traceId}-${spanId}-03`, of(true)],
    [`cc-${traceId}-${spanId}-01-more`, of(true)],
    [`ff-${traceId}-${spanId}-01`, undefined],
    [`00-${'0'.repeat(32)}-${spanId}-01`, undefined],
    [`00-${traceId}-${'0'.repeat(16)}-01`, undefined],
    [`00-${traceId.toUpperCase()}-${spanId}-01`, undefined],
    ['', undefined],
    ['00-abc-def-01', undefined],
  ])('reads %s', (header, context) => {
    expect(parseTraceparent(header)).toEqual(context);
  });

  it('is written as it is read', () => {
    expect(formatTraceparent(of(true))).toBe(`00-${traceId}-${spanId}-01`);
    expect(formatTraceparent(of(false))).toBe(`00-${traceId}-${spanId}-00`);
  });
});

describe('sampling', () => {
  const low = '00000000000000000000000000000001';
  const high = 'ffffffffffffffffffffffffffffffff';
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
    expect([sampler(low, undefined), sampler(high, undefined), sampler(low, of(true)), sampler(low, of(false))]).toEqual(expected);
  });

  it('says what a sampler could be', () => {
    expect(() => samplerOf(1, 'some')).toThrow('OTEL_TRACES_SAMPLER is "some"; always_on, always_off, traceidratio');
    expect(() => samplerOf(1, 'traceidratio', '2')).toThrow('OTEL_TRACES_SAMPLER_ARG is "2"; a number from 0 to 1 would be right');
  });
});

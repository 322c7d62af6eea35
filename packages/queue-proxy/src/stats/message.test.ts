import { Stat, WatchRequest } from '@ebb/shared/proto/gen/stats.ts';
import { describe, expect, it, test } from 'vitest';
import { decodePeriod, encodeStat } from './message.ts';

const nothing: Stat = {
  podName: '',
  averageConcurrentRequests: 0,
  averageProxiedConcurrentRequests: 0,
  requestCount: 0,
  proxiedRequestCount: 0,
  processUptime: 0,
  timestamp: 0,
};

describe('a Stat', () => {
  test.each([
    ['of nothing but the name', { podName: 'p' }],
    ['with a long name', { podName: 'ä'.repeat(120) }],
    [
      'of everything',
      {
        podName: 'p',
        averageConcurrentRequests: 1.25,
        averageProxiedConcurrentRequests: 0.5,
        requestCount: 10,
        proxiedRequestCount: 3,
        processUptime: 1e6,
      },
    ],
    ['of a jump', { podName: 'p', currentConcurrentRequests: 20.5 }],
    ['of a jump to nothing', { podName: 'p', currentConcurrentRequests: 0 }],
  ])('%s is read as it was written', (_, some) => {
    const stat = { ...nothing, ...some };
    const read = Stat.decode(encodeStat(stat));
    expect(read).toEqual({ currentConcurrentRequests: undefined, ...stat });
  });
  it('is byte for byte what the generated code writes', () => {
    const stat = { ...nothing, podName: 'pod-1', averageConcurrentRequests: 2, requestCount: 7.5 };
    expect(encodeStat(stat)).toEqual(Buffer.from(Stat.encode(stat).finish()));
  });
});

describe('a WatchRequest', () => {
  test.each([0, 1, 1000, 300_000])('of %d ms', (periodMs) => {
    expect(decodePeriod(Buffer.from(WatchRequest.encode({ periodMs }).finish()))).toBe(periodMs);
  });
  it('that is garbage is a RangeError', () => {
    for (const garbage of [[0x08], [0x0a, 0x01], [0x08, 0xff, 0xff]]) expect(() => decodePeriod(Buffer.from(garbage))).toThrow(RangeError);
  });
});

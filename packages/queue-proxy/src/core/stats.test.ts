import { describe, expect, it } from 'vitest';
import { averages, RequestStats } from './stats.ts';

describe('RequestStats', () => {
  it('weighs concurrency by time and counts arrivals a second', () => {
    const stats = new RequestStats(0);
    const start = stats.totals(0);
    stats.arrive(false, 0);
    stats.arrive(true, 500);
    stats.leave(false, 1500);
    const middle = stats.totals(2000);
    expect(averages(start, middle)).toEqual({
      // 1 for half a second, 2 for one, 1 for half a second.
      averageConcurrentRequests: 1.5,
      averageProxiedConcurrentRequests: 0.75,
      requestCount: 1,
      proxiedRequestCount: 0.5,
    });
    stats.leave(true, 2500);
    expect(averages(middle, stats.totals(3000))).toMatchObject({ averageConcurrentRequests: 0.5, requestCount: 0 });
  });

  it('says zero of no time, and survives a clock that goes back', () => {
    const stats = new RequestStats(1000);
    stats.arrive(false, 1000);
    const now = stats.totals(1000);
    expect(averages(now, now).averageConcurrentRequests).toBe(0);
    stats.totals(500);
    expect(averages(now, stats.totals(1500)).averageConcurrentRequests).toBe(2);
  });
});

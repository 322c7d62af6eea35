import { describe, expect, test } from 'vitest';
import { RequestStats } from './request-stats.ts';

const key = 'default/hello-00001';

describe('RequestStats', () => {
  test('weighs concurrency by time', () => {
    const stats = new RequestStats();
    stats.arrive(key, 0);
    stats.arrive(key, 500);
    stats.leave(key, 750);
    expect(stats.report(1000)).toEqual([{ key, averageConcurrentRequests: 1.25, requestCount: 2 }]);
    expect(stats.report(3000)).toEqual([{ key, averageConcurrentRequests: 1, requestCount: 0 }]);
  });

  test('says of the first request only that it is the first', () => {
    const stats = new RequestStats();
    expect(stats.arrive(key, 0)).toBe(true);
    expect(stats.arrive(key, 1)).toBe(false);
    expect(stats.busy()).toEqual([key]);
  });

  test('takes what was told at once off the next report: concurrency not below 0, the count may be negative', () => {
    const stats = new RequestStats();
    stats.arrive(key, 0);
    stats.told(key);
    expect(stats.wasTold(key)).toBe(true);
    stats.leave(key, 500);
    expect(stats.report(2000)).toEqual([{ key, averageConcurrentRequests: 0, requestCount: -0.5 }]);
    expect(stats.wasTold(key)).toBe(false);
  });

  test('a jump is more than twice what was told, and one more', () => {
    const stats = new RequestStats();
    stats.arrive(key, 0);
    expect(stats.jumps(key)).toBe(false);
    for (let i = 0; i < 9; i++) stats.arrive(key, 0);
    expect(stats.jumps(key)).toBe(true);
    expect(stats.sum(key, 50)).toBe(500);
    expect(stats.toldJump(key, 10)).toBe(true);
    expect(stats.jumps(key)).toBe(false);
    expect(stats.toldJump(key, 20)).toBe(false);
    expect(stats.toldJump(key, 12, true)).toBe(false);
    expect(stats.toldJump(key, 20, true)).toBe(true);
    stats.report(1000);
    for (let i = 0; i < 12; i++) stats.arrive(key, 1000);
    expect(stats.jumps(key)).toBe(true);
  });

  test('forgets a revision that had nothing in the whole window, so that its next request is a first one', () => {
    const stats = new RequestStats();
    stats.arrive(key, 0);
    stats.leave(key, 1);
    expect(stats.report(1000)).toHaveLength(1);
    expect(stats.report(2000)).toEqual([{ key, averageConcurrentRequests: 0, requestCount: 0 }]);
    expect(stats.report(3000)).toEqual([]);
    expect(stats.arrive(key, 3001)).toBe(true);
  });

  test('keeps one that is under way', () => {
    const stats = new RequestStats();
    stats.arrive(key, 0);
    for (const now of [1000, 2000, 3000]) expect(stats.report(now)[0]?.averageConcurrentRequests).toBe(1);
    expect(stats.arrive(key, 3001)).toBe(false);
  });
});

import type { Stat } from '@ebb/shared/proto/gen/stats.ts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RequestStats } from '../core/stats.ts';
import { Reporter } from './reporter.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

function reporting() {
  const stats = new RequestStats(0);
  const reporter = new Reporter(stats, () => Date.now(), 'pod');
  const seen: Stat[] = [];
  const stop = reporter.watch(0, (stat) => seen.push(stat));
  return { stats, reporter, seen, stop };
}

it('pushes once a period, and at once at a jump from idle', () => {
  const { stats, reporter, seen, stop } = reporting();
  vi.advanceTimersByTime(1500);
  expect(seen).toMatchObject([{ podName: 'pod', averageConcurrentRequests: 0 }]);
  stats.arrive(false, Date.now());
  reporter.jumped();
  expect(seen[1]).toMatchObject({ averageConcurrentRequests: 1, averageProxiedConcurrentRequests: 0, requestCount: 2 });
  // Not idle any more: the next period tells the rest.
  stats.leave(false, Date.now());
  stats.arrive(false, Date.now());
  reporter.jumped();
  expect(seen.length).toBe(2);
  vi.advanceTimersByTime(500);
  expect(seen[2]).toMatchObject({ averageConcurrentRequests: 0.5, requestCount: 2, processUptime: 2 });
  stop();
  reporter.stop();
  expect(vi.getTimerCount()).toBe(0);
});

it('replaces the snapshot each second; before the first there is only the name', () => {
  const { stats, reporter } = reporting();
  stats.arrive(true, 0);
  expect(reporter.snapshot).toMatchObject({ podName: 'pod', averageConcurrentRequests: 0, processUptime: 0 });
  vi.advanceTimersByTime(1000);
  expect(reporter.snapshot).toMatchObject({ averageConcurrentRequests: 1, averageProxiedConcurrentRequests: 1, proxiedRequestCount: 1 });
});

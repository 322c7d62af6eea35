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

it('pushes once a period', () => {
  const { stats, reporter, seen, stop } = reporting();
  vi.advanceTimersByTime(1500);
  expect(seen).toMatchObject([{ podName: 'pod', averageConcurrentRequests: 0 }]);
  stats.arrive(false, Date.now());
  stats.arrive(true, Date.now());
  vi.advanceTimersByTime(500);
  expect(seen[1]).toMatchObject({ averageConcurrentRequests: 1, averageProxiedConcurrentRequests: 0.5, requestCount: 2, processUptime: 2 });
  stop();
  reporter.stop();
  expect(vi.getTimerCount()).toBe(0);
});

it('tells of a jump a moment later, once, without what came through an activator', () => {
  const { stats, reporter, seen, stop } = reporting();
  const arrive = (times: number, proxied = false) => {
    for (let i = 0; i < times; i++) {
      stats.arrive(proxied, Date.now());
      reporter.arrived();
    }
  };
  arrive(5, true);
  arrive(1);
  vi.advanceTimersByTime(100);
  expect(seen).toEqual([]);
  arrive(19);
  vi.advanceTimersByTime(49);
  expect(seen).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(seen).toMatchObject([{ averageConcurrentRequests: 0, requestCount: 0, currentConcurrentRequests: 20 }]);
  arrive(20);
  vi.advanceTimersByTime(200);
  expect(seen).toHaveLength(1);
  arrive(5);
  vi.advanceTimersByTime(50);
  expect(seen[1]).toMatchObject({ currentConcurrentRequests: 45 });
  stop();
  reporter.stop();
});

it('a burst that is over in a moment is no jump', () => {
  const { stats, reporter, seen } = reporting();
  for (let i = 0; i < 20; i++) {
    stats.arrive(false, Date.now());
    reporter.arrived();
  }
  vi.advanceTimersByTime(2);
  for (let i = 0; i < 20; i++) stats.leave(false, Date.now());
  vi.advanceTimersByTime(500);
  expect(seen).toEqual([]);
  reporter.stop();
});

it('replaces the snapshot each second; before the first there is only the name', () => {
  const { stats, reporter } = reporting();
  stats.arrive(true, 0);
  expect(reporter.snapshot).toMatchObject({ podName: 'pod', averageConcurrentRequests: 0, processUptime: 0 });
  vi.advanceTimersByTime(1000);
  expect(reporter.snapshot).toMatchObject({ averageConcurrentRequests: 1, averageProxiedConcurrentRequests: 1, proxiedRequestCount: 1 });
});

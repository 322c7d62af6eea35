import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Reporter } from './reporter.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a jump that goes on is told of moment by moment until it is over', () => {
  const told: number[] = [];
  const reporter = new Reporter({
    podName: 'activator-1',
    clock: { now: () => Date.now() },
    send: (messages) => {
      told.push(...messages.flatMap((m) => m.stat?.currentConcurrentRequests ?? []));
      return true;
    },
  });
  const arrive = (times: number) => {
    for (let i = 0; i < times; i++) reporter.arrive('default/hello');
  };
  arrive(30);
  vi.advanceTimersByTime(50);
  expect(told).toEqual([30]);
  // Less than twice as many: a part of the same burst, by no means a jump of its own.
  vi.advanceTimersByTime(25);
  arrive(20);
  vi.advanceTimersByTime(25);
  expect(told).toEqual([30, 40]);
  vi.advanceTimersByTime(50);
  expect(told).toEqual([30, 40, 50]);
  vi.advanceTimersByTime(50);
  arrive(20);
  vi.advanceTimersByTime(500);
  expect(told).toEqual([30, 40, 50]);
  reporter.stop();
});

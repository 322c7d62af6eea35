import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Drain } from './drain.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('Drain', () => {
  it('is over after a quiet period, which arrivals begin anew, for all who wait', async () => {
    const drain = new Drain(30_000);
    const over: string[] = [];
    drain.begin().then(() => over.push('first'));
    expect(drain.draining).toBe(true);
    await vi.advanceTimersByTimeAsync(20_000);
    drain.arrived();
    drain.begin().then(() => over.push('second'));
    await vi.advanceTimersByTimeAsync(29_999);
    expect(over).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(over).toEqual(['first', 'second']);
    await drain.begin();
    expect(drain.draining).toBe(true);
  });

  it('can be taken back', async () => {
    const drain = new Drain(30_000);
    const begun = drain.begin();
    drain.reset();
    await begun;
    expect(drain.draining).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});

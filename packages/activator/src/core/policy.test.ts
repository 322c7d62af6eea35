import { describe, expect, test } from 'vitest';
import { policyFor, type Tracker } from './policy.ts';

const trackers = (limit: number, ...inFlight: number[]): Tracker[] => inFlight.map((n, i) => ({ dest: `pod-${i}`, limit, inFlight: n }));
const values =
  (...all: number[]) =>
  () =>
    all.shift() ?? 0;

describe('policyFor', () => {
  test('with a limit up to 3: the first that has room', () => {
    const pick = policyFor(2, values());
    expect(pick(trackers(2, 2, 1, 0))?.dest).toBe('pod-1');
    expect(pick(trackers(2, 0, 1, 0))?.dest).toBe('pod-0');
    expect(pick(trackers(2, 2, 2))).toBeUndefined();
    expect(pick([])).toBeUndefined();
  });

  test('with a higher limit: one after the other, leaving out the full ones', () => {
    const pick = policyFor(10, values());
    const all = trackers(10, 0, 10, 0);
    expect([pick(all), pick(all), pick(all)].map((t) => t?.dest)).toEqual(['pod-0', 'pod-2', 'pod-0']);
    // Fewer than before: the next index is beyond the end.
    expect(pick(all.slice(0, 1))?.dest).toBe('pod-0');
    expect(pick(trackers(10, 10, 10))).toBeUndefined();
  });

  test.each([
    ['the less busy of two', [0, 0], [5, 1, 0], 'pod-1'],
    ['whichever was drawn first', [0.99, 0], [1, 5, 5], 'pod-0'],
    ['a tie, heads', [0, 0.5, 0.4], [2, 2, 2], 'pod-0'],
    ['a tie, tails', [0, 0.5, 0.6], [2, 2, 2], 'pod-2'],
    ['the only one', [], [9], 'pod-0'],
  ])('without limit: %s', (_name, random, inFlight, dest) => {
    expect(policyFor(0, values(...random))(trackers(Infinity, ...inFlight))?.dest).toBe(dest);
  });

  test('without limit and without pods: none', () => {
    expect(policyFor(0, values())([])).toBeUndefined();
  });
});

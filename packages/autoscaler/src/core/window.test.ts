import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Algorithm, Window } from './window.ts';

const filled = (length: number, records: readonly (readonly [number, number])[]): Window => {
  const w = new Window(length);
  for (const [second, value] of records) w.record(second, value);
  return w;
};

test.each<[string, number, [number, number][], number, number]>([
  ['nothing recorded is 0', 5, [], 100, 0],
  ['one second is its value', 5, [[100, 3]], 100, 3],
  [
    'the same second adds up',
    5,
    [
      [100, 3],
      [100, 4],
    ],
    100,
    7,
  ],
  [
    'a window not full yet divides by what there is',
    5,
    [
      [100, 2],
      [101, 4],
    ],
    101,
    3,
  ],
  [
    'a full window divides by its length',
    3,
    [
      [100, 9],
      [101, 1],
      [102, 2],
      [103, 3],
    ],
    103,
    2,
  ],
  [
    'a gap inside counts as 0',
    5,
    [
      [100, 4],
      [103, 4],
    ],
    103,
    2,
  ],
  [
    'later: expired buckets leave, and shorten the divisor',
    5,
    [
      [100, 1],
      [101, 2],
      [102, 3],
      [103, 4],
      [104, 5],
    ],
    106,
    4,
  ],
  [
    'later, but not full: nothing has expired',
    5,
    [
      [100, 2],
      [101, 4],
    ],
    103,
    3,
  ],
  ['a silence as long as the window is 0', 5, [[100, 9]], 105, 0],
  [
    'a record after it starts anew',
    5,
    [
      [100, 9],
      [105, 2],
    ],
    105,
    2,
  ],
  [
    'what is older than the window is ignored',
    5,
    [
      [100, 2],
      [95, 9],
    ],
    100,
    2,
  ],
  [
    'what is late but inside counts',
    5,
    [
      [100, 2],
      [98, 4],
    ],
    100,
    2,
  ],
  ['a clock that went back sees the last write', 5, [[100, 2]], 98, 2],
  [
    'six digits, half away from zero',
    3,
    [
      [100, 1],
      [101, 0],
      [102, 0],
    ],
    102,
    0.333333,
  ],
  [
    'less than nothing: a poke taken back',
    2,
    [
      [100, 1],
      [101, -2],
    ],
    101,
    -0.5,
  ],
])('linear: %s', (_, length, records, now, average) => {
  expect(filled(length, records).average(now)).toBe(average);
});

test('weighted: the newest second weighs most, a silence lets it fade', () => {
  const n = 60;
  const a = Math.max(1 - (1 - 0.9999) ** (1 / n), 0.2);
  const w = filled(n, [
    [100, 10],
    [101, 20],
  ]);
  expect(w.average(101, 'weighted-exponential')).toBeCloseTo(a * 20 + a * (1 - a) * 10, 12);
  expect(w.average(103, 'weighted-exponential')).toBeCloseTo((a * 20 + a * (1 - a) * 10) * (1 - a) ** 2, 12);
});

test('empty only when nothing came for longer than the window', () => {
  const w = new Window(5);
  expect(w.isEmpty(100)).toBe(true);
  w.record(100, 0);
  expect([100, 105, 106].map((s) => w.isEmpty(s))).toEqual([false, false, true]);
});

test('another length keeps the newest data', () => {
  const w = filled(5, [
    [100, 1],
    [101, 2],
    [102, 3],
  ]);
  w.resize(2);
  expect(w.average(102)).toBe(2.5);
  w.resize(10);
  w.record(103, 4);
  expect(w.average(103)).toBe(3);
});

test.each<Algorithm>(['linear', 'weighted-exponential'])(
  '%s: an average is never outside of what was recorded, and grows with load',
  (algorithm) => {
    const seconds = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 1000 })), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 25 }), (records, length, later) => {
        const sorted = [...records].sort((x, y) => x[0] - y[0]);
        const now = 1000 + (sorted.at(-1)?.[0] ?? 0) + later;
        const at = (factor: number) =>
          filled(
            length,
            sorted.map(([s, v]) => [1000 + s, v * factor]),
          ).average(now, algorithm);
        const total = sorted.reduce((sum, [, v]) => sum + v, 0);
        expect(at(1)).toBeGreaterThanOrEqual(0);
        expect(at(1)).toBeLessThanOrEqual(total + 1e-6);
        expect(at(2)).toBeGreaterThanOrEqual(at(1));
      }),
    );
  },
);

import { seeded } from '@ebb/shared/testing/seeded.ts';
import { expect, test } from 'vitest';
import { corpus } from './index.ts';

test('every case has a name of its own', () => {
  const ids = corpus.map((c) => c.id);
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
});

test('one seed gives one row of numbers, in [0, 1)', () => {
  const [a, b] = [seeded(7), seeded(7)];
  const row = Array.from({ length: 1000 }, a);
  expect(row).toEqual(Array.from({ length: 1000 }, b));
  expect(row.every((n) => n >= 0 && n < 1)).toBe(true);
  expect(new Set(row).size).toBeGreaterThan(990);
});

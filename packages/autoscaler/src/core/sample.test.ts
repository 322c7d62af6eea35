import { expect, test } from 'vitest';
import { sampleSize } from './sample.ts';

test.each([
  [0, 0],
  [1, 1],
  [3, 3],
  [4, 4],
  [5, 4],
  [10, 7],
  [20, 9],
  [50, 12],
  [100, 14],
  [1000, 16],
  [100_000, 16],
])('of %i pods %i are asked', (population, sample) => {
  expect(sampleSize(population)).toBe(sample);
});

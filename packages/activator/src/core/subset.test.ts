import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { subsetOf } from './subset.ts';

const pods = (n: number) => Array.from({ length: n }, (_, i) => `10.0.0.${i + 1}:8012`);

describe('subsetOf', () => {
  test.each([
    ['place unknown: all', 3, -1, 2, [0, 1, 2]],
    ['one activator: all', 3, 0, 1, [0, 1, 2]],
    ['one pod: everybody has it', 1, 1, 2, [0]],
    ['no pod', 0, 1, 2, []],
    ['more activators than pods: one each, again from the start', 2, 2, 3, [0]],
    ['even', 4, 1, 2, [2, 3]],
    ['the rest goes to the first ones', 5, 0, 2, [0, 1, 4]],
    ['and to nobody else', 5, 1, 2, [2, 3]],
    ['two left for three', 8, 1, 3, [2, 3, 7]],
  ])('%s', (_name, n, index, activators, expected) => {
    const all = pods(n);
    expect(subsetOf(all, index, activators)).toEqual(expected.map((i) => all[i]));
  });

  test('with enough pods every one belongs to exactly one activator', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 2, max: 20 }), (n, k) => {
        fc.pre(k <= n);
        const all = pods(n);
        const taken = Array.from({ length: k }, (_, i) => subsetOf(all, i, k)).flat();
        expect(taken.sort()).toEqual(all.sort());
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseSubset } from './ring.ts';

const addresses = (n: number): string[] => Array.from({ length: n }, (_, i) => `10.42.${i >> 8}.${i & 255}`);

describe('chooseSubset', () => {
  test('gives all when all are asked for, with 0 as with a number too large', () => {
    expect(chooseSubset(['c', 'a', 'b'], 0, 'x')).toEqual(['a', 'b', 'c']);
    expect(chooseSubset(['c', 'a', 'b'], 3, 'x')).toEqual(['a', 'b', 'c']);
    expect(chooseSubset(['c', 'a', 'b'], 7, 'x')).toEqual(['a', 'b', 'c']);
    expect(chooseSubset([], 2, 'x')).toEqual([]);
  });

  test('gives as many different elements as asked for, whatever their order', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 40 }),
        fc.nat(),
        fc.string(),
        (from, seed, target) => {
          const n = 1 + (seed % (from.length - 1));
          const chosen = chooseSubset(from, n, target);
          expect(new Set(chosen).size).toBe(n);
          expect(chosen.every((c) => from.includes(c))).toBe(true);
          expect(chooseSubset([...from].reverse(), n, target)).toEqual(chosen);
        },
      ),
    );
  });

  test('keeps what it can when an element leaves or comes', () => {
    const all = addresses(20);
    let moved = 0;
    for (let t = 0; t < 50; t++) {
      const before = chooseSubset(all, 5, `revision-${t}`);
      for (const gone of all) {
        const after = chooseSubset(
          all.filter((a) => a !== gone),
          5,
          `revision-${t}`,
        );
        moved += before.filter((b) => b !== gone && !after.includes(b)).length;
      }
    }
    // 50 targets × 20 removals × 5 places: only a collision on the ring may move one that did not leave.
    expect(moved / (50 * 20 * 5)).toBeLessThan(0.05);
  });

  test('spreads targets over all elements', () => {
    const all = addresses(5);
    const counts = new Map(all.map((a) => [a, 0]));
    for (let t = 0; t < 1000; t++) for (const c of chooseSubset(all, 2, `revision-${t}`)) counts.set(c, (counts.get(c) ?? 0) + 1);
    for (const count of counts.values()) expect(count).toBeGreaterThan(100);
  });

  test('ends for sets larger than the ring', () => {
    expect(chooseSubset(addresses(100), 50, 'x')).toHaveLength(50);
    expect(chooseSubset(addresses(3000), 2, 'x')).toHaveLength(2);
  });
});

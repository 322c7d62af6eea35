import { describe, expect, test } from 'vitest';
import { isQuantity, parseQuantity } from './quantity.ts';

describe('quantities', () => {
  test.each([
    ['25m', 0.025],
    ['1', 1],
    [2, 2],
    ['1.5', 1.5],
    ['400Mi', 400 * 1024 * 1024],
    ['1Gi', 1024 ** 3],
    ['5k', 5_000],
    ['1e3', 1_000],
    ['1E3', 1_000],
    ['1E', 1e18],
    ['-1', -1],
    ['.5', 0.5],
    ['100n', 1e-7],
  ])('reads %s', (text, value) => {
    expect(parseQuantity(text)).toBeCloseTo(value, 12);
    expect(isQuantity(text)).toBe(true);
  });

  test('compares by value, not by spelling', () => {
    expect(parseQuantity('1000m')).toBe(parseQuantity('1'));
    expect(parseQuantity('1Ki')).toBe(parseQuantity('1024'));
  });

  test.each(['', 'abc', '1 Gi', '1KI', '1..5', 'Mi', '25 m'])('refuses %j in the words of Kubernetes', (text) => {
    expect(isQuantity(text)).toBe(false);
    expect(() => parseQuantity(text)).toThrow(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  });
});

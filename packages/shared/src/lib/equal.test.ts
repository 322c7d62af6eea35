import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonEqual, stableJson } from './equal.ts';

/** The same value with the keys of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([k, v]) => [k, reversed(v)]),
  );
}

describe('jsonEqual', () => {
  test('takes an absent field and an undefined one for the same', () => {
    expect(jsonEqual({ a: 1, b: undefined }, { a: 1 })).toBe(true);
    expect(jsonEqual({ a: 1 }, { a: 1, b: undefined })).toBe(true);
  });

  test('tells null, empty and absent apart', () => {
    expect(jsonEqual({ a: null }, {})).toBe(false);
    expect(jsonEqual({ a: {} }, {})).toBe(false);
    expect(jsonEqual({ a: [] }, { a: {} })).toBe(false);
    expect(jsonEqual('1', 1)).toBe(false);
  });

  test('minds the order of lists', () => {
    expect(jsonEqual([1, 2], [2, 1])).toBe(false);
    expect(jsonEqual([1], [1, 2])).toBe(false);
  });

  test.each(['constructor', 'toString', '__proto__'])('takes no inherited property for a label called %s', (name) => {
    const one = JSON.parse(`{${JSON.stringify(name)}: {}}`);
    expect(jsonEqual(one, {})).toBe(false);
    expect(jsonEqual({}, one)).toBe(false);
  });

  test('agrees with JSON parsed again, in any order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(jsonEqual(value, JSON.parse(JSON.stringify(value)))).toBe(true);
        expect(jsonEqual(value, reversed(value))).toBe(true);
      }),
    );
  });

  test('is symmetric, and true exactly where the stable JSON is equal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(jsonEqual(a, b)).toBe(jsonEqual(b, a));
        expect(jsonEqual(a, b)).toBe(stableJson(a) === stableJson(b));
      }),
    );
  });
});

describe('stableJson', () => {
  test('sorts keys at every depth and leaves absent fields out', () => {
    expect(stableJson({ b: 1, a: { d: undefined, c: [{ z: 1, y: 2 }] } })).toBe('{"a":{"c":[{"y":2,"z":1}]},"b":1}');
  });

  test('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(stableJson(reversed(value))).toBe(stableJson(value));
        expect(jsonEqual(JSON.parse(stableJson(value)), value)).toBe(true);
      }),
    );
  });
});

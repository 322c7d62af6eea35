import { describe, expect, test } from 'vitest';
import {
  asWarnings,
  both,
  disallowed,
  errorText,
  general,
  invalidKey,
  invalidValue,
  missing,
  neither,
  outOfBounds,
  under,
  warningLines,
} from './field-error.ts';

describe('field errors', () => {
  test.each([
    ['missing', missing('a'), 'missing field(s): a'],
    ['disallowed', disallowed('a', 'b'), 'must not set the field(s): a, b'],
    ['a value', invalidValue('x', 'a'), 'invalid value: x: a'],
    ['a value with details', invalidValue('x', 'a', 'one', 'two'), 'invalid value: x: a\none, two'],
    ['a key', invalidKey('k', 'a'), 'invalid key name "k": a'],
    ['neither', neither('a', 'b'), 'expected exactly one, got neither: a, b'],
    ['both', both('b', 'a'), 'expected exactly one, got both: a, b'],
    ['bounds', outOfBounds(7, 0, 6, 'a'), 'expected 0 <= 7 <= 6: a'],
    ['no path', general('off', []), 'off: '],
  ])('%s', (_name, errors, text) => {
    expect(errorText(errors)).toBe(text);
  });

  test('take indexes and keys into their path', () => {
    expect(errorText(under(missing('b'), 'spec', 'a', 0))).toBe('missing field(s): spec.a[0].b');
    expect(errorText(under(invalidValue('x', '[a.b/c]'), 'annotations'))).toBe('invalid value: x: annotations.[a.b/c]');
    expect(errorText(under(missing(''), 'containers', 1))).toBe('missing field(s): containers[1]');
  });

  test('that are equal become one; the list is sorted by message, details, level', () => {
    const errors = [...missing('z'), ...invalidValue('x', 'b', 'two'), ...invalidValue('x', 'a', 'one'), ...missing('a', 'z')];
    expect(errorText(errors)).toBe('invalid value: x: a\none\ninvalid value: x: b\ntwo\nmissing field(s): a, z');
  });

  test('as warnings reject nothing and come a line each', () => {
    const errors = asWarnings([...missing('a'), ...invalidValue('x', 'b', 'why')]);
    expect(errorText(errors)).toBe('');
    expect(warningLines(errors)).toEqual(['invalid value: x: b', 'why', 'missing field(s): a']);
    expect(errorText([...errors, ...missing('a')])).toBe('missing field(s): a');
  });
});

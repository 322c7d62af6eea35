import { describe, expect, test } from 'vitest';
import { imageError } from './image.ts';
import { dns1035Label, dns1035Prefix, dns1123Subdomain, qualifiedName, texts } from './names.ts';

describe('names', () => {
  test('have the texts of Kubernetes', () => {
    expect(texts.label1035).toBe(
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    );
    expect(texts.subdomain1123).toContain("(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.");
    expect(texts.qualified).toContain("(e.g. 'MyName',  or 'my.name',  or '123-abc', regex");
  });

  test.each([
    ['a label', dns1035Label, ['a', 'my-name', 'a'.repeat(63)], ['', 'A', '1a', 'a-', 'a.b', 'a'.repeat(64)]],
    ['a prefix', dns1035Prefix, ['a-', 'my-'], ['-', 'AB-', '12-']],
    ['a subdomain', dns1123Subdomain, ['a.b', '1'], ['a..b', '-a', 'A']],
    ['a qualified name', qualifiedName, ['a', 'A_b', 'x.y/z'], ['', '/a', 'a/', 'a/b/c', 'X Y/z']],
  ])('%s', (_name, check, good, bad) => {
    for (const value of good) expect(check(value), value).toEqual([]);
    for (const value of bad) expect(check(value), value).not.toEqual([]);
  });

  test('that are too long are told so', () => {
    expect(dns1035Label('a'.repeat(64))).toEqual(['must be no more than 63 characters']);
  });
});

describe('image references', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  test.each([
    'nginx',
    'nginx:1.2',
    'a/b',
    'localhost:5000/a/b:t',
    `example.com/ab@${digest}`,
    `example.com/ab:t@${digest}`,
    '[::1]:5000/ab',
    '/a',
    'ab:',
    'localhost/ab',
  ])('%s is one', (text) => {
    expect(imageError(text)).toBeUndefined();
  });
  test.each(['', 'a', 'x y', 'UPPER', 'example.com/a', 'a:', 'a@sha256:1', `a@${digest}@${digest}`, 'ab:t:t', 'exa mple.com/ab'])(
    '%j is none',
    (text) => {
      expect(imageError(text)).toBe(`could not parse reference: ${text}`);
    },
  );
});

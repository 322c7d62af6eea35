import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { childName } from './child-name.ts';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
/** A DNS-1035 label, as names of Services, Configurations and Routes are. */
const label = fc.stringMatching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
/** What reconcilers append: a dash and something that ends like a name. */
const suffix = fc.oneof(
  fc.constantFrom('', '-deployment', '-private', '-cache', '-00001'),
  fc.stringMatching(/^-[-a-z0-9]{0,61}[a-z0-9]$/),
);

describe('childName', () => {
  test('concatenates what fits 63 characters', () => {
    expect(childName('hello', '-deployment')).toBe('hello-deployment');
    expect(childName('a'.repeat(52), '-deployment')).toBe(`${'a'.repeat(52)}-deployment`);
  });

  test('cuts the parent for its hash and keeps the suffix', () => {
    const parent = 'a'.repeat(53);
    expect(childName(parent, '-deployment')).toBe(`${'a'.repeat(20)}${md5(parent)}-deployment`);
  });

  test('hashes parent and suffix together when the suffix has 31 characters or more', () => {
    const parent = 'p'.repeat(40);
    const long = `-${'s'.repeat(30)}`;
    expect(childName(parent, long)).toBe(`${'p'.repeat(31)}${md5(parent + long)}`);
    expect(childName('short', 's'.repeat(60))).toBe(`short${md5(`short${'s'.repeat(60)}`)}${'s'.repeat(26)}`);
  });

  test('strips what is not alphanumeric from the end of a cut suffix', () => {
    const cut = `${'s'.repeat(24)}--${'s'.repeat(34)}`;
    expect(childName('short', cut)).toBe(`short${md5(`short${cut}`)}${'s'.repeat(24)}`);
  });

  test('is always a DNS label', () => {
    fc.assert(
      fc.property(label, suffix, (parent, s) => {
        expect(childName(parent, s)).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
      }),
    );
  });

  test('is 63 long once a short suffix does not fit', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][-a-z0-9]{35,61}[a-z0-9]$/), fc.stringMatching(/^-[a-z0-9]{27,29}$/), (parent, s) => {
        expect(childName(parent, s)).toHaveLength(63);
        expect(childName(parent, s).endsWith(s)).toBe(true);
      }),
    );
  });
});

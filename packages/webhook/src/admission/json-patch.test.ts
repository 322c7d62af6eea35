import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonPatch, type Operation } from './json-patch.ts';

/** RFC 6902, as far as the operations made here: an independent reading to check them against. */
function apply(document: unknown, operations: readonly Operation[]): unknown {
  const root = { root: structuredClone(document) } as Record<string, unknown>;
  for (const o of operations) {
    const keys = ['root', ...o.path.split('/').slice(1)].map((k) => k.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop() ?? '';
    let at = root as Record<string, unknown>;
    for (const key of keys) at = at[key] as Record<string, unknown>;
    if (o.op !== 'add' && !Object.hasOwn(at, last)) throw new Error(`${o.op} of ${o.path}, which is not there`);
    if (o.op === 'remove') delete at[last];
    else Object.defineProperty(at, last, { value: o.value, enumerable: true, configurable: true, writable: true });
  }
  return root.root;
}

describe('a JSON patch', () => {
  test.each([
    ['nothing', { a: [1] }, { a: [1] }, []],
    ['an addition', {}, { a: { b: 1 } }, [{ op: 'add', path: '/a', value: { b: 1 } }]],
    ['a removal', { a: 1, b: 2 }, { b: 2 }, [{ op: 'remove', path: '/a' }]],
    ['a value', { a: { b: 1 } }, { a: { b: 2 } }, [{ op: 'replace', path: '/a/b', value: 2 }]],
    ['a key with a slash and a tilde', { 'x/y~z': 1 }, { 'x/y~z': 2 }, [{ op: 'replace', path: '/x~1y~0z', value: 2 }]],
    ['an entry of a list', [{ a: 1 }, { a: 2 }], [{ a: 1 }, { a: 2, b: 3 }], [{ op: 'add', path: '/1/b', value: 3 }]],
    ['a list of another length', { a: [1] }, { a: [1, 2] }, [{ op: 'replace', path: '/a', value: [1, 2] }]],
    ['a field that is undefined: absent', { a: 1 }, { a: 1, b: undefined }, []],
  ])('%s', (_what, before, after, want) => {
    expect(jsonPatch(before, after)).toEqual(want);
  });

  test('turns the one into the other, whatever they are', () => {
    const json = fc.jsonValue().map((v) => JSON.parse(JSON.stringify(v)));
    const plain = json.filter((v) => !JSON.stringify(v).includes('__proto__'));
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(apply(a, jsonPatch(a, b))).toEqual(b);
      }),
    );
  });
});

import { expect, test } from 'vitest';
import { jsonPatch } from '../../packages/webhook/src/admission/json-patch.ts';
import { patched } from './patch.ts';
import { structural } from './structural.ts';

test('a patch is applied, to lists and to keys with odd characters', () => {
  const object = { a: [1, 2, 3], 'b/c': { '~': 1 } };
  const patch = [
    { op: 'add', path: '/a/1', value: 9 },
    { op: 'remove', path: '/a/0' },
    { op: 'add', path: '/a/-', value: 4 },
    { op: 'replace', path: '/b~1c/~0', value: { d: 1 } },
    { op: 'add', path: '/e', value: null },
  ] as const;
  expect(patched(object, patch)).toEqual({ a: [9, 2, 3, 4], 'b/c': { '~': { d: 1 } }, e: null });
  expect(object.a).toEqual([1, 2, 3]);
});

test('one that does not fit is refused', () => {
  expect(() => patched({ a: 1 }, [{ op: 'add', path: '/a/b', value: 1 }])).toThrow('add /a/b: there is nothing to put it into');
});

test('what a patch was made from becomes what it was made for', () => {
  const [before, after] = [
    { a: { b: [1, { c: 2 }] }, d: '', x: null },
    { a: { b: [1, { c: 3, e: [] }] }, f: {}, x: 0 },
  ];
  expect(patched(before, jsonPatch(before, after))).toEqual(after);
});

test('the API server keeps what the schema has and what it is told to keep, and fills in its defaults', () => {
  const container = { image: 'i', colour: 'red', ports: [{ containerPort: 80, hostPort: 1 }], lifecycle: {} };
  const spec = { containers: [container], initContainers: [{ colour: 'red' }], restartPolicy: 'Never' };
  const object = { apiVersion: 'serving.knative.dev/v1', kind: 'Revision', metadata: { name: 'a', any: 1 }, spec, more: 1 };
  expect(structural('Revision', object)).toEqual({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Revision',
    metadata: { name: 'a', any: 1 },
    spec: { containers: [{ image: 'i', ports: [{ containerPort: 80, protocol: 'TCP' }] }], initContainers: [{ colour: 'red' }] },
  });
});

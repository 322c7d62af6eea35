import { describe, expect, test } from 'vitest';
import { ownerOf } from './owner.ts';
import { revisionOfHost } from './revision-host.ts';

describe('revisionOfHost', () => {
  test.each([
    ['hello-00001.default.svc.cluster.local', { namespace: 'default', name: 'hello-00001' }],
    ['hello-00001.default.svc.cluster.local:80', { namespace: 'default', name: 'hello-00001' }],
    ['hello-00001.default.svc', undefined],
    ['hello-00001.default', undefined],
    ['a.hello-00001.default.svc.cluster.local', undefined],
    ['default.svc.cluster.local', undefined],
    ['.default.svc.cluster.local', undefined],
    ['hello.example.com', undefined],
    ['', undefined],
  ])('%s', (host, expected) => {
    expect(revisionOfHost(host, 'cluster.local')).toEqual(expected);
  });
});

describe('ownerOf', () => {
  test('is nobody else while no owner is known', () => {
    expect(ownerOf('default/hello', new Map())).toBeUndefined();
  });
  test('is the owner of the only bucket', () => {
    expect(ownerOf('default/hello', new Map([['autoscaler-bucket-00-of-01', '10.0.0.1:8080']]))).toBe('10.0.0.1:8080');
  });
  test('is the owner of its bucket of several, or the one that was asked', () => {
    const owners = new Map([['autoscaler-bucket-01-of-02', '10.0.0.2:8080']]);
    const chosen = new Set(Array.from({ length: 40 }, (_, i) => ownerOf(`default/hello-${i}`, owners)));
    expect(chosen).toEqual(new Set(['10.0.0.2:8080', undefined]));
  });
  test('is nobody else for a bucket name of another shape', () => {
    expect(ownerOf('default/hello', new Map([['bucket', '10.0.0.1:8080']]))).toBeUndefined();
  });
});

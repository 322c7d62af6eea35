import { describe, expect, test } from 'vitest';
import { builtin } from './builtin.ts';
import { kinds } from './kinds.ts';
import { apiVersionOf, controllerOf, isOwnedBy, keyOf, ownerReference } from './meta.ts';

const owner = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'hello', namespace: 'default', uid: 'u-1' } };
const child = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default', ownerReferences: [ownerReference(owner)] } };

describe('owner references', () => {
  test('name the controller and block its deletion', () => {
    expect(ownerReference(owner)).toEqual({
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      name: 'hello',
      uid: 'u-1',
      controller: true,
      blockOwnerDeletion: true,
    });
  });

  test('are compared by UID: a name may have been used again', () => {
    expect(isOwnedBy(child, owner)).toBe(true);
    expect(isOwnedBy(child, { ...owner, metadata: { ...owner.metadata, uid: 'u-2' } })).toBe(false);
  });

  test('count only when they control', () => {
    const loose = { ...child, metadata: { ...child.metadata, ownerReferences: [{ ...ownerReference(owner), controller: false }] } };
    expect(controllerOf(loose)).toBeUndefined();
    expect(isOwnedBy(loose, owner)).toBe(false);
  });

  test('are not there on an object without owner, not even for an owner without UID', () => {
    const orphan = { ...child, metadata: { name: 'p', namespace: 'default' } };
    const unborn = { ...owner, metadata: { name: 'hello', namespace: 'default' } };
    expect(isOwnedBy(orphan, owner)).toBe(false);
    expect(isOwnedBy(orphan, unborn)).toBe(false);
  });
});

describe('names', () => {
  test('of API versions and keys', () => {
    expect(apiVersionOf(kinds.Service)).toBe('serving.knative.dev/v1');
    expect(apiVersionOf(kinds.DomainMapping)).toBe('serving.knative.dev/v1beta1');
    expect(apiVersionOf(builtin.Pod)).toBe('v1');
    expect(keyOf(owner)).toBe('default/hello');
  });
});

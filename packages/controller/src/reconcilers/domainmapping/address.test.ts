import type { DomainMapping } from '@ebb/shared/api/kinds.ts';
import type { KubeObject } from '@ebb/shared/api/meta.ts';
import { expect, test } from 'vitest';
import { backendOf } from './address.ts';
import { kindOf, type Reference } from './referents.ts';

const mapping = (ref: Partial<Reference> = {}): DomainMapping => ({
  apiVersion: 'serving.knative.dev/v1beta1',
  kind: 'DomainMapping',
  metadata: { name: 'app.example.org', namespace: 'shop' },
  spec: { ref: { apiVersion: 'example.org/v1', kind: 'Gadget', name: 'it', ...ref } },
});
const referent = (status: unknown): KubeObject => ({
  apiVersion: 'example.org/v1',
  kind: 'Gadget',
  metadata: { name: 'it', namespace: 'shop' },
  status,
});
const inside = 'http://it.shop.svc.cluster.local';
const backend = { host: 'it.shop.svc.cluster.local', service: 'it' };

test.each<[string, Partial<Reference>, unknown]>([
  ['its one address', {}, { address: { url: inside } }],
  ['a slash behind it', {}, { address: { url: `${inside}/` } }],
  [
    'the first of several',
    {},
    { addresses: [{ url: inside }, { url: 'http://other.example.com' }], address: { url: 'http://old.example.com' } },
  ],
  [
    'the one of a name',
    { address: 'b' },
    {
      addresses: [
        { name: 'a', url: 'http://a.example.com' },
        { name: 'b', url: inside },
      ],
    },
  ],
  ['over TLS', {}, { address: { url: 'https://it.shop.svc.cluster.local' } }],
])('%s', (_, ref, status) => {
  expect(backendOf(mapping(ref), referent(status), 'cluster.local')).toEqual(backend);
});

const shown = 'Kind = Gadget, Namespace = shop, Name = it, APIVersion = example.org/v1, Group = , Address = ';
const form = 'must be of the form {name}.{namespace}.svc.cluster.local';
test.each<[unknown, string, Partial<Reference>?]>([
  [undefined, `address not set for ${shown}`],
  [{ addresses: [] }, `address not set for ${shown}`],
  [{ address: {} }, `URL missing in address of ${shown}`],
  [{ address: { url: '/only/a/path' } }, `hostname missing in address of ${shown}`],
  [{ addresses: [{ name: 'a', url: inside }] }, `address with name "b" not found for ${shown}b`, { address: 'b' }],
  [{ address: { url: `${inside}/api` } }, `resolved URI "${inside}/api" contains a path`],
  [{ address: { url: 'http://example.com' } }, `resolved URI "http://example.com" ${form}`],
  [{ address: { url: `${inside}:8080` } }, `resolved URI "${inside}:8080" ${form}`],
  [{ address: { url: 'http://it.svc.cluster.local' } }, `resolved URI "http://it.svc.cluster.local" ${form}`],
  [{ address: { url: 'http://a.b.shop.svc.cluster.local' } }, `resolved URI "http://a.b.shop.svc.cluster.local" ${form}`],
  [
    { address: { url: 'http://it.bank.svc.cluster.local' } },
    'resolved URI "http://it.bank.svc.cluster.local" must be in same namespace as DomainMapping',
  ],
])('%o is refused', (status, message, ref) => {
  expect(() => backendOf(mapping(ref), referent(status), 'cluster.local')).toThrow(message);
});

test('a Kubernetes Service has its name; the cluster its domain', () => {
  const ref = { apiVersion: 'v1', kind: 'Service' };
  expect(backendOf(mapping(ref), referent(undefined), 'corp.internal')).toEqual({ host: 'it.shop.svc.corp.internal', service: 'it' });
  expect(() => backendOf(mapping(ref), undefined, 'corp.internal')).toThrow('failed to get object shop/it: services "it" not found');
  expect(() => backendOf(mapping(), undefined, 'corp.internal')).toThrow(
    'failed to get object shop/it: gadgets.example.org "it" not found',
  );
});

test.each([
  ['v1', 'Service', '', 'services'],
  ['serving.knative.dev/v1', 'Service', 'serving.knative.dev', 'services'],
  ['flows.knative.dev/v1', 'Sequence', 'flows.knative.dev', 'sequences'],
  ['example.org/v1', 'Policy', 'example.org', 'policies'],
  ['example.org/v1', 'Bus', 'example.org', 'buses'],
])('%s %s is among the %s %s', (apiVersion, kind, group, plural) => {
  expect(kindOf({ apiVersion, kind, name: 'it' })).toMatchObject({ group, plural });
});

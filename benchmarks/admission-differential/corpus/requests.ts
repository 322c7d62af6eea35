import type { Case } from './case.ts';
import { edited, type Json, meta } from './edit.ts';
import { all, configuration, domainMapping, revisionObject, route, service } from './seeds.ts';

/** Requests that are odd in themselves: operations, users, kinds. */

export const requestCases: Case[] = [
  ...all.map((o): Case => ({ id: `${o.kind} as it should be`, config: 'stock', kind: o.kind, operation: 'CREATE', object: o })),
  ...all.map((o): Case => ({ id: `${o.kind} deleted`, config: 'stock', kind: o.kind, operation: 'DELETE', before: o })),
  ...all.map(
    (o): Case => ({
      id: `${o.kind} unchanged`,
      config: 'stock',
      kind: o.kind,
      operation: 'UPDATE',
      before: o,
      object: (stored: Json) => stored,
    }),
  ),
  { id: 'a connection', config: 'stock', kind: 'Service', operation: 'CONNECT', object: service },
  { id: 'a creation without an object', config: 'stock', kind: 'Service', operation: 'CREATE' },
  { id: 'an update without an object', config: 'stock', kind: 'Service', operation: 'UPDATE', before: service },
  { id: 'an update without what was there', config: 'stock', kind: 'Service', operation: 'UPDATE', object: service },
  {
    id: 'an unknown kind',
    config: 'stock',
    kind: 'Unknown',
    operation: 'CREATE',
    object: { apiVersion: 'example.com/v1', kind: 'Unknown', metadata: { name: 'x' } },
  },
  {
    id: 'an unknown kind deleted',
    config: 'stock',
    kind: 'Unknown',
    operation: 'DELETE',
    before: { apiVersion: 'example.com/v1', kind: 'Unknown', metadata: { name: 'x' } },
  },
  {
    id: 'a claim',
    config: 'stock',
    kind: 'ClusterDomainClaim',
    operation: 'CREATE',
    object: {
      apiVersion: 'networking.internal.knative.dev/v1alpha1',
      kind: 'ClusterDomainClaim',
      metadata: { name: 'a.b' },
      spec: { namespace: 'x' },
    },
  },
  ...['', 'system:admin', 'user "with" quotes', 'üser', 'a\nb'].map(
    (user): Case => ({ id: `user ${JSON.stringify(user)}`, config: 'stock', kind: 'Service', operation: 'CREATE', user, object: service }),
  ),
  {
    id: 'a sub-resource that is not status',
    config: 'stock',
    kind: 'Service',
    operation: 'UPDATE',
    subResource: 'scale',
    before: service,
    object: (stored: Json) => edited(stored, meta({ name: 'A_b' })),
  },
  { id: 'a service without a spec', config: 'stock', kind: 'Service', operation: 'CREATE', object: { ...service, spec: undefined } },
  { id: 'a service with an empty spec', config: 'stock', kind: 'Service', operation: 'CREATE', object: { ...service, spec: {} } },
  {
    id: 'a service with an empty template',
    config: 'stock',
    kind: 'Service',
    operation: 'CREATE',
    object: { ...service, spec: { template: {} } },
  },
  {
    id: 'a configuration without a spec',
    config: 'stock',
    kind: 'Configuration',
    operation: 'CREATE',
    object: { ...configuration, spec: undefined },
  },
  {
    id: 'a revision without a spec',
    config: 'stock',
    kind: 'Revision',
    operation: 'CREATE',
    object: { ...revisionObject, spec: undefined },
  },
  { id: 'a route without a spec', config: 'stock', kind: 'Route', operation: 'CREATE', object: { ...route, spec: undefined } },
  {
    id: 'a mapping without a spec',
    config: 'stock',
    kind: 'DomainMapping',
    operation: 'CREATE',
    object: { ...domainMapping, spec: undefined },
  },
  {
    id: 'a service with a status',
    config: 'stock',
    kind: 'Service',
    operation: 'CREATE',
    object: { ...service, status: { url: 'http://x.example', conditions: [{ type: 'Ready', status: 'True' }] } },
  },
];

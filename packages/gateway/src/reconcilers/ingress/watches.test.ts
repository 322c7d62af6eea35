import type { Endpoints } from '@ebb/shared/api/builtin.ts';
import type { Ingress } from '@ebb/shared/api/kinds.ts';
import type { Caches } from '@ebb/shared/kube/reconciler.ts';
import { expect, test } from 'vitest';
import { compile } from '../../core/compile.ts';
import { RouteTable } from '../../core/table.ts';
import { FilledCache } from '../../state/filled-cache.ts';
import { ingress, rule, split } from '../../testing/objects.ts';
import { watches } from './watches.ts';

test('who waits for a host hears when its owner is gone, though the routes of that went first', () => {
  const table = new RouteTable();
  const of = (name: string, ...hosts: string[]) => ingress(name, [rule(hosts, [{ splits: [split('one')] }])]);
  const [first, second] = [of('a', 'App.example.org', 'a.example.org'), of('b', 'app.example.org')];
  for (const i of [first, second]) table.put(compile(i));
  const { tracks = [] } = watches({ systemNamespace: 'knative-serving', claimants: (hosts) => table.claimants(hosts) });
  const keys = tracks.find((t) => t.kind.kind === 'Ingress')?.keys as (i: Ingress, caches: Caches) => string[];
  expect(keys(first, {} as Caches)).toEqual(['ns/b']);
  table.remove('ns/a');
  expect(keys(first, {} as Caches)).toEqual(['ns/b']);
  expect(keys(second, {} as Caches)).toEqual([]);
});

test('who waits for all replicas hears when one came or went; Ingresses of other classes do not', () => {
  const caches = { ingresses: new FilledCache<Ingress>() };
  const of = (name: string, ready: 'True' | 'Unknown') => ({
    ...ingress(name, [rule([`${name}.example.org`], [{ splits: [split('one')] }])]),
    status: { observedGeneration: 1, conditions: [{ type: 'Ready', status: ready }] },
  });
  const foreign = of('foreign', 'Unknown');
  foreign.metadata.annotations = { 'networking.knative.dev/ingress.class': 'kourier.ingress.networking.knative.dev' };
  caches.ingresses.put(of('waiting', 'Unknown'), of('ready', 'True'), foreign);
  const { tracks = [], filter } = watches({ systemNamespace: 'knative-serving', claimants: () => [] });
  const keys = tracks.find((t) => t.kind.kind === 'Endpoints')?.keys as (e: Endpoints, caches: Caches) => string[];
  const told = (namespace: string, name: string) =>
    keys({ apiVersion: 'v1', kind: 'Endpoints', metadata: { namespace, name } }, { of: () => caches.ingresses } as unknown as Caches);
  expect(told('knative-serving', 'gateway-local')).toEqual(['ns/waiting']);
  expect(told('knative-serving', 'activator-service')).toEqual([]);
  expect(told('ns', 'gateway-local')).toEqual([]);
  expect(filter?.(foreign)).toBe(false);
});

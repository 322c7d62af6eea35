import type { Ingress } from '@ebb/shared/api/kinds.ts';
import type { Caches } from '@ebb/shared/kube/reconciler.ts';
import { expect, test } from 'vitest';
import { compile } from '../../core/compile.ts';
import { RouteTable } from '../../core/table.ts';
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

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ingress, rule, split } from '../testing/objects.ts';
import { compile, type Routes } from './compile.ts';
import { RouteTable } from './table.ts';

const hosts = ['a', 'b', 'c', 'd'];
const routes = fc.record({
  name: fc.constantFrom('i', 'j', 'k'),
  age: fc.integer({ min: 1, max: 3 }),
  hosts: fc.subarray(hosts),
  v: fc.nat(),
});
const steps = fc.array(fc.oneof(routes, fc.record({ remove: fc.constantFrom('i', 'j', 'k') })), { maxLength: 20 });

function routesOf({ name, age, hosts: of, v }: { name: string; age: number; hosts: string[]; v: number }): Routes {
  const made = ingress(name, of.length ? [rule(of, [{ splits: [split(`s${v}`)] }])] : []);
  return compile({ ...made, metadata: { ...made.metadata, creationTimestamp: `2026-01-0${age}T00:00:00Z` } });
}

test('changes one by one leave what putting in all anew would', () => {
  fc.assert(
    fc.property(steps, (changes) => {
      const table = new RouteTable();
      const present = new Map<string, Routes>();
      for (const change of changes) {
        if ('remove' in change) {
          table.remove(`ns/${change.remove}`);
          present.delete(`ns/${change.remove}`);
        } else {
          const made = routesOf(change);
          table.put(made);
          present.set(made.key, made);
        }
        for (const host of hosts) {
          const claims = [...present.values()].filter((r) => r.hosts.has(host));
          claims.sort((a, b) => `${a.createdAt}${a.key}`.localeCompare(`${b.createdAt}${b.key}`));
          expect(table.lookup(host)?.owner).toBe(claims[0]);
          expect(table.claimants([host])).toEqual(claims.map((c) => c.key));
          for (const claim of claims) {
            if (claim !== claims[0]) expect(table.conflicted(claim.key)).toBe(true);
          }
        }
        expect(table.size).toBe(present.size);
      }
    }),
  );
});

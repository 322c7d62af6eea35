import type { LeaderElectionConfig } from '../config/leader-election.ts';
import { chooseSubset } from '../lib/ring.ts';
import type { Elector } from './leases.ts';

/** Keys whose bucket is remembered: more than a large installation has of one kind. */
const remembered = 20_000;

/**
 * The leases of a queue, one a bucket, in order (contract control-plane 8.3): `controller.<queue>.00-of-03`, … A
 * `map-lease-prefix.<component>.<queue>` of config-leader-election takes the place of what stands before the numbers.
 */
export function leaseNames(component: string, queue: string, { buckets, prefixes }: LeaderElectionConfig): string[] {
  const prefix = prefixes[`${component}.${queue}`] || `${component}.${queue}`;
  const two = (n: number) => String(n).padStart(2, '0');
  return Array.from({ length: buckets }, (_, i) => `${prefix}.${two(i)}-of-${two(buckets)}`.toLowerCase());
}

/** Which bucket a key (`namespace/name`) is in: every replica gives the same answer (contract data-plane 3.12). */
export function bucketing(names: readonly string[]): (key: string) => string {
  const [first = ''] = names;
  if (names.length < 2) return () => first;
  const known = new Map<string, string>();
  return (key) => {
    let name = known.get(key);
    if (name === undefined) {
      name = chooseSubset(names, 1, key)[0] ?? first;
      if (known.size >= remembered) known.clear();
      known.set(key, name);
    }
    return name;
  };
}

/** Competes for all the leases of a queue. `gained` is told of each bucket that is ours now, with the test for its keys. */
export function competeForBuckets(
  elector: Elector,
  names: readonly string[],
  gained: (has: (key: string) => boolean) => void,
): { leads(key: string): boolean } {
  const bucketOf = bucketing(names);
  const elections = new Map(
    names.map((name) => [name, elector.run(name, (leading) => leading && gained((key) => bucketOf(key) === name))] as const),
  );
  return { leads: (key) => elections.get(bucketOf(key))?.leading() ?? false };
}

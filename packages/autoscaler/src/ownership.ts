import { bucketing } from '@ebb/shared/kube/buckets.ts';
import type { Elector } from '@ebb/shared/kube/leases.ts';

/** The leases of so many buckets: `autoscaler-bucket-00-of-01` (contract data-plane 3.12). */
export const bucketNames = (buckets: number): string[] =>
  Array.from({ length: buckets }, (_, i) => `autoscaler-bucket-${String(i).padStart(2, '0')}-of-${String(buckets).padStart(2, '0')}`);

/** Who decides for which revision: the holder of the lease of its bucket. */
export interface Ownership {
  /** Whether this process decides for a revision. */
  leads(key: string): boolean;
  /** Whether this process holds a bucket. */
  owns(bucket: string): boolean;
  /** `host:port` of the one that does; '' when it is this process, or nobody. */
  ownerOf(key: string): string;
  /** The buckets that others hold, `bucket → host:port`. */
  owners(): Record<string, string>;
}

interface Options {
  elector: Elector;
  names: readonly string[];
  /** Where autoscalers take stats. */
  port: number;
  /** A bucket was gained or lost; the test is for its keys. */
  changed: (has: (key: string) => boolean) => void;
}

/** Competes for all buckets. */
export function competeForOwnership({ elector, names, port, changed }: Options): Ownership {
  const bucketOf = bucketing(names);
  const elections = new Map(names.map((name) => [name, elector.run(name, () => changed((key) => bucketOf(key) === name))] as const));
  const ownerOf = (bucket: string): string => {
    const election = elections.get(bucket);
    // The identity of a holder ends with its address.
    const ip = election?.leading() ? '' : election?.holder().split('_').at(-1);
    return ip ? `${ip}:${port}` : '';
  };
  return {
    owns: (bucket) => elections.get(bucket)?.leading() ?? false,
    leads: (key) => elections.get(bucketOf(key))?.leading() ?? false,
    ownerOf: (key) => ownerOf(bucketOf(key)),
    owners: () => Object.fromEntries(names.flatMap((name) => (ownerOf(name) ? [[name, ownerOf(name)]] : []))),
  };
}

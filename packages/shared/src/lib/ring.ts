import { fnv1a64 } from './hash.ts';

const buckets = 2048n;

/**
 * A subset of `n` elements for `target` by consistent hashing: the same target keeps most of its elements when the set
 * changes (contract data-plane 3.8: a ring of 2048 buckets, FNV-64a over element and salt).
 */
export function chooseSubset(from: readonly string[], n: number, target: string): string[] {
  if (n === 0 || n >= from.length) return [...from].sort();
  const ring = new Map<bigint, string>();
  // The ring must keep free buckets, or looking for one would not end.
  const points = Math.min(n, Math.floor(Number(buckets) / 2 / from.length));
  if (points === 0)
    return [...from]
      .sort((a, b) => (fnv1a64(a + target) < fnv1a64(b + target) ? -1 : 1))
      .slice(0, n)
      .sort();
  for (const element of [...from].sort()) {
    for (let salt = 0; salt < points; salt++) {
      // The target is part of the salt: a ring of its own for each spreads targets evenly over few elements.
      let bucket = fnv1a64(`${element}${target}${salt}`) % buckets;
      while (ring.has(bucket) && ring.get(bucket) !== element) bucket = (bucket + 1n) % buckets;
      ring.set(bucket, element);
    }
  }
  const taken = [...ring.keys()].sort((a, b) => (a < b ? -1 : 1));
  const chosen = new Set<string>();
  for (let salt = 0; chosen.size < n; salt++) {
    const at = fnv1a64(`${target}${salt}`) % buckets;
    const start = taken.findIndex((p) => p >= at);
    for (let i = 0; i < taken.length; i++) {
      const element = ring.get(taken[(Math.max(start, 0) + i) % taken.length] ?? 0n);
      if (element !== undefined && !chosen.has(element)) {
        chosen.add(element);
        break;
      }
    }
  }
  return [...chosen].sort();
}

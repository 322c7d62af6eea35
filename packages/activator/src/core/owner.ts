import { chooseSubset } from '@ebb/shared/lib/ring.ts';

/**
 * Where to report a revision: the owner of its bucket when the autoscaler told of one, undefined for the autoscaler's own
 * address. Bucket names end in their number of the total, `autoscaler-bucket-00-of-02` (contract data-plane 3.12).
 */
export function ownerOf(key: string, owners: ReadonlyMap<string, string>): string | undefined {
  const first = owners.keys().next().value;
  const shape = first === undefined ? undefined : /^(.*)-\d+-of-(\d{1,2})$/.exec(first);
  if (!shape) return undefined;
  const [, prefix = '', total = '1'] = shape;
  const names = Array.from({ length: Number(total) }, (_, i) => `${prefix}-${String(i).padStart(2, '0')}-of-${total}`);
  return owners.get(chooseSubset(names, 1, key)[0] ?? '') || undefined;
}

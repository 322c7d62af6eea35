import { md5Hex } from './hash.ts';

const limit = 63;
const hashLength = 32;
const head = limit - hashLength;

/**
 * The name of a child object: parent and suffix, shortened with a hash where they do not fit a DNS label
 * (contract control-plane 0.1).
 */
export function childName(parent: string, suffix: string): string {
  if (parent.length <= limit - suffix.length) return parent + suffix;
  if (head - suffix.length > 0) return parent.slice(0, head - suffix.length) + md5Hex(parent) + suffix;
  const hashed = parent.slice(0, head) + md5Hex(parent + suffix);
  return (hashed + suffix.slice(0, Math.max(0, limit - hashed.length))).replace(/[^a-zA-Z0-9]+$/, '');
}

import { isQuantity, parseQuantity } from '@ebb/shared/lib/quantity.ts';
import type { Json } from './corpus/edit.ts';

/** Objects that mean the same empty as absent; of others (`emptyDir: {}`) presence is the message. */
const emptyIsAbsent = new Set([
  'metadata',
  'status',
  'resources',
  'requests',
  'limits',
  'labels',
  'annotations',
  'nodeSelector',
  'volumeAttributes',
  'appendHeaders',
  'headers',
  'template',
  'spec',
  'publicLoadBalancer',
  'address',
]);
/** Numbers and booleans for which 0 and false are something else than absent. */
const zeroIsSaid = new Set([
  ...['containerConcurrency', 'idleTimeoutSeconds', 'responseStartTimeoutSeconds', 'percent', 'latestRevision', 'enableServiceLinks'],
  ...['automountServiceAccountToken', 'shareProcessNamespace', 'allowPrivilegeEscalation', 'privileged', 'readOnlyRootFilesystem'],
  ...['runAsGroup', 'runAsNonRoot', 'runAsUser', 'fsGroup', 'optional', 'defaultMode', 'mode', 'expirationSeconds', 'tolerationSeconds'],
]);

/**
 * An object without the ways to say the same thing: what a typed program does not write back (empty texts and lists,
 * nulls, zeros that are no pointers) is left out, quantities are numbers. Two stored objects are alike when these are equal.
 */
export function normal(value: Json, key = '', parent = ''): Json {
  if (value === null || value === '') return undefined;
  if (value === 0 || value === false) return zeroIsSaid.has(key) || (key === 'timeoutSeconds' && parent === 'spec') ? value : undefined;
  if (parent === 'requests' || parent === 'limits') return isQuantity(String(value)) ? String(parseQuantity(String(value))) : value;
  if (Array.isArray(value)) {
    const out = value.map((v) => normal(v, '', key) ?? null);
    return out.length ? out : undefined;
  }
  if (typeof value !== 'object') return value;
  const texts = key === 'labels' || key === 'annotations';
  const entries = Object.entries(value).map(([k, v]) => [k, texts ? v : normal(v, k, key)] as const);
  const out = Object.fromEntries(entries.filter(([, v]) => v !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)));
  return Object.keys(out).length === 0 && emptyIsAbsent.has(key) ? undefined : out;
}

/** The same with its keys in order: the peer's patches come in any. */
export function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((k) => [k, sorted(value[k])]));
}

import { isQuantity, parseQuantity } from '../../lib/quantity.ts';
import { asObject, type Loose } from '../defaults/context.ts';

/** Maps whose values are quantities: they compare by value, `1` and `1000m` are the same (contract control-plane 9.27). */
const quantityMaps = new Set(['requests', 'limits']);
/** Objects that mean the same empty as absent; for others (`emptyDir: {}`) presence is the message. */
const emptyIsAbsent = new Set(['resources', 'requests', 'limits', 'labels', 'annotations', 'nodeSelector', 'metadata', 'template']);

/** Fields of a revision's spec that are not a pod's. */
export const ofRevisionSpec = new Set(['timeoutSeconds', 'containerConcurrency', 'idleTimeoutSeconds', 'responseStartTimeoutSeconds']);
/** Optional scalars that the peer's types tell apart from 0 and false: for these, unset is a value of its own. */
export const pointers = new Set([
  ...ofRevisionSpec,
  'enableServiceLinks',
  'automountServiceAccountToken',
  'shareProcessNamespace',
  'runtimeClassName',
  'allowPrivilegeEscalation',
  'privileged',
  'readOnlyRootFilesystem',
  'runAsGroup',
  'runAsNonRoot',
  'runAsUser',
  'fsGroup',
  'defaultMode',
  'terminationGracePeriodSeconds',
  'percent',
  'latestRevision',
  'tolerationSeconds',
  'expirationSeconds',
  'mode',
  'optional',
]);

const isMap = (v: unknown): v is Loose => typeof v === 'object' && v !== null && !Array.isArray(v);
/** Whether a field counts as not set: what the peer's typed objects cannot tell from absent. */
export function isAbsent(key: string, value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (value === 0 || value === false) return !pointers.has(key);
  if (Array.isArray(value)) return value.length === 0;
  if (!isMap(value)) return false;
  return emptyIsAbsent.has(key) && Object.entries(value).every(([k, v]) => isAbsent(k, v));
}

/** One place where two values differ. Absent sides are undefined. */
export interface Difference {
  /** Field names and list indexes from the root; keys of maps of strings are `{key}`. */
  path: readonly (string | number | { key: string })[];
  before: unknown;
  after: unknown;
}

/** Maps with free keys, whose keys are data and not field names. */
const freeMaps = new Set(['requests', 'limits', 'labels', 'annotations', 'nodeSelector']);

/** Where two specs differ in what they mean, in field order of `before`, then what `after` adds. */
export function differences(before: unknown, after: unknown, path: Difference['path'] = []): Difference[] {
  const last = path.at(-1);
  const key = typeof last === 'string' ? last : '';
  if (isAbsent(key, before) && isAbsent(key, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, i) => {
      // An entry more is a difference, also an empty one.
      const both = i < before.length && i < after.length;
      return both ? differences(before[i], after[i], [...path, i]) : [{ path: [...path, i], before: before[i], after: after[i] }];
    }).flat();
  }
  if (isMap(before) && isMap(after)) {
    const free = freeMaps.has(key);
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((k) => {
      const own = (o: Loose) => (Object.hasOwn(o, k) ? o[k] : undefined);
      const step = [...path, free ? { key: k } : k];
      if (!free) return differences(own(before), own(after), step);
      return sameEntry(key, own(before), own(after)) ? [] : [{ path: step, before: own(before), after: own(after) }];
    });
  }
  return before === after ? [] : [{ path, before, after }];
}

function sameEntry(map: string, a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!quantityMaps.has(map) || a === undefined || b === undefined) return false;
  const [left, right] = [String(a), String(b)];
  return isQuantity(left) && isQuantity(right) && parseQuantity(left) === parseQuantity(right);
}

/** Whether two specs mean the same. */
export const sameSpec = (a: unknown, b: unknown): boolean => differences(asObject(a), asObject(b)).length === 0;

import { isQuantity, parseQuantity } from '../../lib/quantity.ts';
import { asObject, type Loose } from '../defaults/context.ts';

/** Maps whose values are quantities: they compare by value, `1` and `1000m` are the same (contract control-plane 9.27). */
const quantityMaps = new Set(['requests', 'limits']);
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

/** Objects that are told apart from absent ones. */
const objectPointers = new Set(['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'securityContext', 'http']);

const isMap = (v: unknown): v is Loose => typeof v === 'object' && v !== null && !Array.isArray(v);
/** Whether a field of a decoded object is set: what is empty and could be left out is not there. */
export const isSet = (value: unknown): boolean => value !== undefined && value !== null;

/**
 * Whether a value is what the peer's type is when nothing was set: zero, empty, or an object of such. An object behind
 * one of `pointers` is a value also when it is empty.
 */
export function isZero(value: unknown, pointers: ReadonlySet<string> = objectPointers): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.entries(value).every(([k, v]) => (pointers.has(k) ? !isSet(v) : isZero(v, pointers)));
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

/** Where two decoded specs differ in what they mean, in field order of `before`, then what `after` adds. */
export function differences(before: unknown, after: unknown, path: Difference['path'] = []): Difference[] {
  const last = path.at(-1);
  const key = typeof last === 'string' ? last : '';
  if (!isSet(before) && !isSet(after)) return [];
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

/** Whether two decoded specs mean the same. */
export const sameSpec = (a: unknown, b: unknown): boolean => differences(asObject(a), asObject(b)).length === 0;

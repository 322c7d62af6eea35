import { isQuantity, parseQuantity } from '../../lib/quantity.ts';
import { asObject, type Loose } from '../defaults/context.ts';

/** Maps whose values are quantities: they compare by value, `1` and `1000m` are the same (contract control-plane 9.27). */
const quantityMaps = new Set(['requests', 'limits']);
/** Fields of a revision's spec that are not a pod's. */
export const ofRevisionSpec = new Set(['timeoutSeconds', 'containerConcurrency', 'idleTimeoutSeconds', 'responseStartTimeoutSeconds']);

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

/** Maps with free keys, whose keys are data and not field names. */
const freeMaps = new Set(['requests', 'limits', 'labels', 'annotations', 'nodeSelector']);

/** Whether two decoded values mean the same; `key`: the field they are in. */
function same(a: unknown, b: unknown, key: string): boolean {
  if (!isSet(a) && !isSet(b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((v, i) => same(v, b[i], ''));
  if (!isMap(a) || !isMap(b)) return a === b;
  const free = freeMaps.has(key);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((k) => {
    const [left, right] = [a, b].map((o) => (Object.hasOwn(o, k) ? o[k] : undefined));
    return free ? sameEntry(key, left, right) : same(left, right, k);
  });
}

function sameEntry(map: string, a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!quantityMaps.has(map) || a === undefined || b === undefined) return false;
  const [left, right] = [String(a), String(b)];
  return isQuantity(left) && isQuantity(right) && parseQuantity(left) === parseQuantity(right);
}

/** Whether two decoded specs mean the same. */
export const sameSpec = (a: unknown, b: unknown): boolean => same(asObject(a), asObject(b), '');

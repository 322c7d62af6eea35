import { jsonEqual } from '@ebb/shared/lib/equal.ts';

/** One operation of RFC 6902. */
export type Operation = { op: 'add' | 'replace'; path: string; value: unknown } | { op: 'remove'; path: string };

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);
const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/**
 * What turns `before` into `after`, as a JSON patch. Lists of one length are compared entry by entry, others are
 * replaced whole: defaulting adds to entries, it does not move them.
 */
export function jsonPatch(before: unknown, after: unknown, path = ''): Operation[] {
  if (jsonEqual(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((b, i) => jsonPatch(b, after[i], `${path}/${i}`));
  if (!isObject(before) || !isObject(after)) return [{ op: 'replace', path, value: after }];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key): Operation[] => {
    const at = `${path}/${escaped(key)}`;
    const had = Object.hasOwn(before, key) && before[key] !== undefined;
    const has = Object.hasOwn(after, key) && after[key] !== undefined;
    if (!has) return had ? [{ op: 'remove', path: at }] : [];
    return had ? jsonPatch(before[key], after[key], at) : [{ op: 'add', path: at, value: after[key] }];
  });
}

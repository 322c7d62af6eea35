/** One operation of RFC 6902. */
export type Operation = { op: 'add' | 'replace'; path: string; value: unknown } | { op: 'remove'; path: string };

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);
const escaped = (key: string): string => (/[~/]/.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key);
const own = (o: Record<string, unknown>, key: string): unknown => (Object.hasOwn(o, key) ? o[key] : undefined);

function compare(before: unknown, after: unknown, path: string, out: Operation[]): void {
  if (before === after) return;
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [i, b] of before.entries()) compare(b, after[i], `${path}/${i}`, out);
  } else if (isObject(before) && isObject(after)) {
    for (const key of Object.keys(before)) {
      const [was, is] = [before[key], own(after, key)];
      if (was === is) continue;
      const at = `${path}/${escaped(key)}`;
      if (is === undefined) out.push({ op: 'remove', path: at });
      else if (was === undefined) out.push({ op: 'add', path: at, value: is });
      else compare(was, is, at, out);
    }
    for (const key of Object.keys(after)) {
      if (Object.hasOwn(before, key) || after[key] === undefined) continue;
      out.push({ op: 'add', path: `${path}/${escaped(key)}`, value: after[key] });
    }
  } else out.push({ op: 'replace', path, value: after });
}

/**
 * What turns `before` into `after`, as a JSON patch. Lists of one length are compared entry by entry, others are
 * replaced whole: defaulting adds to entries, it does not move them.
 */
export function jsonPatch(before: unknown, after: unknown): Operation[] {
  const out: Operation[] = [];
  compare(before, after, '', out);
  return out;
}

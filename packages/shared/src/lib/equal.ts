/** Deep equality of JSON values; an absent field and one that is undefined are the same. */
export function jsonEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((x, i) => jsonEqual(x, b[i]));
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  // Own fields only: a label may be called `constructor`.
  for (const k of Object.keys(left)) if (!jsonEqual(left[k], Object.hasOwn(right, k) ? right[k] : undefined)) return false;
  for (const k of Object.keys(right)) if (right[k] !== undefined && !Object.hasOwn(left, k)) return false;
  return true;
}

/** JSON with sorted keys and without absent fields: equal values give equal text. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, v) =>
    v && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(
          Object.entries(v as Record<string, unknown>)
            .filter(([, x]) => x !== undefined)
            .sort(([x], [y]) => (x < y ? -1 : 1)),
        )
      : v,
  );
}

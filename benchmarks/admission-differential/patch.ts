import type { Operation } from '../../packages/webhook/src/admission/json-patch.ts';
import type { Json } from './corpus/edit.ts';

const steps = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((s) => s.replaceAll('~1', '/').replaceAll('~0', '~'));

/** An object after a JSON patch (RFC 6902); throws when the patch does not fit. */
export function patched(object: Json, operations: readonly Operation[]): Json {
  const root = { object: structuredClone(object) };
  for (const operation of operations) {
    const path = ['object', ...steps(operation.path)];
    const last = path.pop() as string;
    let at: Json = root;
    for (const step of path) at = at[step];
    if (typeof at !== 'object' || at === null) throw new Error(`${operation.op} ${operation.path}: there is nothing to put it into`);
    if (Array.isArray(at)) {
      const index = last === '-' ? at.length : Number(last);
      if (operation.op === 'remove') at.splice(index, 1);
      else at.splice(index, operation.op === 'add' ? 0 : 1, structuredClone(operation.value));
    } else if (operation.op === 'remove') delete at[last];
    else at[last] = structuredClone(operation.value);
  }
  return root.object;
}

/** The same with its keys in order: the peer's patches come in any. */
export function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((k) => [k, sorted(value[k])]));
}

import { quoted } from './names.ts';

/**
 * One thing that is wrong with an object (contract control-plane 0.5): a message, the paths it is about, perhaps
 * details. Warnings never reject; they are shown to whoever applied the object.
 */
export interface FieldError {
  message: string;
  paths: readonly string[];
  details?: string;
  level?: 'warning';
}

/** What a validator returns; empty: nothing is wrong. */
export type FieldErrors = readonly FieldError[];

const one = (message: string, paths: readonly string[], details: readonly string[] = []): FieldErrors => [
  details.length ? { message, paths, details: details.join(', ') } : { message, paths },
];

/** The helpers of contract 0.5; each gives a list of one, so that lists are all there is to combine. */
export const missing = (...paths: string[]): FieldErrors => one('missing field(s)', paths);
export const disallowed = (...paths: string[]): FieldErrors => one('must not set the field(s)', paths);
export const invalidValue = (value: unknown, path: string, ...details: string[]): FieldErrors =>
  one(`invalid value: ${value}`, [path], details);
export const invalidKey = (key: string, path: string, ...details: string[]): FieldErrors =>
  one(`invalid key name ${quoted(key)}`, [path], details);
export const neither = (...paths: string[]): FieldErrors => one('expected exactly one, got neither', paths);
export const both = (...paths: string[]): FieldErrors => one('expected exactly one, got both', paths);
export const outOfBounds = (value: unknown, lo: unknown, hi: unknown, path: string): FieldErrors =>
  one(`expected ${lo} <= ${value} <= ${hi}`, [path]);
export const general = (message: string, paths: readonly string[], details?: string): FieldErrors =>
  one(message, paths, details === undefined ? [] : [details]);

/** So many errors are told at most of one list; who has more of them knows enough. */
export const mostErrors = 1000;

/** The errors of a list's entries, in their order, until there are too many. */
export function each<T>(list: readonly T[], validate: (entry: T, index: number) => FieldErrors): FieldErrors {
  const errors: FieldError[] = [];
  for (const [i, entry] of list.entries()) {
    errors.push(...validate(entry, i));
    if (errors.length >= mostErrors) break;
  }
  return errors;
}

/** The same errors as warnings. */
export const asWarnings = (errors: FieldErrors): FieldErrors => errors.map((e) => ({ ...e, level: 'warning' as const }));

const isIndex = (part: string): boolean => part.startsWith('[') && part.endsWith(']');

/** Joins path pieces; an index sticks to what is before it. A key with dots in it does not: upstream takes it apart first. */
function flatten(pieces: readonly string[]): string {
  const out: string[] = [];
  for (const part of pieces.flatMap((p) => p.split('.'))) {
    if (part === '') continue;
    if (out.length > 0 && isIndex(part)) out.push(`${out.pop()}${part}`);
    else out.push(part);
  }
  return out.join('.');
}

/** Errors seen from further up: `under(errors, 'spec', 'containers', 0)` prefixes `spec.containers[0]`. */
export function under(errors: FieldErrors, ...prefix: (string | number)[]): FieldErrors {
  const pieces = prefix.map((p) => (typeof p === 'number' ? `[${p}]` : p));
  return errors.map((e) => ({ ...e, paths: e.paths.map((path) => flatten([...pieces, path])) }));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Equal errors become one with all their paths, and the list is in its order (contract 0.5). */
export function merged(errors: FieldErrors): FieldError[] {
  const byKey = new Map<string, FieldError & { paths: string[] }>();
  for (const e of errors) {
    const key = JSON.stringify([e.level ?? '', e.message, e.details ?? '']);
    const there = byKey.get(key);
    if (there) there.paths.push(...e.paths);
    else byKey.set(key, { ...e, paths: [...e.paths] });
  }
  return [...byKey.values()]
    .map((e) => ({ ...e, paths: [...new Set(e.paths)].sort(compare) }))
    .sort((a, b) => compare(a.message, b.message) || compare(a.details ?? '', b.details ?? '') || compare(a.level ?? '', b.level ?? ''));
}

const text = (e: FieldError): string => `${e.message}: ${e.paths.join(', ')}${e.details ? `\n${e.details}` : ''}`;

/** The text of what rejects; '' when nothing does. */
export const errorText = (errors: FieldErrors): string =>
  merged(errors)
    .filter((e) => e.level !== 'warning')
    .map(text)
    .join('\n');

/** The warnings, one per line of text. */
export const warningLines = (errors: FieldErrors): string[] =>
  merged(errors)
    .filter((e) => e.level === 'warning')
    .flatMap((e) => text(e).split('\n'));

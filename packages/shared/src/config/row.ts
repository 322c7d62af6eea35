import { parseDuration } from '../lib/duration.ts';
import { parseQuantity } from '../lib/quantity.ts';

/** One key of a config map: its typed reading, its default and its documentation are this row. */
export interface Row<T> {
  key: string;
  /** Older spellings, the oldest first; the newer one wins, the key itself over all. */
  aliases?: readonly string[];
  /** The default as it would be written; `undefined`: not set. */
  default: string | undefined;
  doc: string;
  /** What kind of value it takes, in a word, for the documentation. */
  type: string;
  /** Throws a ParseError with the inner text, to which the key is added, or any other error with the whole text. */
  parse(text: string): T;
}

/** A row whose value is undefined when it is not set. */
export type OptionalRow<T> = Row<T> & { default: undefined };

type Rows = Record<string, Row<unknown>>;

/** What a table of rows reads to: field name → value. */
export type Reading<R extends Rows> = {
  [K in keyof R]: R[K] extends OptionalRow<infer T> ? T | undefined : R[K] extends Row<infer T> ? T : never;
};

export class ParseError extends Error {}

const quoted = (text: string): string => JSON.stringify(text);
const strconv = (func: string, text: string, why = 'invalid syntax') => new ParseError(`strconv.${func}: parsing ${quoted(text)}: ${why}`);

/** Whole numbers of `bits` bits, as Go's strconv reads them. */
const integer =
  (bits: number, signed = true) =>
  (text: string): number => {
    const func = signed ? 'ParseInt' : 'ParseUint';
    if (!(signed ? /^[+-]?\d+$/ : /^\d+$/).test(text)) throw strconv(func, text);
    const value = BigInt(text.replace(/^\+/, ''));
    const most = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
    if (value > most || value < (signed ? -most - 1n : 0n)) throw strconv(func, text, 'value out of range');
    return Number(value);
  };

/** A float as Go's strconv reads it, but NaN, which no bound would stop. */
const float = (text: string): number => {
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw strconv('ParseFloat', text);
  if (!Number.isFinite(Number(text))) throw strconv('ParseFloat', text, 'value out of range');
  return Number(text);
};

const bool = (text: string): boolean => {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw strconv('ParseBool', text);
};

/** Milliseconds. */
const duration = (text: string): number => {
  try {
    return parseDuration(text);
  } catch (e) {
    throw new ParseError((e as Error).message);
  }
};

const quantity = (text: string): string => {
  try {
    parseQuantity(text);
    return text;
  } catch (e) {
    throw new ParseError((e as Error).message);
  }
};

/** Readings of a value. Only texts are trimmed, as upstream: a blank before a number is an error. */
export const reads = {
  int64: integer(64),
  int32: integer(32),
  uint32: integer(32, false),
  uint64: integer(64, false),
  float,
  bool,
  duration,
  quantity,
};

const make =
  <T>(type: string, parse: (text: string) => T) =>
  (key: string, value: string, doc: string, aliases: readonly string[] = []): Row<T> & { default: string } => ({
    key,
    default: value,
    doc,
    type,
    aliases,
    parse,
  });

/** Rows by type. Durations read to milliseconds. */
export const row = {
  int: make('integer', reads.int64),
  int32: make('integer', reads.int32),
  uint32: make('integer', reads.uint32),
  float: make('number', float),
  bool: make('true or false', bool),
  duration: make('duration', duration),
  text: make('text', (t) => t.trim()),
  list: make('list, with commas', (t) =>
    t
      .split(',')
      .map((x) => x.trim())
      .filter(Boolean),
  ),
  of: <T>(parse: (text: string) => T, type = 'text') => make(type, parse),
  optionalQuantity: (key: string, doc: string, aliases: readonly string[] = []): OptionalRow<string> => ({
    key,
    default: undefined,
    doc,
    type: 'quantity',
    aliases,
    parse: quantity,
  }),
  optionalInt: (key: string, doc: string): OptionalRow<number> => ({ key, default: undefined, doc, type: 'integer', parse: reads.int64 }),
};

/** Reads a config map's data by its rows. Throws `failed to parse "<key>": …` (contract control-plane 6). */
export function readRows<R extends Rows>(rows: R, data: Record<string, string>): Reading<R> {
  const out: Record<string, unknown> = {};
  for (const [field, r] of Object.entries(rows)) {
    const found = [...(r.aliases ?? []), r.key].filter((k) => data[k] !== undefined);
    out[field] = r.default === undefined ? undefined : r.parse(r.default);
    // An older spelling must be readable as well, even where the newer one wins.
    for (const key of found) out[field] = readOne(r, key, data[key] ?? '');
  }
  return out as Reading<R>;
}

function readOne(r: Row<unknown>, key: string, text: string): unknown {
  try {
    return r.parse(text);
  } catch (e) {
    if (e instanceof ParseError) throw new Error(`failed to parse ${quoted(key)}: ${e.message}`);
    throw e;
  }
}

/** A float as Go's `%v` prints it. */
export function formatFloat(n: number): string {
  if (!Number.isFinite(n)) return n > 0 ? '+Inf' : n < 0 ? '-Inf' : 'NaN';
  const exponent = n === 0 ? 0 : Math.floor(Math.log10(Math.abs(n)));
  if (exponent >= -4 && exponent < 21) return String(n);
  return n.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

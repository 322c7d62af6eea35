import { parseDuration } from '../lib/duration.ts';
import { isQuantity } from '../lib/quantity.ts';

/** One key of a config map: its typed reading, its default and its documentation are this row. */
export interface Row<T> {
  key: string;
  /** Older spellings; the key itself wins. */
  aliases?: readonly string[];
  /** The default as it would be written; `undefined`: not set. */
  default: string | undefined;
  doc: string;
  /** Throws the error's inner text; the table adds `failed to parse "<key>": `. */
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

const strconv = (func: string, text: string, why = 'invalid syntax') =>
  new ParseError(`strconv.${func}: parsing ${JSON.stringify(text)}: ${why}`);

const integer = (text: string): number => {
  if (!/^[+-]?\d+$/.test(text)) throw strconv('ParseInt', text);
  return Number(text);
};

const float = (text: string): number => {
  if (text.trim() === '' || Number.isNaN(Number(text))) throw strconv('ParseFloat', text);
  return Number(text);
};

const bool = (text: string): boolean => {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw strconv('ParseBool', text);
};

const duration = (text: string): number => {
  try {
    return parseDuration(text);
  } catch (e) {
    throw new ParseError((e as Error).message);
  }
};

const quantity = (text: string): string => {
  if (!isQuantity(text)) {
    throw new ParseError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  }
  return text;
};

const make =
  <T>(parse: (text: string) => T) =>
  (key: string, value: string, doc: string, aliases: readonly string[] = []): Row<T> & { default: string } => ({
    key,
    default: value,
    doc,
    aliases,
    parse,
  });

/** Rows by type. Durations read to milliseconds. */
export const row = {
  int: make(integer),
  float: make(float),
  bool: make(bool),
  duration: make(duration),
  text: make((t) => t),
  list: make((t) =>
    t
      .split(',')
      .map((x) => x.trim())
      .filter(Boolean),
  ),
  of: <T>(parse: (text: string) => T) => make(parse),
  optionalQuantity: (key: string, doc: string, aliases: readonly string[] = []): OptionalRow<string> => ({
    key,
    default: undefined,
    doc,
    aliases,
    parse: quantity,
  }),
  optional: <T>(parse: (text: string) => T, key: string, doc: string): OptionalRow<T> => ({ key, default: undefined, doc, parse }),
};

/** Reads a config map's data by its rows. Throws `failed to parse "<key>": …` (contract control-plane 6). */
export function readRows<R extends Rows>(rows: R, data: Record<string, string>): Reading<R> {
  const out: Record<string, unknown> = {};
  for (const [field, r] of Object.entries(rows)) {
    const found = [r.key, ...(r.aliases ?? [])].find((k) => data[k] !== undefined);
    const text = found === undefined ? r.default : data[found]?.trim();
    try {
      out[field] = text === undefined ? undefined : r.parse(text);
    } catch (e) {
      if (e instanceof ParseError) throw new Error(`failed to parse "${found ?? r.key}": ${e.message}`);
      throw e;
    }
  }
  return out as Reading<R>;
}

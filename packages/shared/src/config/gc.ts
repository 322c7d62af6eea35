import { ParseError, type Reading, readRows, reads, row } from './row.ts';

/** Text that may say `disabled` (undefined) or nothing, which leaves the default. Errors name the key without quotes. */
const orDisabled = (key: string, fallback: string, type: string, parse: (t: string) => number, doc: string) =>
  row.of((text) => {
    const said = text.trim() || fallback;
    if (said.toLowerCase() === 'disabled') return undefined;
    try {
      return parse(said);
    } catch (e) {
      throw new Error(`failed to parse ${key}: ${(e as Error).message}`);
    }
  }, `${type} or disabled`)(key, fallback, doc);

const age = (text: string): number => {
  const ms = reads.duration(text);
  if (ms < 0) throw new ParseError('must be non-negative');
  return ms;
};

/** config-gc (contract control-plane 6.5). undefined: disabled. */
export const gcRows = {
  retainSinceCreateMs: orDisabled(
    'retain-since-create-time',
    '48h',
    'duration',
    age,
    'How long a revision is kept after its creation; disabled: for ever.',
  ),
  retainSinceLastActiveMs: orDisabled(
    'retain-since-last-active-time',
    '15h',
    'duration',
    age,
    'How long a revision is kept after a route last led to it; disabled: for ever.',
  ),
  minNonActiveRevisions: row.int('min-non-active-revisions', '20', 'Revisions without a route that are always kept.'),
  maxNonActiveRevisions: orDisabled(
    'max-non-active-revisions',
    '1000',
    'integer',
    reads.uint64,
    'Revisions without a route that are kept at most, however young; disabled: no limit.',
  ),
};
export type GCConfig = Reading<typeof gcRows>;

/** Parses and bounds config-gc; throws the contract's texts. */
export function parseGC(data: Record<string, string>): GCConfig {
  let c: GCConfig;
  try {
    c = readRows(gcRows, data);
  } catch (e) {
    const { message } = e as Error;
    throw new Error(message.startsWith('failed to parse "') ? `failed to parse data: ${message}` : message);
  }
  if (c.minNonActiveRevisions < 0) throw new Error(`min-non-active-revisions must be non-negative, was: ${c.minNonActiveRevisions}`);
  if (c.maxNonActiveRevisions !== undefined && c.minNonActiveRevisions > c.maxNonActiveRevisions) {
    throw new Error(`min-non-active-revisions(${c.minNonActiveRevisions}) must be <= max-non-active-revisions(${c.maxNonActiveRevisions})`);
  }
  return c;
}

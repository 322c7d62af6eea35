import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Operation } from '../../packages/webhook/src/admission/json-patch.ts';
import { jsonPatch } from '../../packages/webhook/src/admission/json-patch.ts';
import type { Answer } from './ask.ts';
import { type Case, user } from './corpus/case.ts';
import { dataOf } from './corpus/config-sets.ts';
import type { Json } from './corpus/edit.ts';
import { normal } from './normal.ts';
import { patched } from './patch.ts';

/** What the peer said about one case: everything that is compared, and nothing that the corpus holds already. */
export interface Fixture {
  id: string;
  /** Of what was sent: an answer to something else is no answer. */
  asked: string;
  /** What the peer had stored before, where it is another object than the case's. */
  before?: readonly Operation[];
  mutation?: string;
  /** From what was sent to what would be stored, both in normal form. */
  stored?: readonly Operation[];
  validation?: string;
  warnings?: readonly string[];
}

const file = new URL('./verdicts.jsonl', import.meta.url);

/** A short name of what a case asks. */
export function askedHash(c: Case, sent: Json): string {
  const config = ['config-features', 'config-defaults', 'config-autoscaler'].map((m) => dataOf(c.config, m as 'config-features'));
  const what = [config, c.kind, c.operation, c.subResource, c.user ?? user, c.raw, c.undefaulted, sent, c.before];
  return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 10);
}

/** The fixture of an answer. `before`: what the peer had stored. */
export function fixtureOf(c: Case, before: Json, sent: Json, { stored, ...rest }: Answer): Fixture {
  return {
    id: c.id,
    asked: askedHash(c, sent),
    ...(before === undefined || before === c.before ? {} : { before: jsonPatch(c.before, before) }),
    ...(stored === undefined ? {} : { stored: jsonPatch(normal(sent), stored) }),
    ...rest,
  };
}

/** What the peer had stored before a case. */
export const beforeOf = (c: Case, f: Fixture): Json => (f.before ? patched(c.before, f.before) : c.before);

/** The answer in a fixture. */
export const answerOf = (f: Fixture, sent: Json): Answer => ({
  ...(f.mutation === undefined ? {} : { mutation: f.mutation }),
  ...(f.stored ? { stored: patched(normal(sent), f.stored) } : {}),
  ...(f.validation === undefined ? {} : { validation: f.validation }),
  ...(f.warnings ? { warnings: f.warnings } : {}),
});

/** What differs little from case to case; a line of its own in the file, told by its number. */
const shared = ['before', 'mutation', 'stored', 'validation', 'warnings'] as const;

/**
 * All fixtures by the id of their case; empty before the first capture. The file: a line with the number of values, a
 * line for each of them, then a line for each case, which names its values by number.
 */
export function readFixtures(): Map<string, Fixture> {
  if (!existsSync(file)) return new Map();
  const [count, ...lines] = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const values = lines.slice(0, Number(count)).map((l) => JSON.parse(l) as never);
  const cases = lines.slice(Number(count)).map((l) => JSON.parse(l) as Record<string, string | number>);
  const resolved = cases.map((c) =>
    Object.fromEntries(Object.entries(c).map(([k, v]) => [k, typeof v === 'number' ? values[v] : v])),
  ) as unknown as Fixture[];
  return new Map(resolved.map((f) => [f.id, f]));
}

export function writeFixtures(fixtures: readonly Fixture[], to: URL | string = file): void {
  const numbers = new Map<string, number>();
  const numberOf = (value: unknown): number => {
    const text = JSON.stringify(value);
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    return numbers.get(text) as number;
  };
  const cases = fixtures.map((f) => {
    const told = shared.flatMap((k) => (f[k] === undefined ? [] : [[k, numberOf(f[k])] as const]));
    return JSON.stringify({ id: f.id, asked: f.asked, ...Object.fromEntries(told) });
  });
  writeFileSync(to, [String(numbers.size), ...numbers.keys(), ...cases, ''].join('\n'));
}

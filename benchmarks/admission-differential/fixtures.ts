import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Operation } from '../../packages/webhook/src/admission/json-patch.ts';
import { jsonPatch } from '../../packages/webhook/src/admission/json-patch.ts';
import type { Answer } from './ask.ts';
import { type Case, user } from './corpus/case.ts';
import { dataOf } from './corpus/config-sets.ts';
import type { Json } from './corpus/edit.ts';
import { patched, sorted } from './patch.ts';

/** What the peer said about one case: everything that is compared, and nothing that the corpus holds already. */
export interface Fixture {
  id: string;
  /** Of what was sent: an answer to something else is no answer. */
  asked: string;
  /** What the peer had stored before, where it is another object than the case's. */
  before?: readonly Operation[];
  mutation?: string;
  /** From what was sent to what would be stored. */
  stored?: readonly Operation[];
  validation?: string;
  warnings?: readonly string[];
}

const file = new URL('./verdicts.jsonl', import.meta.url);

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 10);

/** A short name of what a case asks. */
export function askedHash(c: Case, sent: Json): string {
  const config = ['config-features', 'config-defaults', 'config-autoscaler'].map((m) => dataOf(c.config, m as 'config-features'));
  const what = [config, c.kind, c.operation, c.subResource, c.user ?? user, c.raw, c.undefaulted, sent, c.before];
  return shortHash(JSON.stringify(what));
}

/** The fixture of an answer. `before`: what the peer had stored. */
export function fixtureOf(c: Case, before: Json, sent: Json, { stored, ...rest }: Answer): Fixture {
  return {
    id: c.id,
    asked: askedHash(c, sent),
    ...(before === undefined || before === c.before ? {} : { before: jsonPatch(c.before, before) }),
    ...(stored === undefined ? {} : { stored: jsonPatch(sent, stored) }),
    ...rest,
  };
}

/** What the peer had stored before a case. */
export const beforeOf = (c: Case, f: Fixture): Json => (f.before ? sorted(patched(c.before, f.before)) : c.before);

/** The answer in a fixture. */
export const answerOf = (f: Fixture, sent: Json): Answer => ({
  ...(f.mutation === undefined ? {} : { mutation: f.mutation }),
  ...(f.stored ? { stored: patched(sent, f.stored) } : {}),
  ...(f.validation === undefined ? {} : { validation: f.validation }),
  ...(f.warnings ? { warnings: f.warnings } : {}),
});

/** What many cases have in common; lines of their own in the file. */
const shared = ['before', 'mutation', 'stored', 'validation', 'warnings'] as const;

/**
 * All fixtures by the id of their case; empty before the first capture. A line of the file is `[name, value]`, or a case
 * that has the names of its values: a value has the same name in every capture, so that captures can be compared.
 */
export function readFixtures(): Map<string, Fixture> {
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((l) => JSON.parse(l) as Json);
  const values = new Map(lines.filter((l) => Array.isArray(l)) as [string, Json][]);
  const cases = lines.filter((l) => !Array.isArray(l));
  for (const c of cases) for (const k of shared) if (k in c) c[k] = values.get(c[k]);
  return new Map(cases.map((c) => [c.id, c as Fixture]));
}

export function writeFixtures(fixtures: readonly Fixture[], to: URL | string = file): void {
  const values = new Map<string, string>();
  const nameOf = (value: unknown): string => {
    const text = JSON.stringify(value);
    const name = shortHash(text);
    values.set(name, text);
    return name;
  };
  const cases = fixtures.map((f) => {
    const told = shared.flatMap((k) => (f[k] === undefined ? [] : [[k, nameOf(f[k])] as const]));
    return JSON.stringify({ id: f.id, asked: f.asked, ...Object.fromEntries(told) });
  });
  const named = [...values].map(([name, text]) => `["${name}",${text}]`).sort();
  writeFileSync(to, [...named, ...cases, ''].join('\n'));
}

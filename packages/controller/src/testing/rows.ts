import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

/**
 * A row of the contract's condition tables and the golden case that shows it. A fact is a condition (`Type Status Reason`),
 * `event Reason`, `<verb> Kind` or `error`; `… on failure` is what a failed write brings about; `not …` must be absent.
 */
export type Row = readonly [row: string, golden: string, ...facts: string[]];

interface Status {
  conditions?: { type: string; status: string; reason?: string }[];
}
interface Golden {
  writes: (Record<string, unknown> & { event?: { reason: string }; failed?: { event?: { reason: string }; status?: Status } })[];
  status?: Status;
  events?: { reason: string }[];
  error?: string;
}

const conditionsOf = (status: Status | undefined): string[] =>
  (status?.conditions ?? []).map((c) => [c.type, c.status, c.reason].filter(Boolean).join(' '));

function factsOf({ writes, status, events = [], error }: Golden): string[] {
  return [
    ...conditionsOf(status),
    ...events.map((e) => `event ${e.reason}`),
    ...(error ? ['error'] : []),
    ...writes.flatMap((w) => [
      ...(['create', 'update', 'patch', 'delete'] as const).flatMap((verb) => (w[verb] ? [`${verb} ${w[verb]}`] : [])),
      ...(w.event ? [`event ${w.event.reason} on success`] : []),
      ...(w.failed?.event ? [`event ${w.failed.event.reason} on failure`] : []),
      ...conditionsOf(w.failed?.status).map((c) => `${c} on failure`),
    ]),
  ];
}

/** A test for each row: its golden case, in the folder of its kind below `folder` (a URL), has the facts. */
export function rowTests(folder: string, rows: Record<string, readonly Row[]>): void {
  for (const [kind, cases] of Object.entries(rows)) {
    describe(kind, () => {
      test.each(cases)('%s: %s', (_row, golden, ...facts) => {
        const known = factsOf(parse(readFileSync(new URL(`${kind}/${golden}.out.yaml`, folder), 'utf8')) as Golden);
        for (const fact of facts) {
          if (fact.startsWith('not ')) expect(known).not.toContain(fact.slice(4));
          else expect(known).toContain(fact);
        }
      });
    });
  }
}

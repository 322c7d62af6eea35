import type { IncomingHttpHeaders } from 'node:http';
import { headers as names } from '@ebb/shared/api/headers.ts';
import type { Registry } from '../revisions/registry.ts';
import type { ActivatedRevision } from '../revisions/revision.ts';

const told = ['sandbox', 'started', 'listening', 'ready'] as const;

/** What a pod's answer to a probe says of its start: milliseconds ago, by phase. What cannot be read is left out. */
function agesOf(headers: IncomingHttpHeaders): { phase: (typeof told)[number]; agoMs: number }[] {
  const text = String(headers[names.podStart] ?? '');
  return told.flatMap((phase) => {
    const agoMs = Number(new RegExp(`(?:^|, )${phase}=(\\d{1,9})(?:,|$)`).exec(text)?.[1]);
    return Number.isNaN(agoMs) ? [] : [{ phase, agoMs }];
  });
}

/**
 * Looks at the headers of a pod's answer to a probe. Who answers for an announced pod must be that pod: an address may be
 * another's, by mistake or on purpose. False when it is not; the announcement is forgotten then.
 */
export function answerFrom({ announced }: Registry, revision: ActivatedRevision, pod?: string): (headers: IncomingHttpHeaders) => boolean {
  return (headers) => {
    if (pod !== undefined && headers[names.pod] !== `${revision.namespace}/${pod}`) {
      announced.refute(revision.key, pod);
      return false;
    }
    for (const { phase, agoMs } of agesOf(headers)) revision.mark(phase, agoMs);
    return true;
  };
}

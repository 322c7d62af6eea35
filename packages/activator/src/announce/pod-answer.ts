import type { IncomingHttpHeaders } from 'node:http';
import { headers as names } from '@ebb/shared/api/headers.ts';

const told = ['sandbox', 'started', 'ready'] as const;

/** What a pod's answer to a probe says of its start: milliseconds ago, by phase. What cannot be read is left out. */
export function agesOf(headers: IncomingHttpHeaders): { phase: (typeof told)[number]; agoMs: number }[] {
  const text = String(headers[names.podStart] ?? '');
  return told.flatMap((phase) => {
    const agoMs = Number(new RegExp(`(?:^|, )${phase}=(\\d{1,9})(?:,|$)`).exec(text)?.[1]);
    return Number.isNaN(agoMs) ? [] : [{ phase, agoMs }];
  });
}

/** Whether the answer is that of the pod `namespace/name`: an address may be another's, by mistake or on purpose. */
export const isFrom = (headers: IncomingHttpHeaders, pod: string): boolean => headers[names.pod] === pod;

import { jsonEqual } from '@ebb/shared/lib/equal.ts';
import { jsonPatch } from '../../packages/webhook/src/admission/json-patch.ts';
import { type Answer, crashed } from './ask.ts';
import { kept } from './kept.ts';

/** One thing about which the two webhooks do not agree. */
export interface Difference {
  id: string;
  /** What differs: whether it is accepted, in which words, with which warnings, or what is stored. */
  what: 'verdict' | 'text' | 'warnings' | 'stored';
  /** The peer's. */
  expected: string;
  ours: string;
  /** Why it stays; undefined for one that must go. */
  reason?: string;
}

const refusal = (a: Answer): string | undefined => a.mutation ?? a.validation;

/** Where two answers differ. */
export function compare(id: string, peer: Answer, ours: Answer): Difference[] {
  const out: Difference[] = [];
  const [expected, got] = [refusal(peer), refusal(ours)];
  if ((expected === undefined) !== (got === undefined))
    out.push({ id, what: 'verdict', expected: expected ?? 'accepted', ours: got ?? 'accepted' });
  else if (expected !== got) out.push({ id, what: 'text', expected: expected ?? '', ours: got ?? '' });
  // A peer that crashed said nothing else.
  if (expected === crashed) return explained(out);
  const bothValidated = peer.mutation === undefined && ours.mutation === undefined;
  if (bothValidated && !jsonEqual(peer.warnings ?? [], ours.warnings ?? []))
    out.push({ id, what: 'warnings', expected: (peer.warnings ?? []).join('\n'), ours: (ours.warnings ?? []).join('\n') });
  if (peer.stored !== undefined && ours.stored !== undefined && !jsonEqual(peer.stored, ours.stored)) {
    const [there, back] = [jsonPatch(ours.stored, peer.stored), jsonPatch(peer.stored, ours.stored)];
    out.push({ id, what: 'stored', expected: JSON.stringify(there), ours: JSON.stringify(back) });
  }
  return explained(out);
}

const explained = (all: Difference[]): Difference[] =>
  all.map((d) => {
    const reason = kept.find((k) => k.fits(d))?.reason;
    return reason ? { ...d, reason } : d;
  });

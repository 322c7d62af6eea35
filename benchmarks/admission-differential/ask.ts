import { kinds } from '@ebb/shared/api/kinds.ts';
import type { AdmissionRequest, Decision } from '../../packages/webhook/src/admission/review.ts';
import type { Reviewer } from '../lib/review.ts';
import { type Case, user } from './corpus/case.ts';
import type { Json } from './corpus/edit.ts';
import { patched, sorted } from './patch.ts';
import { structural } from './structural.ts';

/** What became of a manifest. */
export interface Answer {
  /** Why defaulting refused it. */
  mutation?: string;
  /** The object as it would be stored. */
  stored?: Json;
  /** Why validation refused it. */
  validation?: string;
  warnings?: readonly string[];
}

interface Gvr {
  kind: AdmissionRequest['kind'];
  resource: { group: string; version: string; resource: string };
}

function gvrOf(kind: Case['kind']): Gvr {
  const { group, version, plural } =
    kind === 'ConfigMap'
      ? { group: '', version: 'v1', plural: 'configmaps' }
      : kind === 'Unknown'
        ? { group: 'example.com', version: 'v1', plural: 'unknowns' }
        : kinds[kind];
  return { kind: { group, version, kind }, resource: { group, version, resource: plural } };
}

type Asked = Omit<AdmissionRequest, 'uid'>;

function requestOf(c: Case, object: Json, before: Json, as = c.user ?? user): Asked {
  const named = object ?? before;
  return {
    ...gvrOf(c.kind),
    operation: c.operation,
    ...(c.subResource ? { subResource: c.subResource } : {}),
    name: named?.metadata?.name ?? '',
    namespace: named?.metadata?.namespace ?? 'default',
    userInfo: { username: as },
    object: object ?? null,
    oldObject: before ?? null,
  } as Asked;
}

const read = (c: Case, object: Json): Json =>
  c.raw || c.kind === 'ConfigMap' || c.kind === 'Unknown' || object === undefined ? object : structural(c.kind, object);

/** An object after a webhook's patch, as the API server reads it again. */
const after = (c: Case, object: Json, decision: Decision): Json => read(c, patched(object, decision.patch ?? []));

/** What an object is stored as when alice creates it. */
export async function storedBefore(ask: Reviewer, c: Case): Promise<Json> {
  if (c.before === undefined || c.kind === 'ConfigMap' || c.kind === 'Unknown') return c.before;
  const object = read(c, c.before);
  const decision = await ask.review(
    '/defaulting',
    requestOf({ ...c, operation: 'CREATE', subResource: undefined }, object, undefined, user),
  );
  if (decision.denied !== undefined) throw new Error(`${c.id}: what it begins with is refused: ${decision.denied}`);
  const out = after(c, object, decision);
  const server = { uid: 'b5a3', resourceVersion: '7', generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' };
  return sorted({ ...out, metadata: { ...out.metadata, ...server } });
}

/** The object a case sends. */
export const sentBy = (c: Case, before: Json): Json => read(c, typeof c.object === 'function' ? c.object(before) : c.object);

/** What an API server keeps of an object: status has a sub-resource of its own, and comes by no other way. */
const kept = (c: Case, { status, ...rest }: Json): Json => (c.subResource === 'status' ? { ...rest, status } : rest);

/** What a webhook that drops the connection is taken to have said: the Go original does that where it panics. */
export const crashed = '(no answer: the connection is closed)';

/** Asks, and once more when the connection is gone: it may have been idle for too long. */
async function review(ask: Reviewer, path: Parameters<Reviewer['review']>[0], asked: Asked): Promise<Decision> {
  const gone = (error: NodeJS.ErrnoException): boolean => error.code === 'ECONNRESET';
  const again = async (error: NodeJS.ErrnoException): Promise<Decision> => {
    if (!gone(error)) throw error;
    return ask.review(path, asked).catch((e: NodeJS.ErrnoException) => (gone(e) ? { denied: crashed } : Promise.reject(e)));
  };
  return ask.review(path, asked).catch(again);
}

/** Sends a manifest the way an API server does: defaulting, its patch, validation. `before` is what is stored. */
export async function askAbout(ask: Reviewer, c: Case, before: Json): Promise<Answer> {
  const object = sentBy(c, before);
  if (c.kind === 'ConfigMap') return answered(await review(ask, '/config-validation', requestOf(c, object, before)));
  let stored = object;
  if (!c.undefaulted) {
    const decision = await review(ask, '/defaulting', requestOf(c, object, before));
    if (decision.denied !== undefined) return { mutation: decision.denied };
    if (object !== undefined) stored = after(c, object, decision);
  }
  const answer = answered(await review(ask, '/resource-validation', requestOf(c, stored, before)));
  return c.undefaulted || stored === undefined ? answer : { stored: kept(c, stored), ...answer };
}

/** Where the Go original prints a pointer it prints its address: another one each time. */
const withoutAddresses = (text: string): string => text.replace(/"0x[0-9a-f]{8,}"/g, '"0x…"');

const answered = ({ denied, warnings }: Decision): Answer => ({
  ...(denied === undefined ? {} : { validation: withoutAddresses(denied) }),
  ...(warnings?.length ? { warnings } : {}),
});

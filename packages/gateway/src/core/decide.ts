import { headers as names } from '@ebb/shared/api/headers.ts';
import { requestTarget } from '@ebb/shared/proxy/headers.ts';
import { certificateAmong } from './certificate.ts';
import type { Routes, Split } from './compile.ts';
import { hostOf } from './host.ts';
import { drawSplit, matchPath } from './match.ts';
import type { RouteTable, Visibility } from './table.ts';

/** Which listener a request came in by. */
export interface Entrance {
  visibility: Visibility;
  /** It speaks TLS. */
  secure: boolean;
  /** What clients say in X-Forwarded-* is believed: somebody in front set it, or nobody minds. */
  trusting: boolean;
}

/** What of a request decides where it goes. */
export interface RequestHead {
  /** Host or :authority. */
  readonly authority: string;
  /** The request target as it came. */
  readonly url: string;
  readonly remoteAddress: string | undefined;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The same, without making all of them; '' when it is absent. */
  header(name: string): string;
}

/** What becomes of a request. */
export type Decision =
  | { to: 'nobody'; why: string }
  | { to: 'https'; location: string }
  /** The prober asks whether this spec is served (contract data-plane 4.2). */
  | { to: 'prober'; routes: Routes }
  | { to: 'backend'; routes: Routes; split: Split; headers: HeaderSet; authority?: string };

/** Lower-case names; undefined removes one. */
type HeaderSet = Readonly<Record<string, string | undefined>>;

/** The value of K-Network-Hash that is replaced by the hash of the spec in force. */
export const hashOverride = 'override';

const nobody = (why: string): Decision => ({ to: 'nobody', why });

/** Host, path and headers → where a request goes (contract data-plane 4.1, 4.2). `draw` is uniform in [0, 1). */
export function decide(table: RouteTable, entrance: Entrance, request: RequestHead, draw: number): Decision {
  const external = entrance.visibility === 'external';
  const target = requestTarget(request.url);
  const authority = target.authority ?? request.authority;
  const claim = table.lookup(hostOf(authority));
  const paths = external ? claim?.routes.external : claim?.routes.local;
  if (!claim || !paths) return nobody(`no Ingress serves host ${JSON.stringify(authority.slice(0, 253))} here`);

  const probing = request.header(names.hash) === hashOverride;
  if (probing && request.header(names.probe) === 'probe') return { to: 'prober', routes: claim.owner };
  if (external && schemeOf(entrance, request) !== 'https' && redirects(claim.owner, hostOf(authority)))
    return { to: 'https', location: `https://${hostOf(authority)}${target.path}` };

  const path = matchPath(paths, withoutQuery(target.path), request);
  const split = path && drawSplit(path.splits, draw);
  if (!path || !split) return nobody(`no path of host ${JSON.stringify(authority.slice(0, 253))} matches`);
  return {
    to: 'backend',
    routes: claim.owner,
    split,
    headers: forwarded(split, entrance, request, probing ? claim.owner.hash : undefined),
    authority: path.rewriteHost ?? target.authority,
  };
}

/** A host without a certificate is not sent to where nothing answers: the challenge for one comes over plain HTTP, too. */
const redirects = ({ redirect, certificates }: Routes, host: string): boolean =>
  redirect && certificateAmong(certificates, host) !== undefined;

/** The path that prefixes are compared with; `OPTIONS *` asks about the whole host. */
function withoutQuery(target: string): string {
  const query = target.indexOf('?');
  if (target === '*') return '/';
  return query === -1 ? target : target.slice(0, query);
}

/** How the client came: as somebody in front tells it, else by this connection. */
function schemeOf({ secure, trusting }: Entrance, request: RequestHead): string {
  const told = trusting ? request.header('x-forwarded-proto') : '';
  return told || (secure ? 'https' : 'http');
}

/** What clients may claim of who and where they are; gone where they are not believed. */
const claims = { forwarded: undefined, 'x-forwarded-host': undefined, 'x-forwarded-port': undefined, 'x-real-ip': undefined };

/** Headers set over the client's: the route's; how the client came; the hash for who asked. */
function forwarded(split: Split, entrance: Entrance, request: RequestHead, hash: string | undefined): HeaderSet {
  const unbelieved = entrance.trusting ? undefined : { ...claims, 'x-forwarded-for': request.remoteAddress };
  const set: Record<string, string | undefined> = { 'x-forwarded-proto': schemeOf(entrance, request), ...unbelieved, ...split.headers };
  if (hash !== undefined) set[names.hash] = hash;
  return set;
}

import { headers as names } from '@ebb/shared/api/headers.ts';
import { requestTarget } from '@ebb/shared/proxy/headers.ts';
import { certificateAmong } from './certificate.ts';
import type { Routes, Split } from './compile.ts';
import { hostOf } from './host.ts';
import { drawSplit, matchPath } from './match.ts';
import type { RouteTable, Visibility } from './table.ts';

/** What of a request decides where it goes. */
export interface RequestHead {
  /** Host or :authority. */
  authority: string;
  /** It came over TLS. */
  secure: boolean;
  /** The request target as it came. */
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What becomes of a request. */
export type Decision =
  | { to: 'nobody'; why: string }
  | { to: 'https'; location: string }
  /** The prober asks whether this spec is served (contract data-plane 4.2). */
  | { to: 'prober'; routes: Routes }
  | { to: 'backend'; backend: string; headers: Readonly<Record<string, string | undefined>>; authority?: string };

/** The value of K-Network-Hash that is replaced by the hash of the spec in force. */
export const hashOverride = 'override';

const nobody = (why: string): Decision => ({ to: 'nobody', why });

/** Host, path and headers → where a request goes (contract data-plane 4.1, 4.2). `draw` is uniform in [0, 1). */
export function decide(table: RouteTable, visibility: Visibility, request: RequestHead, draw: number): Decision {
  const target = requestTarget(request.url);
  const authority = target.authority ?? request.authority;
  const claim = table.lookup(hostOf(authority));
  const paths = visibility === 'external' ? claim?.routes.external : claim?.routes.local;
  if (!claim || !paths) return nobody(`no Ingress serves host ${JSON.stringify(authority.slice(0, 253))} here`);

  const probing = request.headers[names.hash] === hashOverride;
  if (probing && request.headers[names.probe] === 'probe') return { to: 'prober', routes: claim.owner };
  if (visibility === 'external' && !request.secure && redirects(claim.owner, hostOf(authority)))
    return { to: 'https', location: `https://${hostOf(authority)}${target.path}` };

  const path = matchPath(paths, withoutQuery(target.path), request.headers);
  const split = path && drawSplit(path.splits, draw);
  if (!path || !split) return nobody(`no path of host ${JSON.stringify(authority.slice(0, 253))} matches`);
  return {
    to: 'backend',
    backend: split.backend,
    headers: forwarded(split, request, probing ? claim.owner.hash : undefined),
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

/** Headers set over the client's: the route's; the scheme when nobody in front told it; the hash for who asked. */
function forwarded(split: Split, { headers, secure }: RequestHead, hash: string | undefined): Record<string, string | undefined> {
  const set: Record<string, string | undefined> = { ...split.headers };
  if (headers['x-forwarded-proto'] === undefined) set['x-forwarded-proto'] ??= secure ? 'https' : 'http';
  if (hash !== undefined) set[names.hash] = hash;
  return set;
}

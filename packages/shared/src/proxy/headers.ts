import { lastHop, nameOf, roles } from './names.ts';

/** Headers as node gives them raw: name, value, name, value, in the order and spelling of the wire. */
export type RawHeaders = readonly string[];

export interface RequestHeadersInput {
  rawHeaders: RawHeaders;
  /** Appended to X-Forwarded-For. */
  remoteAddress?: string;
  /** Lower-case names; set over the client's headers, undefined removes one. */
  set?: Readonly<Record<string, string | undefined>>;
}

/**
 * The end-to-end headers of a request on its way upstream, without Host and pseudo headers: hop-by-hop headers and
 * those that Connection names are gone, `TE: trailers` stays, X-Forwarded-For has one more hop, then `set` applies.
 */
export function requestHeaders({ rawHeaders, remoteAddress, set = none }: RequestHeadersInput): string[] {
  const out: string[] = [];
  const listed = connectionNames(rawHeaders);
  let forwardedFor = '';
  let trailers = false;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const spelling = rawHeaders[i]!;
    const value = rawHeaders[i + 1]!;
    if (spelling.charCodeAt(0) === colon) continue;
    const { lower, role } = nameOf(spelling);
    if (role === roles.te) trailers ||= keepsTrailers(value);
    if (isHop(role) || role === roles.host || listed?.has(lower) || Object.hasOwn(set, lower)) continue;
    if (role === roles.forwardedFor) forwardedFor = join(forwardedFor, value);
    else out.push(spelling, value);
  }
  if (trailers && !Object.hasOwn(set, 'te')) out.push('TE', 'trailers');
  if (!Object.hasOwn(set, 'x-forwarded-for')) {
    forwardedFor = appendForwardedFor(forwardedFor, remoteAddress);
    if (forwardedFor !== '') out.push('X-Forwarded-For', forwardedFor);
  }
  for (const name in set) if (set[name] !== undefined) out.push(name, set[name]);
  return out;
}

const none: Readonly<Record<string, string | undefined>> = {};
/** What pseudo headers of HTTP/2 begin with. */
const colon = 58;
const join = (list: string, more: string): string => (list === '' ? more : more === '' ? list : `${list}, ${more}`);
const isHop = (role: number): boolean => role >= roles.hop && role <= lastHop;

/** X-Forwarded-For with the client's address at its end; IPv4 addresses in their own form. */
export function appendForwardedFor(list: string, remoteAddress: string | undefined): string {
  return join(list, unmapped(remoteAddress ?? ''));
}

/** An IPv4 address in its own form. */
export const unmapped = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address);

/** Whether a TE header says that its sender takes trailers: the one thing of it that is passed on. */
export const keepsTrailers = (te: string): boolean => te === 'trailers' || hasToken(te, 'trailers');

/**
 * The end-to-end headers of a response on its way to the client. The announcement of trailers stays only when they
 * can follow.
 */
export function responseHeaders(rawHeaders: RawHeaders, trailersFollow: boolean): string[] {
  const out: string[] = [];
  const listed = connectionNames(rawHeaders);
  let plain = true;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const { lower, role } = nameOf(rawHeaders[i]!);
    if (isHop(role) && !(role === roles.trailer && trailersFollow)) continue;
    if (listed?.has(lower)) continue;
    if (role === roles.contentLength) plain = false;
    out.push(rawHeaders[i]!, rawHeaders[i + 1]!);
  }
  // A length and trailers exclude each other in HTTP/1.
  return trailersFollow && !plain ? responseHeaders(rawHeaders, false) : out;
}

/** Trailers without what a trailer section must not change: framing, routing, the connection (RFC 9110, 6.5.1). */
export function trailerHeaders(rawTrailers: RawHeaders): string[] {
  const out: string[] = [];
  for (let i = 0; i < rawTrailers.length; i += 2) {
    const { role } = nameOf(rawTrailers[i]!);
    if (role === roles.endToEnd || role === roles.date) out.push(rawTrailers[i]!, rawTrailers[i + 1]!);
  }
  return out;
}

/** Whether an Upgrade header asks for a protocol that is passed on; offers of HTTP/2 are not taken up. */
export function wantsUpgrade(upgrade: string | undefined): boolean {
  return upgrade !== undefined && !/^\s*h2c?\s*(,|$)/i.test(upgrade);
}

/** What a request line means: the path and query to send, and the authority when it names one (absolute form). */
export function requestTarget(url: string): { path: string; authority?: string } {
  if (url.startsWith('/') || url === '*') return { path: url };
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^#]*)/i.exec(url);
  if (!absolute) return { path: url };
  const rest = absolute[2] ?? '';
  return { path: rest.startsWith('/') ? rest : `/${rest}`, authority: absolute[1] };
}

function connectionNames(raw: RawHeaders): Set<string> | undefined {
  let names: Set<string> | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    if (nameOf(raw[i]!).role !== roles.connection) continue;
    const value = raw[i + 1]!;
    if (value === 'keep-alive' || value === 'close') continue;
    names ??= new Set();
    for (const token of tokensOf(value)) names.add(token);
  }
  return names;
}

/** The parts of a list in lower case. Only blank and tab are blank: what `trim` takes away besides is part of a name to others. */
export const tokensOf = (list: string): string[] => list.toLowerCase().split(/[ \t]*,[ \t]*/);

const hasToken = (value: string, token: string): boolean => tokensOf(value).some((t) => t.split(';')[0] === token);

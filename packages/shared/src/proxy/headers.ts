/** Headers as node gives them raw: name, value, name, value, in the order and spelling of the wire. */
export type RawHeaders = readonly string[];

/** Headers of one connection, never passed on (RFC 9110, 7.6.1; contract data-plane 1.8). */
const hopByHop = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

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
  const named = connectionNames(rawHeaders);
  const stays = (lower: string) => lower !== 'host' && !hopByHop.has(lower) && !named?.has(lower) && !Object.hasOwn(set, lower);
  let forwardedFor = '';
  let trailers = false;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    const value = rawHeaders[i + 1]!;
    if (name.charCodeAt(0) === colon) continue;
    const lower = name.toLowerCase();
    if (lower === 'te') trailers ||= hasToken(value, 'trailers');
    if (!stays(lower)) continue;
    if (lower === 'x-forwarded-for') forwardedFor = join(forwardedFor, value);
    else out.push(name, value);
  }
  if (trailers && !Object.hasOwn(set, 'te')) out.push('TE', 'trailers');
  if (!Object.hasOwn(set, 'x-forwarded-for')) {
    const address = remoteAddress?.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress;
    forwardedFor = join(forwardedFor, address ?? '');
    if (forwardedFor !== '') out.push('X-Forwarded-For', forwardedFor);
  }
  for (const name in set) if (set[name] !== undefined) out.push(name, set[name]);
  return out;
}

const none: Readonly<Record<string, string | undefined>> = {};
/** What pseudo headers of HTTP/2 begin with. */
const colon = 58;
const join = (list: string, more: string): string => (list === '' ? more : more === '' ? list : `${list}, ${more}`);

/**
 * The end-to-end headers of a response on its way to the client. The announcement of trailers stays only when they
 * can follow.
 */
export function responseHeaders(rawHeaders: readonly (string | Buffer)[], trailersFollow: boolean): string[] {
  const out: string[] = [];
  const raw: string[] = [];
  let plain = true;
  for (const part of rawHeaders) raw.push(typeof part === 'string' ? part : part.toString('latin1'));
  const named = connectionNames(raw);
  for (let i = 0; i < raw.length; i += 2) {
    const lower = raw[i]!.toLowerCase();
    if (hopByHop.has(lower) && !(lower === 'trailer' && trailersFollow)) continue;
    if (named?.has(lower)) continue;
    if (lower === 'content-length') plain = false;
    out.push(raw[i]!, raw[i + 1]!);
  }
  // A length and trailers exclude each other in HTTP/1.
  return trailersFollow && !plain ? responseHeaders(raw, false) : out;
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

function connectionNames(raw: readonly string[]): Set<string> | undefined {
  let names: Set<string> | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    const value = raw[i + 1]!;
    if (value === 'keep-alive' || value === 'close') continue;
    names ??= new Set();
    for (const token of value.split(',')) names.add(token.trim().toLowerCase());
  }
  return names;
}

const hasToken = (value: string, token: string): boolean =>
  value
    .toLowerCase()
    .split(',')
    .some((t) => t.trim().split(';')[0] === token);

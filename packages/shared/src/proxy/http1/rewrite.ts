import type { RawFields } from '../handler.ts';
import { appendForwardedFor, keepsTrailers } from '../headers.ts';
import { lastHop, type Role, roles } from '../names.ts';
import type { MessageFacts } from './facts.ts';
import { Fields } from './head.ts';

/** A header set over the client's, or removed when it is undefined; lower-case names. */
export type HeaderSet = Readonly<Record<string, string | undefined>>;

/**
 * The lines of a request's end-to-end fields on their way upstream, without Host and framing. Runs of lines that stay are
 * taken over in one piece.
 */
export function requestLines(fields: Fields, facts: MessageFacts, set: HeaderSet | undefined, remoteAddress: string | undefined): string {
  const { names, text } = fields;
  const { listed } = facts;
  const keys = set ? Object.keys(set) : none;
  let out = '';
  let run = -1;
  let forwardedFor = '';
  let trailers = false;
  for (let i = 0; i < names.length; i++) {
    const { lower, role } = names[i]!;
    if (role === roles.te) trailers ||= keepsTrailers(fields.value(i));
    else if (role === roles.forwardedFor && !listed?.has(lower)) forwardedFor = join(forwardedFor, fields.value(i));
    if (goesOn(role) && !listed?.has(lower) && !keys.includes(lower)) {
      if (run < 0) run = fields.line(i);
    } else if (run >= 0) {
      out += text.substring(run, fields.line(i));
      run = -1;
    }
  }
  if (run >= 0) out += text.substring(run);
  if (trailers && !keys.includes('te')) out += 'TE: trailers\r\n';
  if (!keys.includes('x-forwarded-for')) {
    const all = appendForwardedFor(forwardedFor, remoteAddress);
    if (all !== '') out += `X-Forwarded-For: ${all}\r\n`;
  }
  for (let k = 0; k < keys.length; k++) {
    const value = set![keys[k]!];
    if (value !== undefined) out += line(keys[k]!, value);
  }
  return out;
}

/** What is not written anew for the upstream. */
const goesOn = (role: Role): boolean =>
  role === roles.endToEnd || (role > lastHop && role !== roles.contentLength && role !== roles.host && role !== roles.forwardedFor);

const none: string[] = [];
const join = (list: string, more: string): string => (list === '' ? more : more === '' ? list : `${list}, ${more}`);

/** One field line. What handlers and HTTP/2 bring must not end the line early, nor become what does as latin1. */
export function line(name: string, value: string): string {
  return `${name}: ${forbidden.test(value) ? value.replace(forbiddenAll, ' ') : value}\r\n`;
}
const forbidden = /[\0\r\n\u0100-\uffff]/;
const forbiddenAll = /[\0\r\n\u0100-\uffff]/g;

/**
 * The lines of a response's end-to-end fields on their way to an HTTP/1 client: without what belongs to the connection
 * and, where `chunked`, without a length; a Trailer field stays where trailers can follow.
 */
export function responseLines(fields: Fields, facts: MessageFacts, chunked: boolean, keepLength: boolean): string {
  const { names, text } = fields;
  const { listed } = facts;
  if (!facts.hasHops && keepLength) return names.length > 0 ? text.substring(fields.line(0)) : '';
  let out = '';
  let run = -1;
  for (let i = 0; i < names.length; i++) {
    const { lower, role } = names[i]!;
    let stays = role === roles.endToEnd || role > lastHop || (role === roles.trailer && chunked);
    if (stays && role === roles.contentLength && !keepLength) stays = false;
    if (stays && listed?.has(lower)) stays = false;
    if (stays) {
      if (run < 0) run = fields.line(i);
    } else if (run >= 0) {
      out += text.substring(run, fields.line(i));
      run = -1;
    }
  }
  return run >= 0 ? out + text.substring(run) : out;
}

/** Fields as name, value, name, value, whatever they came as. */
export const pairsOf = (fields: RawFields): readonly string[] => (fields instanceof Fields ? fields.pairs() : fields);

/** Name, value, name, value as lines. */
export function pairLines(pairs: readonly string[]): string {
  let out = '';
  for (let i = 0; i < pairs.length; i += 2) out += line(pairs[i]!, pairs[i + 1]!);
  return out;
}

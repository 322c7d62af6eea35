import { cr, isTarget, isText, isToken, space } from './bytes.ts';
import { endOfLine, ProtocolError } from './head.ts';

const version = Buffer.from('HTTP/1.');
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** Positions in the bytes it was scanned from. */
export interface StartLine {
  /** The second part: a request's target, a response's status. */
  from: number;
  to: number;
  /** The minor version: 0 or 1. */
  minor: number;
  /** Where the fields begin. */
  next: number;
}

/** `GET /path HTTP/1.1`; undefined when it is not complete. Any version but 1.0 and 1.1 is refused. */
export function scanRequestLine(bytes: Uint8Array, start: number): StartLine | undefined {
  const end = bytes.length;
  let i = start;
  while (isToken[bytes[i]!]) i++;
  if (i >= end) return undefined;
  if (i === start || bytes[i] !== space) throw new ProtocolError('malformed method');
  const from = ++i;
  while (isTarget[bytes[i]!]) i++;
  if (i >= end) return undefined;
  if (i === from || bytes[i] !== space) throw new ProtocolError('malformed request target');
  const to = i++;
  const minor = scanVersion(bytes, i);
  if (minor === undefined) return undefined;
  const next = endOfLine(bytes, i + version.length + 1, 'malformed start line');
  return next === -1 ? undefined : { from, to, minor, next };
}

/** `HTTP/1.1 200 OK`, the reason may be missing; undefined when it is not complete. */
export function scanStatusLine(bytes: Uint8Array, start: number): StartLine | undefined {
  const minor = scanVersion(bytes, start);
  if (minor === undefined) return undefined;
  let i = start + version.length + 1;
  const end = bytes.length;
  if (i >= end) return undefined;
  if (bytes[i] !== space) throw new ProtocolError('malformed status line');
  const from = ++i;
  while (i < from + 3) {
    if (i >= end) return undefined;
    if (!isDigit(bytes[i])) throw new ProtocolError('malformed status');
    i++;
  }
  if (i < end && bytes[i] !== space && bytes[i] !== cr) throw new ProtocolError('malformed status');
  while (isText[bytes[i]!]) i++;
  const next = endOfLine(bytes, i, 'malformed start line');
  return next === -1 ? undefined : { from, to: from + 3, minor, next };
}

function scanVersion(bytes: Uint8Array, start: number): number | undefined {
  for (let i = 0; i < version.length; i++) {
    if (start + i >= bytes.length) return undefined;
    if (bytes[start + i] === version[i]) continue;
    // HTTP/2.0 and what else may come is HTTP, but not this one.
    throw i === 5 && isDigit(bytes[start + i]) ? new ProtocolError('unsupported version', 505) : new ProtocolError('malformed version');
  }
  const at = start + version.length;
  if (at >= bytes.length) return undefined;
  const minor = bytes[at]! - 0x30;
  if (minor !== 0 && minor !== 1) throw new ProtocolError('unsupported version', isDigit(bytes[at]) ? 505 : 400);
  return minor;
}

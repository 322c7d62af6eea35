import { factsOf, type MessageFacts } from './facts.ts';
import { behind, cutFields, type Fields, ProtocolError } from './head.ts';
import { scanRequestLine } from './start-line.ts';

export interface RequestHead {
  method: string;
  /** As it came: path and query, absolute form, or `*`. */
  target: string;
  /** 0 or 1: the minor version. */
  minor: number;
  fields: Fields;
  facts: MessageFacts;
  /** Where what follows begins. */
  next: number;
}

const host = /^[!$&'()*+,\-.:;=[\]_~%0-9A-Za-z]*$/;

/** A request's head; undefined when it is not complete. Refuses what RFC 9112 says a server must refuse. */
export function parseRequest(bytes: Buffer, start: number): RequestHead | undefined {
  const line = scanRequestLine(bytes, start);
  if (!line) return undefined;
  const fields = cutFields(bytes, line.next, start);
  if (!fields) return undefined;
  const { text } = fields;
  const target = text.substring(line.from - start, line.to - start);
  const method = text.substring(0, line.from - start - 1);
  const facts = factsOf(fields);
  checkRequest(method, target, line.minor, facts);
  return { method, target, minor: line.minor, fields, facts, next: behind(fields, start) };
}

function checkRequest(method: string, target: string, minor: number, facts: MessageFacts): void {
  if (facts.hosts > 1) throw new ProtocolError('more than one Host');
  if (facts.hosts === 0 && minor > 0) throw new ProtocolError('missing Host');
  if (!host.test(facts.host)) throw new ProtocolError('malformed Host');
  if (facts.chunked && facts.length !== undefined) throw new ProtocolError('Content-Length and Transfer-Encoding');
  if (facts.chunked && minor === 0) throw new ProtocolError('Transfer-Encoding in HTTP/1.0');
  if (facts.expect !== undefined && facts.expect.toLowerCase() !== '100-continue') throw new ProtocolError('unknown expectation', 417);
  if (method === 'CONNECT') throw new ProtocolError('CONNECT is not served', 405);
  if (target.charCodeAt(0) === 0x2f) return;
  const absolute = /^https?:\/\/([^/?#]+)(?=[/?]|$)/i.exec(target);
  if (target === '*' ? method === 'OPTIONS' : absolute && host.test(absolute[1]!)) return;
  throw new ProtocolError('malformed request target');
}

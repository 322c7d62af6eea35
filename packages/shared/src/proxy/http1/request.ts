import type { ForwardOptions } from '../forward.ts';
import type { Exchange } from '../handler.ts';
import { requestHeaders, requestTarget } from '../headers.ts';
import { nameOf, roles } from '../names.ts';
import { authorityOf } from '../upstream.ts';
import { factsOf, type MessageFacts } from './facts.ts';
import { Fields, ProtocolError } from './head.ts';
import { line, pairLines, requestLines } from './rewrite.ts';

/** A request's head for an upstream of HTTP/1, and whether its body is framed as chunks. */
export function requestHead(exchange: Exchange, { target, headers, authority }: ForwardOptions): { text: string; chunked: boolean } {
  const { req, upgrade } = exchange;
  const { body, fields, method } = req;
  const { path, authority: named } = requestTarget(req.url);
  const chunked = body !== undefined && body.length === undefined;
  let lines: string;
  if (fields instanceof Fields) {
    const facts = (req as { head?: { facts: MessageFacts } }).head?.facts ?? factsOf(fields);
    lines = requestLines(fields, facts, headers, req.remoteAddress);
    if (facts.length !== undefined && !chunked) lines += `Content-Length: ${facts.length}\r\n`;
    if (chunked && fields.get('trailer') !== '') lines += line('Trailer', fields.get('trailer'));
  } else {
    // HTTP/2 allows more in a path than a request line can carry.
    if (!/^[\x21-\x7e\x80-\xff]+$/.test(path)) throw new ProtocolError('malformed request target');
    const pairs = requestHeaders({ rawHeaders: fields, remoteAddress: req.remoteAddress, set: headers });
    lines = pairLines(withoutLength(pairs));
    if (body?.length !== undefined) lines += `Content-Length: ${body.length}\r\n`;
  }
  if (chunked) lines += 'Transfer-Encoding: chunked\r\n';
  if (upgrade !== undefined) lines += `Connection: Upgrade\r\n${line('Upgrade', upgrade)}`;
  const host = authority ?? named ?? (req.authority || authorityOf(target));
  return { text: `${method} ${path} HTTP/1.1\r\n${line('Host', host)}${lines}\r\n`, chunked };
}

function withoutLength(pairs: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < pairs.length; i += 2) if (nameOf(pairs[i]!).role !== roles.contentLength) out.push(pairs[i]!, pairs[i + 1]!);
  return out;
}

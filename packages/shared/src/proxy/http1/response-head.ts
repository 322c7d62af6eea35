import { factsOf, type MessageFacts } from './facts.ts';
import { behind, cutFields, type Fields, ProtocolError } from './head.ts';
import { scanStatusLine } from './start-line.ts';

/** How a response's body ends: there is none, after a length, by chunks, or with the connection (RFC 9112, 6.3). */
export type BodyEnd = 'none' | 'length' | 'chunks' | 'close';

export interface ResponseHead {
  status: number;
  reason: string;
  minor: number;
  fields: Fields;
  facts: MessageFacts;
  next: number;
}

/** A response's head; undefined when it is not complete. */
export function parseResponse(bytes: Buffer, start: number): ResponseHead | undefined {
  const line = scanStatusLine(bytes, start);
  if (!line) return undefined;
  const fields = cutFields(bytes, line.next, start);
  if (!fields) return undefined;
  const { text } = fields;
  const status = Number(text.substring(line.from - start, line.to - start));
  if (status < 100) throw new ProtocolError('malformed status');
  const facts = factsOf(fields);
  if (facts.chunked && line.minor === 0) throw new ProtocolError('Transfer-Encoding in HTTP/1.0');
  return {
    status,
    reason: text.substring(line.to - start + 1, line.next - start - 2),
    minor: line.minor,
    fields,
    facts,
    next: behind(fields, start),
  };
}

export function bodyEnd({ status, facts }: ResponseHead, method: string): BodyEnd {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 'none';
  if (facts.chunked) return 'chunks';
  if (facts.length !== undefined) return facts.length === 0 ? 'none' : 'length';
  return 'close';
}

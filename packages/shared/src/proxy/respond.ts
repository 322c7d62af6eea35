import type { Exchange } from './handler.ts';

/** Whether the client was answered already: nothing but the rest of that answer can be sent. */
export const headSent = ({ res }: Exchange): boolean => res.headersSent || res.ended;

/**
 * Answers an exchange by the proxy itself. Does nothing when the head is gone already. `body` is sent as it is, as
 * text/plain unless `headers` (lower-case names) say otherwise.
 */
export function respond(exchange: Exchange, status: number, body = '', headers: Readonly<Record<string, string>> = {}): void {
  if (headSent(exchange)) return;
  const length = String(Buffer.byteLength(body));
  const type = body === '' ? undefined : { 'content-type': 'text/plain; charset=utf-8' };
  exchange.res.answer(status, { ...type, ...(status === 204 ? undefined : { 'content-length': length }), ...headers }, body);
}

/** An error as the Go peer words it on the wire: a line of text that browsers must not guess the type of (contract data-plane 0.1). */
export function respondError(exchange: Exchange, status: number, text: string): void {
  respond(exchange, status, `${text}\n`, { 'x-content-type-options': 'nosniff' });
}

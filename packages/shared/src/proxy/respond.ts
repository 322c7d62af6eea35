import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { Exchange } from './handler.ts';

/** Whether the client was answered already: nothing but the rest of that answer can be sent. */
export function headSent({ res, upgrade }: Exchange): boolean {
  if (res) return res.headersSent || res.writableEnded;
  const socket = upgrade?.socket;
  return !socket || answered.has(socket) || socket.destroyed || socket.writableEnded;
}

/** Sockets of upgrades that got a response head, by us or by an upstream. */
const answered = new WeakSet<object>();

/** Remembers that an upgrade's socket got its response head. */
export function markAnswered(socket: object): void {
  answered.add(socket);
}

/**
 * Answers an exchange by the proxy itself: HTTP/1, HTTP/2 and upgrade sockets. Does nothing when the head is gone
 * already. `body` is sent as it is, as text/plain unless `headers` say otherwise.
 */
export function respond(exchange: Exchange, status: number, body = '', headers: Record<string, string> = {}): void {
  if (headSent(exchange)) return;
  const all: Record<string, string> = {
    ...(body === '' ? {} : { 'content-type': 'text/plain; charset=utf-8' }),
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  };
  exchange.onWrite?.();
  if (exchange.res) {
    const expecting = exchange.httpMajor === 1 && exchange.req.headers.expect !== undefined;
    // Whether a body follows is unknown when the client waits for leave to send it.
    if (expecting) all.connection = 'close';
    // Two overloads of one shape; TypeScript cannot call a union of them.
    (exchange.res as ServerResponse & Http2ServerResponse).writeHead(status, all).end(body);
    return;
  }
  const socket = exchange.upgrade?.socket;
  if (!socket) return;
  markAnswered(socket);
  const lines = Object.entries({ ...all, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}

/** An error as the Go peer words it on the wire: a line of text that browsers must not guess the type of (contract data-plane 0.1). */
export function respondError(exchange: Exchange, status: number, text: string): void {
  respond(exchange, status, `${text}\n`, { 'x-content-type-options': 'nosniff' });
}

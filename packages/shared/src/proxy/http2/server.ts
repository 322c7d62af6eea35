import {
  createServer,
  type Http2Server,
  type Http2Session,
  constants as h2,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Exchange, Handler } from '../handler.ts';
import { respondError } from '../respond.ts';
import { StreamExchange } from './server-exchange.ts';

export interface Http2ServerOptions {
  handler: Handler;
  maxHeaderBytes: number;
  /** Requests under way on one connection. */
  maxConcurrentStreams: number;
  /** A connection that says nothing for so long, in milliseconds, is asked whether it is there. */
  quietMs: number;
  began(exchange: Exchange): void;
  over(exchange: Exchange): void;
}

export interface Http2Serving {
  /** Takes a connection; what was read of it is unshifted. */
  take(socket: Socket): void;
  /** GOAWAY to all; their streams finish. Those that come later get one with their first answer. */
  leave(): void;
  destroy(): void;
}

/**
 * Requests a connection may break off at once, and a second: opening and resetting costs a client nothing, and this side
 * a request each. nghttp2 counts as well (1,000 and 33), but what it then ends is a session that goes on being read.
 */
const resetBurst = 250;
const resetsPerSecond = 30;

/** Counts what a client breaks off; false when it is too much. */
function resetAllowance(): () => boolean {
  let left = resetBurst;
  let at = performance.now();
  return () => {
    const now = performance.now();
    left = Math.min(resetBurst, left + ((now - at) / 1000) * resetsPerSecond) - 1;
    at = now;
    return left >= 0;
  };
}

/** Not from within a callback of the session: node:http2 would free what nghttp2 still reads from. */
function calm(session: Http2Session | undefined): void {
  if (!session || session.destroyed) return;
  session.goaway(h2.NGHTTP2_ENHANCE_YOUR_CALM);
  session.destroy();
}

/** How long a client may take to answer a ping. */
const pongMs = 15_000;

/**
 * Ends a session that answers no ping: its peer is gone without a word. After some protocol errors node:http2 itself
 * neither reads on nor ends a session, which would be kept with its socket and streams for good.
 */
function askWhetherThere(session: ServerHttp2Session, withinMs: number): void {
  if (session.destroyed) return;
  const late = setTimeout(() => session.destroy(), withinMs).unref();
  // It cannot be sent in a session that is ending: no answer then.
  session.ping((error) => {
    if (!error) clearTimeout(late);
  });
}

/** HTTP/2 over connections that somebody else accepted. */
export function serveHttp2({ handler, maxHeaderBytes, maxConcurrentStreams, quietMs, began, over }: Http2ServerOptions): Http2Serving {
  /** Each with its allowance of resets. */
  const sessions = new Map<ServerHttp2Session, () => boolean>();
  let leaving = false;
  const server: Http2Server = createServer({
    settings: { maxConcurrentStreams, maxHeaderListSize: maxHeaderBytes, initialWindowSize: 1 << 20 },
    maxSessionMemory: 64,
  });
  server.on('session', (session) => {
    sessions.set(session, resetAllowance());
    session.setLocalWindowSize(4 << 20);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => session.destroy());
    session.setTimeout(quietMs, () => askWhetherThere(session, Math.min(quietMs, pongMs)));
  });
  server.on('stream', (stream: ServerHttp2Stream, headers, flags, ...[raw]: unknown[]) => {
    // A session that came while leaving gets its answer and a GOAWAY.
    const { session } = stream;
    if (leaving && session && !session.closed) session.close();
    const exchange = new StreamExchange(stream, headers, raw as string[], (flags & h2.NGHTTP2_FLAG_END_STREAM) === 0);
    let settled = false;
    let closed = false;
    began(exchange);
    // Whoever has the exchange is told by its cancelling.
    stream.on('error', () => {});
    stream.once('close', () => {
      closed = true;
      if (!(stream.writableFinished && stream.rstCode === h2.NGHTTP2_NO_ERROR)) exchange.cancel();
      if (settled) over(exchange);
      else if (stream.rstCode !== h2.NGHTTP2_NO_ERROR && sessions.get(session as ServerHttp2Session)?.() === false)
        setImmediate(calm, session);
    });
    const settle = (error?: Error) => {
      settled = true;
      exchange.end(error);
      if (error && !closed && !exchange.res.headersSent) respondError(exchange, 502, error.message);
      else if (!exchange.res.ended) exchange.res.cut();
      if (closed) over(exchange);
    };
    if (exchange.req.method === 'CONNECT') {
      respondError(exchange, 405, 'CONNECT is not served');
      settle();
      return;
    }
    // What came with it is read first: a request that is reset at once is nobody's work.
    setImmediate(() => {
      if (closed || stream.destroyed || stream.rstCode !== h2.NGHTTP2_NO_ERROR) settle();
      else handler(exchange).then(() => settle(), settle);
    });
  });
  return {
    take: (socket) => void server.emit('connection', socket),
    leave() {
      leaving = true;
      // GOAWAY names the last stream that was taken: clients know that later ones are safe to send elsewhere.
      for (const session of sessions.keys()) if (!session.closed) session.close();
    },
    destroy() {
      for (const session of sessions.keys()) session.destroy();
    },
  };
}

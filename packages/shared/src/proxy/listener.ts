import { createServer as createHttp1Server, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  constants as h2,
  type ServerHttp2Session,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Exchange, Handler } from './handler.ts';
import { wantsUpgrade } from './headers.ts';
import { reset } from './reset-http2.ts';
import { headSent, respondError } from './respond.ts';
import { sniffPreface } from './sniff.ts';

export interface ListenerOptions {
  /** 0 takes a free one. */
  port: number;
  host?: string;
  /** Largest request head; 16 KiB when absent. */
  maxHeaderBytes?: number;
  /** Failures that no client can be told of. */
  onError?: (error: Error) => void;
}

export interface Listener {
  readonly port: number;
  /** Requests and upgraded connections under way. */
  active(): number;
  /** From now on answers carry `Connection: close` or GOAWAY, so that clients leave; everybody is still served. */
  draining(): void;
  /** Stops listening, waits for what is under way, at most `graceMs` milliseconds, then cuts. */
  close(graceMs: number): Promise<void>;
}

/** How long a connection may be idle, or take to send a request head (contract data-plane 1.2). */
const headTimeoutMs = 60_000;

/**
 * HTTP/1.1 and HTTP/2 with prior knowledge on one port. A handler that rejects before the response head was written
 * makes a 502 with its error's text.
 */
export async function listen(handler: Handler, options: ListenerOptions): Promise<Listener> {
  const { maxHeaderBytes = 16 * 1024, onError } = options;
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const underWay = new Set<ServerResponse | Http2ServerResponse | Duplex>();
  let leaving = false;
  let closing = false;

  const run = (exchange: Exchange, key: ServerResponse | Http2ServerResponse | Duplex, abort: () => void, complete: () => boolean) => {
    let settled = false;
    let closed = false;
    underWay.add(key);
    const over = () => {
      if (!settled || !closed) return;
      underWay.delete(key);
      // A response whose head went out before the drain kept its connection alive.
      if (closing) setImmediate(() => http1.closeIdleConnections());
    };
    key.once('close', () => {
      closed = true;
      if (!complete()) abort();
      over();
    });
    handler(exchange).then(
      () => {
        settled = true;
        over();
      },
      (error: Error) => {
        settled = true;
        over();
        if (closed) return;
        if (!headSent(exchange)) respondError(exchange, 502, error.message);
        else if ('stream' in key) reset(key.stream, h2.NGHTTP2_INTERNAL_ERROR);
        else exchange.req.destroy();
      },
    );
  };

  const serve1 = (req: IncomingMessage, res: ServerResponse) => {
    const controller = new AbortController();
    if (leaving) res.shouldKeepAlive = false;
    run(
      { req, res, signal: controller.signal, httpMajor: 1 },
      res,
      () => controller.abort(),
      () => res.writableFinished,
    );
  };
  const serve2 = (req: Http2ServerRequest, res: Http2ServerResponse) => {
    const controller = new AbortController();
    const { stream } = res;
    // A session that came while leaving gets its answer and a GOAWAY.
    if (leaving && stream.session && !stream.session.closed) stream.session.close();
    run(
      { req, res, signal: controller.signal, httpMajor: 2 },
      res,
      () => controller.abort(),
      () => stream.writableFinished && stream.rstCode === h2.NGHTTP2_NO_ERROR,
    );
  };
  const serveUpgrade = (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    const controller = new AbortController();
    socket.on('error', () => socket.destroy());
    run(
      { req, upgrade: { socket, head }, signal: controller.signal, httpMajor: 1 },
      socket,
      () => controller.abort(),
      () => false,
    );
  };

  const http1 = createHttp1Server({
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: headTimeoutMs,
    keepAliveTimeout: headTimeoutMs,
    requestTimeout: 0,
    noDelay: true,
    keepAlive: true,
    // An offer of h2c is not taken up, so its request is an ordinary one.
    shouldUpgradeCallback: (req) => wantsUpgrade(req.headers.upgrade),
  });
  http1.on('request', serve1).on('checkContinue', serve1).on('upgrade', serveUpgrade);
  const http2 = createHttp2Server({
    settings: { maxConcurrentStreams: 250, maxHeaderListSize: maxHeaderBytes, initialWindowSize: 1 << 20 },
    maxSessionMemory: 64,
  });
  http2.on('request', serve2).on('checkContinue', serve2);
  http2.on('session', (session) => {
    sessions.add(session);
    session.setLocalWindowSize(4 << 20);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => session.destroy());
  });

  // The HTTP/1 server listens for both; connections come to its own listener only after the sniffing.
  const [serveHttp1] = http1.listeners('connection') as ((socket: Socket) => void)[];
  http1.removeAllListeners('connection');
  http1.on('connection', (socket: Socket) => {
    sockets.add(socket);
    const drop = () => socket.destroy();
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', drop).on('end', drop).setTimeout(headTimeoutMs, drop);
    sniffPreface(socket, (isHttp2) => {
      socket.off('error', drop).off('end', drop).setTimeout(0, drop).off('timeout', drop);
      if (isHttp2) http2.emit('connection', socket);
      else serveHttp1?.call(http1, socket);
    });
  });

  await new Promise<void>((resolve, reject) => {
    http1.once('error', reject);
    http1.listen(options.port, options.host, () => {
      http1.off('error', reject);
      resolve();
    });
  });
  http1.on('error', (error) => onError?.(error));

  const draining = () => {
    leaving = true;
    for (const key of underWay) if ('shouldKeepAlive' in key && !key.headersSent) key.shouldKeepAlive = false;
    // GOAWAY names the last stream that was taken: clients know that later ones are safe to send elsewhere.
    for (const session of sessions) if (!session.closed) session.close();
  };
  let over: Promise<void> | undefined;
  return {
    port: (http1.address() as AddressInfo).port,
    active: () => underWay.size,
    draining,
    close(graceMs) {
      over ??= new Promise((resolve) => {
        closing = true;
        const cut = setTimeout(() => {
          for (const session of sessions) session.destroy();
          for (const socket of sockets) socket.destroy();
        }, graceMs);
        http1.close(() => {
          clearTimeout(cut);
          resolve();
        });
        draining();
        for (const socket of sockets) if (socket.listenerCount('readable') > 0) socket.destroy();
      });
      return over;
    },
  };
}

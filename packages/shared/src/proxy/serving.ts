import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Exchange, Handler } from './handler.ts';
import { serveHttp1 } from './http1/server.ts';
import type { Http2Serving } from './http2/server.ts';

export interface ServingOptions {
  /** Largest request head; 16 KiB when absent. */
  maxHeaderBytes?: number;
  /** How long a connection may be idle, or take to send a request head; a minute when absent (contract data-plane 1.2). */
  headTimeoutMs?: number;
  /** Requests under way on one HTTP/2 connection; 250 when absent. */
  maxConcurrentStreams?: number;
  /** Failures that no client can be told of. */
  onError?: (error: Error) => void;
}

/** Serves connections, whoever accepted them: HTTP/1.1 and HTTP/2 are told apart by their first bytes. */
export interface Serving {
  /** Takes a connection. `paused`: it comes from a net.Server with `pauseOnConnect`; any other stream is read as one. */
  accept(socket: Socket, paused: boolean): void;
  /** Requests and upgraded connections under way. */
  active(): number;
  /** From now on answers carry `Connection: close` or GOAWAY, so that clients leave; everybody is still served. */
  draining(): void;
  /** Waits for what is under way, at most `graceMs` milliseconds, then cuts. */
  close(graceMs: number): Promise<void>;
}

/** Serves a handler. One that rejects before the response head was written makes a 502 with its error's text. */
export function serve(handler: Handler, options: ServingOptions): Serving {
  const { maxHeaderBytes = 16 * 1024, headTimeoutMs = 60_000, maxConcurrentStreams = 250, onError } = options;
  const underWay = new Set<Exchange>();
  const sockets = new Set<Duplex>();
  const began = (exchange: Exchange) => void underWay.add(exchange);
  const over = (exchange: Exchange) => void underWay.delete(exchange);
  let leaving = false;
  let allClosed: (() => void) | undefined;
  const left = () => {
    if (http1.connections === 0 && sockets.size === 0) allClosed?.();
  };
  let http2: Http2Serving | undefined;
  let loading: Promise<Http2Serving> | undefined;
  // Loaded when the first connection comes: most pods never see HTTP/2, and start sooner without it.
  const loadHttp2 = async () => {
    const { serveHttp2 } = await import('./http2/server.ts');
    http2 = serveHttp2({ handler, maxHeaderBytes, maxConcurrentStreams, quietMs: headTimeoutMs, began, over });
    if (leaving) http2.leave();
    return http2;
  };
  const takeHttp2 = (socket: Duplex, bytes: Buffer) => {
    sockets.add(socket);
    // A client that sends no more can acknowledge nothing either.
    socket.once('end', () => socket.destroy());
    socket.once('close', () => {
      sockets.delete(socket);
      left();
    });
    loading ??= loadHttp2();
    loading.then(
      (serving) => {
        if (socket.destroyed) return;
        socket.unshift(bytes);
        serving.take(socket as Socket);
      },
      (error: Error) => {
        onError?.(error);
        socket.destroy();
      },
    );
  };
  const http1 = serveHttp1({ handler, maxHeaderBytes, headTimeoutMs, began, over, http2: takeHttp2, empty: left });

  const draining = () => {
    leaving = true;
    http1.leave();
    http2?.leave();
  };
  const destroy = () => {
    http1.destroy();
    http2?.destroy();
    for (const socket of sockets) socket.destroy();
  };
  return {
    accept: http1.accept,
    active: () => underWay.size,
    draining,
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => {
        allClosed = resolve;
      });
      draining();
      http1.end();
      left();
      const cut = setTimeout(destroy, graceMs);
      await closed;
      clearTimeout(cut);
      destroy();
    },
  };
}

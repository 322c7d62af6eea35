import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Exchange, Handler } from '../handler.ts';
import { ServerConnection, type ServerContext } from './server-connection.ts';
import type { ServerExchange } from './server-exchange.ts';
import { Wire } from './wire.ts';

export interface Http1ServerOptions {
  handler: Handler;
  maxHeaderBytes: number;
  headTimeoutMs: number;
  began(exchange: Exchange): void;
  over(exchange: Exchange): void;
  /** A client opened with HTTP/2; what it sent is `bytes`. */
  http2(socket: Duplex, bytes: Buffer): void;
  /** The last connection is closed. */
  empty(): void;
}

export interface Http1Serving {
  /** Takes a connection; `paused` ones of node:net are read the cheaper way. */
  accept(socket: Socket, paused: boolean): void;
  readonly connections: number;
  /** Responses that are not out say `Connection: close` from now on. */
  leave(): void;
  /** Nothing more is served: idle connections end now, the others with their response. */
  end(): void;
  destroy(): void;
}

/** HTTP/1 over connections that somebody else accepted. */
export function serveHttp1(options: Http1ServerOptions): Http1Serving {
  const { headTimeoutMs } = options;
  const connections = new Set<ServerConnection>();
  const gone = (connection: ServerConnection) => {
    connections.delete(connection);
    if (connections.size === 0) options.empty();
  };
  const context: ServerContext = {
    handler: options.handler,
    maxHeaderBytes: options.maxHeaderBytes,
    headTimeoutMs,
    leaving: false,
    ending: false,
    began: options.began as (exchange: ServerExchange) => void,
    over: options.over as (exchange: ServerExchange) => void,
    http2(connection, bytes) {
      const socket = connection.wire.release();
      options.http2(socket, bytes);
      gone(connection);
    },
    closed: gone,
  };
  // One timer for all connections: a timer for each head would be set and cleared for each request.
  const sweeper = setInterval(
    () => {
      const now = performance.now();
      for (const connection of connections) if (connection.deadline < now) connection.expire();
    },
    Math.min(1000, headTimeoutMs / 4),
  ).unref();
  const leave = () => {
    context.leaving = true;
    for (const connection of connections) connection.leave();
  };
  return {
    accept(socket, paused) {
      const connection = new ServerConnection(context);
      connections.add(connection);
      connection.start(paused ? Wire.accept(socket, connection) : Wire.over(socket, connection));
    },
    get connections() {
      return connections.size;
    },
    leave,
    end() {
      context.ending = true;
      leave();
      for (const connection of connections) if (connection.idle) connection.wire.socket.destroy();
      if (connections.size === 0) options.empty();
    },
    destroy() {
      clearInterval(sweeper);
      for (const connection of connections) connection.wire.socket.destroy();
    },
  };
}

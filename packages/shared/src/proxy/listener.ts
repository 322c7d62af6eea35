import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Handler } from './handler.ts';
import { type Serving, type ServingOptions, serve } from './serving.ts';

export interface ListenerOptions extends ServingOptions {
  /** 0 takes a free one. */
  port: number;
  host?: string;
  /** Other processes listen on the port as well, and each gets its share of the connections (SO_REUSEPORT). */
  reusePort?: boolean;
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

/** HTTP/1.1 and HTTP/2 with prior knowledge on one port. */
export async function listen(handler: Handler, options: ListenerOptions): Promise<Listener> {
  const serving = serve(handler, options);
  const settings = { noDelay: true, keepAlive: true, allowHalfOpen: true, pauseOnConnect: true };
  return open(
    createServer(settings, (socket) => serving.accept(socket, true)),
    serving,
    options,
  );
}

/** Lets a server listen that hands its connections, now or later, to `serving`. */
export async function open(server: Server, serving: Serving, options: ListenerOptions): Promise<Listener> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    const { port, host, reusePort } = options;
    server.listen({ port, host, reusePort }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => options.onError?.(error));
  let closed: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    active: serving.active,
    draining: serving.draining,
    close(graceMs) {
      if (!closed) {
        server.close();
        closed = serving.close(graceMs);
      }
      return closed;
    },
  };
}

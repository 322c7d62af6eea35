import { connect, createServer, type Socket } from 'node:net';

/** A relay of TCP connections that can be cut: a network that breaks where a test wants it to. */
export interface Relay {
  port: number;
  /** Connections made so far. */
  readonly connections: number;
  /** Resets what is open; new connections work. */
  cut(): void;
  /** Resets what is open and refuses more until `resume`. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

/** Relays to a port of the loopback address; listens there too unless told where. */
export async function startRelay(to: number, host = '127.0.0.1'): Promise<Relay> {
  const open = new Set<Socket>();
  let paused = false;
  let connections = 0;
  const server = createServer((client) => {
    if (paused) {
      client.resetAndDestroy();
      return;
    }
    connections++;
    const upstream = connect(to, '127.0.0.1');
    for (const [a, b] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(a);
      a.pipe(b);
      a.on('error', () => b.destroy());
      a.on('close', () => {
        open.delete(a);
        b.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    get connections() {
      return connections;
    },
    cut,
    pause() {
      paused = true;
      cut();
    },
    resume() {
      paused = false;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}

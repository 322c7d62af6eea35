import { Agent, request } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A replica, as a Service knows it. */
export interface Replica {
  port: number;
  ready: boolean;
}

/**
 * What a Service does for its replicas: each new connection goes to one that is ready, to another where it is refused;
 * those that are open stay where they are.
 */
export async function startFront(replicas: () => readonly Replica[]) {
  const sockets = new Set<Socket>();
  /** Open connections by the replica's port. */
  const open = new Map<number, number>();
  const most = new Map<number, number>();
  const count = (port: number, by: number) => {
    const now = (open.get(port) ?? 0) + by;
    open.set(port, now);
    most.set(port, Math.max(now, most.get(port) ?? 0));
  };
  let turn = 0;
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (client) => {
    sockets.add(client);
    client.on('error', () => undefined).on('close', () => sockets.delete(client));
    const among = replicas().filter((r) => r.ready);
    const start = turn++;
    const attempt = (n: number) => {
      const replica = n < among.length ? among[(start + n) % among.length] : undefined;
      if (!replica) {
        client.resetAndDestroy();
        return;
      }
      const upstream = connect({ port: replica.port, host: '127.0.0.1', noDelay: true });
      const refused = () => attempt(n + 1);
      upstream.once('error', refused).once('connect', () => {
        upstream.off('error', refused).on('error', () => undefined);
        count(replica.port, 1);
        upstream.on('close', () => {
          count(replica.port, -1);
          client.destroy();
        });
        client.on('close', () => upstream.destroy());
        client.pipe(upstream).pipe(client);
        client.resume();
      });
    };
    attempt(0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connectionsTo: (port: number) => open.get(port) ?? 0,
    /** The most there were at a time. */
    mostConnectionsTo: (port: number) => most.get(port) ?? 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface Failure {
  /** performance.now when it was sent. */
  sentAt: number;
  why: string;
}

/** Requests at a steady pace over kept connections, none sent twice, until `stop`. */
export function startLoad(port: number, host: string, perSecond: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  const failures: Failure[] = [];
  const underWay = new Set<Promise<void>>();
  let running = true;
  let answered = 0;
  const one = () =>
    new Promise<void>((resolve) => {
      const sentAt = performance.now();
      const failed = (why: string) => {
        failures.push({ sentAt, why });
        resolve();
      };
      const req = request({ port, host: '127.0.0.1', agent, headers: { host } }, (res) => {
        res.on('error', (error) => failed(`response: ${error.message}`)).resume();
        res.on('end', () => {
          if (res.statusCode !== 200) return failed(`status ${res.statusCode}`);
          answered++;
          resolve();
        });
      });
      req.on('error', (error) => failed(error.message)).end();
    });
  const began = performance.now();
  const pace = async () => {
    for (let sent = 0; running; await sleep(5)) {
      for (const due = ((performance.now() - began) / 1000) * perSecond; sent < due; sent++) {
        const done = one().finally(() => underWay.delete(done));
        underWay.add(done);
      }
    }
  };
  const paced = pace();
  return {
    failures,
    answered: () => answered,
    async stop() {
      running = false;
      await paced;
      await Promise.all(underWay);
      agent.destroy();
      return { answered, failures, perSecond: (answered * 1000) / (performance.now() - began) };
    },
  };
}

import { createServer } from 'node:http';

export interface HealthServer {
  /** From now on both answer 500: the pod leaves its Services. */
  draining(): void;
  close(): Promise<void>;
}

/** `/health` and `/readiness` on a port (contract control-plane 8.2, 8.3); `ready` says why not, or undefined. */
export async function startHealth(port: number, ready: () => string | undefined = () => undefined): Promise<HealthServer> {
  let stopping = false;
  const server = createServer((req, res) => {
    const why = stopping ? 'shutting down' : req.url?.startsWith('/health') ? undefined : ready();
    res.writeHead(why === undefined ? 200 : 500, { 'content-type': 'text/plain; charset=utf-8' }).end(why ?? 'ok');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return {
    draining: () => {
      stopping = true;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

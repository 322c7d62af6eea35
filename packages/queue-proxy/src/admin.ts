import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Drain } from './handler/drain.ts';

/** How long a preStop call may come before the SIGTERM to this process (contract data-plane 1.9). */
const signalWithinMs = 1000;

export interface Admin {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * `GET /wait-for-drain`: the preStop hook of user containers. Answers when the quiet period is over; at once, and with
 * readiness recovered, when no SIGTERM came, since then only that container restarts.
 */
export async function startAdmin(port: number, drain: Drain, terminated: AbortSignal): Promise<Admin> {
  const server = createServer({ headersTimeout: 60_000 }, async (req, res) => {
    if (req.url !== '/wait-for-drain') {
      res.writeHead(404).end();
      return;
    }
    const quiet = drain.begin();
    if (!(await within(signalWithinMs, terminated))) drain.reset();
    await quiet;
    res.writeHead(200).end();
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function within(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(true);
    const came = () => {
      clearTimeout(timer);
      resolve(true);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', came);
      resolve(false);
    }, ms);
    signal.addEventListener('abort', came);
  });
}

import { type Agent, type IncomingHttpHeaders, request } from 'node:http';
import { builtin } from '@ebb/shared/api/builtin.ts';
import { kube, system } from './cluster.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** From the start of the request to the answer's head. */
  firstByteMs: number;
}

export interface AskOptions {
  path?: string;
  headers?: Record<string, string>;
  /** Generous: a request at zero is held until a pod is there. */
  timeoutMs?: number;
  agent?: Agent | false;
}

let found: Promise<{ host: string; port: number }> | undefined;

/** Where the gateway listens for people: EBB_GATEWAY (host:port), or its NodePort on this machine. */
async function gateway(): Promise<{ host: string; port: number }> {
  const named = process.env.EBB_GATEWAY;
  if (named) {
    const url = new URL(`http://${named}`);
    return { host: url.hostname, port: Number(url.port || 80) };
  }
  const service = await kube.get(builtin.Service, system, 'gateway');
  const port = service.spec?.ports?.find((p) => p.port === 80)?.nodePort;
  if (!port) throw new Error(`Service ${system}/gateway has no node port for port 80; its type is ${service.spec?.type}`);
  return { host: '127.0.0.1', port };
}

/** Forgets the gateway's address, which changes when its Service is made anew. */
export function forgetGateway(): void {
  found = undefined;
}

/** One request through the gateway, as curl makes it: its own connection, the host in the Host header. */
export async function ask(host: string, options: AskOptions = {}): Promise<Answer> {
  found ??= gateway();
  found.catch(forgetGateway);
  const address = await found;
  const { path = '/', headers = {}, timeoutMs = 60_000, agent = false } = options;
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const req = request({ ...address, path, agent, headers: { host, ...headers }, signal: AbortSignal.timeout(timeoutMs) }, (res) => {
      const firstByteMs = performance.now() - started;
      let body = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => {
        body += chunk;
      });
      res.on('error', reject);
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body, firstByteMs }));
    });
    req.on('error', (e) =>
      reject(new Error(`${host}${path}: no answer after ${Math.round(performance.now() - started)} ms: ${e.message}`)),
    );
    req.end();
  });
}

/** Asks and insists on 200. */
export async function answerOf(host: string, options: AskOptions = {}): Promise<string> {
  const answer = await ask(host, options);
  if (answer.status !== 200) throw new Error(`${host}: ${answer.status} ${JSON.stringify(answer.body.slice(0, 300))}`);
  return answer.body.trim();
}

export interface Tally {
  sent: number;
  failures: string[];
}

/**
 * Requests at a steady pace, each on a connection of its own and none waiting for the one before. `stop` waits for
 * those under way and tells every one that failed, with the second it happened in.
 */
export function steadily(host: string, everyMs: number): { tally: Tally; stop(): Promise<Tally> } {
  const tally: Tally = { sent: 0, failures: [] };
  const under = new Set<Promise<void>>();
  const started = performance.now();
  const one = (): void => {
    tally.sent++;
    const at = performance.now();
    const asked: Promise<void> = answerOf(host, { timeoutMs: 30_000 })
      .then(
        () => {},
        (error: Error) => {
          tally.failures.push(`at ${((at - started) / 1000).toFixed(1)} s (${new Date(Date.now()).toISOString()}): ${error.message}`);
        },
      )
      .finally(() => under.delete(asked));
    under.add(asked);
  };
  const timer = setInterval(one, everyMs);
  return {
    tally,
    async stop() {
      clearInterval(timer);
      await Promise.all(under);
      return tally;
    },
  };
}

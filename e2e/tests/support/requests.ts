import { builtin } from '@ebb/shared/api/builtin.ts';
import { type Answer, type AskOptions, ask as askAt } from '../../../scripts/lib/ask.ts';
import { kube, system } from './cluster.ts';

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

/** One request through the gateway, on a connection of its own unless an agent is given. */
export async function ask(host: string, options: AskOptions = {}): Promise<Answer> {
  found ??= gateway();
  found.catch(forgetGateway);
  return askAt(await found, host, options);
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

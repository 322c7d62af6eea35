import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { system } from './components.ts';
import type { Kubectl } from './kubectl.ts';

/** The way to the gateway from this machine. */
export interface Gateway {
  host: string;
  port: number;
  close(): void;
}

/** The gateway's node port on the local cluster; anywhere else a port-forward, which lives until `close`. */
export async function reachGateway(kubectl: Kubectl): Promise<Gateway> {
  if (!kubectl.target.context) {
    const path = '{.spec.ports[?(@.port==80)].nodePort}';
    const port = await kubectl(['get', 'service', 'gateway', '-n', system, '-o', `jsonpath=${path}`]);
    if (!port) throw new Error(`Service ${system}/gateway has no node port: npm run deploy`);
    return { host: '127.0.0.1', port: Number(port), close: () => undefined };
  }
  const args = [...kubectl.target.kubectlArgs, 'port-forward', '-n', system, 'service/gateway', ':80', '--address=127.0.0.1'];
  const child = spawn(kubectl.program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`kubectl port-forward ended with code ${code}`)));
  failed.catch(() => undefined);
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), failed])) as [string];
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1]);
  return { host: '127.0.0.1', port, close: () => child.kill() };
}

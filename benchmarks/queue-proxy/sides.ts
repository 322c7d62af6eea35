import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ports } from '@ebb/shared/api/ports.ts';
import { inCache } from '../../e2e/cluster/paths.ts';
import { bundle } from '../../scripts/images/bundle.ts';
import { queueProxy } from '../../scripts/images/table.ts';
import { root } from '../../scripts/lib/shell.ts';

/** What is measured, one at a time: each has the machine, and the contract's ports, to itself. */
export interface Side {
  name: 'bare' | 'ebb' | 'peer';
  /** Started anew for each round. */
  start(protocol: 'http1' | 'h2c'): Promise<Running>;
}

export interface Running {
  pid: number;
  port: number;
  stop(): Promise<void>;
}

/** The backend's port; the user container's in a pod. */
export const backendPort = 18080;

/** What the controller would set: statistics, timeouts, a probe and metrics are on, nothing is limited. */
const environment = (protocol: 'http1' | 'h2c') => ({
  CONTAINER_CONCURRENCY: '0',
  QUEUE_SERVING_PORT: String(ports[protocol]),
  QUEUE_SERVING_TLS_PORT: String(ports.https),
  USER_PORT: String(backendPort),
  REVISION_TIMEOUT_SECONDS: '300',
  REVISION_RESPONSE_START_TIMEOUT_SECONDS: '300',
  REVISION_IDLE_TIMEOUT_SECONDS: '0',
  SERVING_READINESS_PROBE: JSON.stringify({ tcpSocket: { host: '127.0.0.1', port: backendPort }, successThreshold: 1 }),
  SERVING_LOGGING_CONFIG: '{}',
  SERVING_LOGGING_LEVEL: 'error',
  SERVING_NAMESPACE: 'default',
  SERVING_SERVICE: 'hello',
  SERVING_CONFIGURATION: 'hello',
  SERVING_REVISION: 'hello-00001',
  SERVING_POD: 'hello-00001-deployment-0',
  SERVING_POD_IP: '127.0.0.1',
  OBSERVABILITY_CONFIG: JSON.stringify({ requestMetrics: { protocol: 'prometheus' } }),
});

/** The sides there are; the peer's only when `PEER_QUEUE_PROXY` names its program. */
export async function sides(backend: number): Promise<Side[]> {
  const dir = inCache('bench-queue-proxy');
  const main = await bundle(queueProxy.source, dir);
  const node = join(root, 'node_modules/node/bin/node');
  const peer = process.env.PEER_QUEUE_PROXY;
  const bare: Side = { name: 'bare', start: async () => ({ pid: backend, port: backendPort, stop: async () => {} }) };
  const all: Side[] = [bare, { name: 'ebb', start: (protocol) => start(node, [queueProxy.nodeOptions, main], protocol) }];
  if (peer) all.push({ name: 'peer', start: (protocol) => start(peer, [], protocol) });
  return all;
}

async function start(command: string, args: string[], protocol: 'http1' | 'h2c'): Promise<Running> {
  const port = ports[protocol];
  for (const taken of [port, ports.queueAdmin, ports.autometric, ports.usermetric])
    if (await accepts(taken)) throw new Error(`port ${taken} is taken on this machine; a queue-proxy needs it`);
  const child = spawn(command, args, { env: { ...process.env, ...environment(protocol) }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk).slice(-4000);
    });
  const running = { pid: child.pid ?? 0, port, stop: () => kill(child) };
  for (let tries = 0; !(await accepts(port)); tries++) {
    if (child.exitCode !== null || tries > 200) {
      await running.stop();
      throw new Error(`${command} does not serve:\n${output.trim()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return running;
}

/** Nothing to lose: a drain would take its half minute. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

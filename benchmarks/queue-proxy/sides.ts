import { join } from 'node:path';
import { ports } from '@ebb/shared/api/ports.ts';
import { inCache } from '../../e2e/cluster/paths.ts';
import { bundle } from '../../scripts/images/bundle.ts';
import { queueProxy } from '../../scripts/images/table.ts';
import { root } from '../../scripts/lib/shell.ts';
import { backendPort, type Running, type Side, startProxy } from '../lib/proxies.ts';

/** What the controller would set: statistics, timeouts, a probe and metrics are on, nothing is limited. */
export const environment = (protocol: 'http1' | 'h2c') => ({
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

/** How a side's program is run. */
export interface Command {
  name: 'ebb' | 'peer';
  path: string;
  args: string[];
}

export async function commands(): Promise<Command[]> {
  const main = await bundle(queueProxy.source, inCache('bench-queue-proxy'));
  const peer = process.env.PEER_QUEUE_PROXY;
  const ebb: Command = { name: 'ebb', path: join(root, 'node_modules/node/bin/node'), args: [queueProxy.nodeOptions, main] };
  return peer ? [ebb, { name: 'peer', path: peer, args: [] }] : [ebb];
}

/** The sides there are; the peer's only when `PEER_QUEUE_PROXY` names its program. */
export async function sides(): Promise<Side[]> {
  return (await commands()).map(({ name, path, args }) => ({ name, start: (protocol) => start(path, args, protocol) }));
}

function start(command: string, args: string[], protocol: 'http1' | 'h2c'): Promise<Running> {
  const port = ports[protocol];
  return startProxy(command, args, {
    env: environment(protocol),
    port,
    ports: [port, ports.queueAdmin, ports.autometric, ports.usermetric],
  });
}

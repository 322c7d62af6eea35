import { request } from 'node:http';
import { join } from 'node:path';
import { headers } from '@ebb/shared/api/headers.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import { defaultSystemNamespace } from '@ebb/shared/api/system.ts';
import { inCache } from '../../e2e/cluster/paths.ts';
import { bundle } from '../../scripts/images/bundle.ts';
import { imagesNamed } from '../../scripts/images/table.ts';
import { root } from '../../scripts/lib/shell.ts';
import { type Running, type Side, startProxy } from '../lib/proxies.ts';
import { ownAddress, revision } from './world.ts';

/** As in the cluster, but that there is no autoscaler: requests for a revision that is there do not need one. */
const environment = (kubeconfig: string) => ({
  KUBECONFIG: kubeconfig,
  SYSTEM_NAMESPACE: defaultSystemNamespace,
  POD_NAME: 'activator-0',
  POD_IP: ownAddress(),
  CONFIG_LOGGING_NAME: 'config-logging',
  CONFIG_OBSERVABILITY_NAME: 'config-observability',
  NATS_URL: '',
  ANNOUNCEMENTS_PORT: '0',
  AUTOSCALER: '127.0.0.1:9',
  METRICS_PROMETHEUS_PORT: '0',
});

/** The sides there are; the peer's only when `PEER_ACTIVATOR` names its program. */
export async function sides(kubeconfig: string): Promise<Side[]> {
  const image = imagesNamed(['activator'])[0];
  if (image?.kind !== 'service') throw new Error('the activator has no image');
  const main = await bundle(image.source, inCache('bench-activator'));
  const node = join(root, 'node_modules/node/bin/node');
  const peer = process.env.PEER_ACTIVATOR;
  const all: Side[] = [{ name: 'ebb', start: (protocol) => start(kubeconfig, node, [image.nodeOptions, main], protocol) }];
  if (peer) all.push({ name: 'peer', start: (protocol) => start(kubeconfig, peer, [], protocol) });
  return all;
}

function start(kubeconfig: string, command: string, args: string[], protocol: 'http1' | 'h2c'): Promise<Running> {
  const port = ports[protocol];
  const env: Record<string, string> = environment(kubeconfig);
  // Where the metrics server is off it is off by the settings; the peer takes no 0.
  if (command === process.env.PEER_ACTIVATOR) delete env.METRICS_PROMETHEUS_PORT;
  return startProxy(command, args, { env, port, ports: [ports.http1, ports.h2c], ready: () => answers(port) });
}

/** Whether a request comes through. */
function answers(port: number): Promise<boolean> {
  const named = { [headers.namespace]: revision.namespace, [headers.revision]: revision.name };
  return new Promise((resolve) => {
    const req = request({ host: '127.0.0.1', port, agent: false, headers: named, timeout: 2000 }, (res) => {
      res.resume();
      resolve(res.statusCode === 200);
    });
    req.on('timeout', () => req.destroy());
    req.on('error', () => resolve(false));
    req.end();
  });
}

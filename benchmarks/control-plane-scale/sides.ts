import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtin } from '@ebb/shared/api/builtin.ts';
import { defaultSystemNamespace as system } from '@ebb/shared/api/system.ts';
import { startComponent } from '@ebb/shared/testing/components.ts';
import { type Program, startProgram } from '@ebb/shared/testing/programs.ts';
import { startRelay } from '@ebb/shared/testing/relay.ts';
import { bundle } from '../../scripts/images/bundle.ts';
import { imagesNamed } from '../../scripts/images/table.ts';
import type { World } from './world.ts';

/** The processes that are compared. */
export interface Side {
  controller: Program;
  autoscaler: Program;
  close(): Promise<void>;
}

/** As in the images: bundled, with the options of Node they have. */
export async function startEbb({ kube }: World): Promise<Side> {
  const dir = mkdtempSync(join(tmpdir(), 'ebb-scale-'));
  const start = async (component: 'controller' | 'autoscaler') => {
    const image = imagesNamed([component])[0];
    if (image?.kind !== 'service') throw new Error(`${component} has no image`);
    const main = await bundle(image.source, join(dir, component));
    const env = { NODE_OPTIONS: image.nodeOptions };
    return startComponent(component, { kubeconfig: kube.kubeconfigOf(component), pod: `${component}-0`, main, env });
  };
  const [controller, autoscaler] = await Promise.all([start('controller'), start('autoscaler')]);
  return {
    controller,
    autoscaler,
    async close() {
      await Promise.all([controller.end('SIGKILL'), autoscaler.end('SIGKILL')]);
      rmSync(dir, { recursive: true });
    },
  };
}

/** The programs of another control plane of the same contract, which the caller has built. */
export const peerPrograms = (): { controller: string; autoscaler: string } | undefined => {
  const { PEER_CONTROLLER: controller, PEER_AUTOSCALER: autoscaler } = process.env;
  return controller && autoscaler ? { controller, autoscaler } : undefined;
};

const link = { outside: 'ebb-scale-out', inside: 'ebb-scale-in', name: 'ebb-scale', address: '10.213.7.1', peer: '10.213.7.2' };
const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });

/** Both of the peer's programs insist on port 8080: the autoscaler gets a network of its own, which needs root. */
function openNetwork(): () => void {
  ip('netns', 'add', link.name);
  const close = () => ip('netns', 'delete', link.name);
  try {
    ip('link', 'add', link.outside, 'type', 'veth', 'peer', 'name', link.inside, 'netns', link.name);
    ip('address', 'add', `${link.address}/30`, 'dev', link.outside);
    ip('link', 'set', link.outside, 'up');
    ip('-n', link.name, 'address', 'add', `${link.peer}/30`, 'dev', link.inside);
    for (const device of ['lo', link.inside]) ip('-n', link.name, 'link', 'set', device, 'up');
  } catch (error) {
    close();
    throw error;
  }
  return close;
}

const peerEnv = (component: string): Record<string, string> => ({
  SYSTEM_NAMESPACE: system,
  POD_NAME: `${component}-0`,
  POD_IP: link.peer,
  CLUSTER_DOMAIN: 'cluster.local',
  METRICS_DOMAIN: 'knative.dev/serving',
  CONFIG_LOGGING_NAME: 'config-logging',
  CONFIG_OBSERVABILITY_NAME: 'config-observability',
});

export async function startPeer({ kube, client }: World, paths: { controller: string; autoscaler: string }): Promise<Side> {
  const closeNetwork = openNetwork();
  const relay = await startRelay(kube.port, link.address);
  const led = (suffix: string) => async () =>
    (await client.list(builtin.Lease, { namespace: system })).items.some((l) => l.metadata.name.includes(suffix) && l.spec?.holderIdentity);
  const controller = await startProgram({
    path: paths.controller,
    args: [`--kubeconfig=${kube.kubeconfigOf('controller')}`],
    env: peerEnv('controller'),
    ready: led('reconciler.route.reconciler'),
  });
  const autoscaler = await startProgram({
    path: '/usr/sbin/ip',
    args: ['netns', 'exec', link.name, paths.autoscaler, `--kubeconfig=${kube.kubeconfigOf('autoscaler', relay.port, link.address)}`],
    env: peerEnv('autoscaler'),
    ready: led('autoscaler-bucket'),
  });
  return {
    controller,
    autoscaler,
    async close() {
      await Promise.all([controller.end('SIGKILL'), autoscaler.end('SIGKILL')]);
      await relay.close();
      closeNetwork();
    },
  };
}

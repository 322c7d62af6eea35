import { networkInterfaces } from 'node:os';
import { dirname } from 'node:path';
import { builtin, type Endpoints, type KubeService } from '@ebb/shared/api/builtin.ts';
import { kinds, type Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { installCrds } from '@ebb/shared/testing/crds.ts';
import { startKube } from '@ebb/shared/testing/kube.ts';
import { installSettings } from '@ebb/shared/testing/settings.ts';
import { buildGo, goProgram } from '../../e2e/cluster/build.ts';
import { object } from '../lib/kube.ts';
import { backendPort } from '../lib/proxies.ts';

/** The revision all requests are for. */
export const revision = { namespace: 'default', name: 'hello-00001' };

/** This machine's address: Endpoints may not hold one of loopback. */
export function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const found = all.find((a) => a.family === 'IPv4' && !a.internal);
  if (!found) throw new Error('this machine has no IPv4 address but loopback; a revision needs one');
  return found.address;
}

/** An API server of its own with a revision whose one pod is the bench's backend. */
export async function openWorld(): Promise<{ kubeconfig: string; close(): Promise<void> }> {
  await buildGo('kubernetes');
  process.env.EBB_KUBE_BIN ??= dirname(goProgram('kubernetes', 'kube-apiserver'));
  const kube = await startKube();
  try {
    await installCrds(kube.client);
    await installSettings(kube.client);
    const { namespace, name } = revision;
    const { client } = kube;
    const owned = (type: string) => ({
      [labels.revision]: name,
      [labels.revisionUID]: 'bench',
      [labels.serviceType]: type,
      app: name,
    });
    await client.create(
      kinds.Revision,
      object<Revision>(
        { namespace, name, labels: { [labels.configuration]: 'hello', [labels.service]: 'hello' } },
        {
          spec: {
            containerConcurrency: 0,
            timeoutSeconds: 300,
            responseStartTimeoutSeconds: 300,
            containers: [{ name: 'user-container', image: 'dev.local/hello' }],
          },
        },
      ),
    );
    const ports = [{ name: 'http', port: 80 }];
    for (const [type, service] of [
      ['Private', `${name}-private`],
      ['Public', name],
    ] as const) {
      const metadata = { namespace, name: service, labels: owned(type) };
      await client.create(builtin.Service, object<KubeService>(metadata, { spec: { ports } }));
      await client.create(
        builtin.Endpoints,
        object<Endpoints>(metadata, { subsets: [{ addresses: [{ ip: ownAddress() }], ports: [{ name: 'http', port: backendPort }] }] }),
      );
    }
  } catch (error) {
    await kube.stop();
    throw error;
  }
  return { kubeconfig: kube.kubeconfig, close: () => kube.stop() };
}

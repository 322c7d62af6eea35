import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { builtin, type Endpoints, type Namespace } from '@ebb/shared/api/builtin.ts';
import { kinds, type Service } from '@ebb/shared/api/kinds.ts';
import { defaultSystemNamespace as system } from '@ebb/shared/api/system.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import { createInformers } from '@ebb/shared/kube/informers.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { startControllerManager } from '@ebb/shared/testing/controller-manager.ts';
import { installCrds } from '@ebb/shared/testing/crds.ts';
import { playIngress } from '@ebb/shared/testing/ingress.ts';
import { startKube, type TestKube } from '@ebb/shared/testing/kube.ts';
import { installSettings } from '@ebb/shared/testing/settings.ts';
import { buildGo, goProgram } from '../../e2e/cluster/build.ts';
import { object } from '../lib/kube.ts';
import { auditPolicy, countRequests, type Requests } from './audit.ts';
import { playKubelet } from './kubelet.ts';

export const namespace = 'scale';
/** Who is counted. */
export const components = ['controller', 'autoscaler'] as const;

/** An API server of its own with all that either side finds in a cluster besides its own components. */
export interface World {
  kube: TestKube;
  client: KubeClient;
  services: Cache<Service>;
  /** How long the audit log is: where a count begins or ends. */
  mark(): number;
  requests(from: number, to: number): Requests;
  close(): Promise<void>;
}

/** The same for both sides: etcd, kube-apiserver, kube-controller-manager, Ebb's kinds and settings, an ingress and a kubelet that agree to everything. */
export async function openWorld(): Promise<World> {
  await buildGo('kubernetes');
  process.env.EBB_KUBE_BIN ??= dirname(goProgram('kubernetes', 'kube-apiserver'));
  const dir = mkdtempSync(join(tmpdir(), 'ebb-scale-'));
  const [policy, log] = [join(dir, 'policy.json'), join(dir, 'audit.log')];
  writeFileSync(policy, auditPolicy);
  const kube = await startKube({
    users: [...components, 'manager'],
    apiserverArgs: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`, '--audit-log-mode=blocking'],
  });
  const { client } = kube;
  await installCrds(client);
  await installSettings(client, {
    'config-autoscaler': { 'allow-zero-initial-scale': 'true' },
    'config-domain': { 'example.com': '' },
  });
  await client.create(builtin.Namespace, object<Namespace>({ name: namespace, namespace: '' }, {}));
  // Pods need one, and its controller does not run here.
  await client.create(builtin.ServiceAccount, object({ name: 'default', namespace }, {}));
  // A pod's address that nobody is asked at: revisions without pods are answered by activators.
  const ports = [8012, 8013, 8112].map((port) => ({ name: `p${port}`, port }));
  const activators = { name: 'activator-service', namespace: system };
  await client.create(builtin.Endpoints, object<Endpoints>(activators, { subsets: [{ addresses: [{ ip: '10.1.0.9' }], ports }] }));
  const manager = await startControllerManager(kube, 'manager');
  const informers = createInformers(client, createLogger('bench', 'silent'));
  playIngress(client, informers, (error) => console.error(`the ingress: ${error.message}`));
  playKubelet(client, informers, (error) => console.error(`the kubelet: ${error.message}`));
  const services = informers.informer(kinds.Service);
  await informers.start();
  return {
    kube,
    client,
    services,
    mark: () => statSync(log).size,
    requests: (from, to) => countRequests(log, from, to, components),
    async close() {
      await informers.stop();
      await manager.end('SIGKILL');
      await kube.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

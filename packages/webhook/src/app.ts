import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtin } from '@ebb/shared/api/builtin.ts';
import type { OwnerReference } from '@ebb/shared/api/meta.ts';
import { followLogLevel } from '@ebb/shared/config/log-level.ts';
import type { ConfigMapName } from '@ebb/shared/config/names.ts';
import { createConfigStore } from '@ebb/shared/config/store.ts';
import { connectEvents } from '@ebb/shared/events/bus.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import { connectKube } from '@ebb/shared/kube/connect.ts';
import { createInformers } from '@ebb/shared/kube/informers.ts';
import { createElector } from '@ebb/shared/kube/leases.ts';
import { systemClock } from '@ebb/shared/lib/clock.ts';
import { commonEnv } from '@ebb/shared/telemetry/env.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { startMetrics } from '@ebb/shared/telemetry/metrics.ts';
import type { Running } from '@ebb/shared/telemetry/process.ts';
import { secretName } from './certs/check.ts';
import { type Certs, dnsNames } from './certs/issue.ts';
import { keepCerts } from './certs/keeper.ts';
import { webhookEnv } from './env.ts';
import { createServer } from './handler/server.ts';
import { createAdmission } from './handler/stack.ts';
import { createRegistrar, type Registrar } from './registration/register.ts';
import { swapWhenBelieved } from './registration/swap.ts';

const configMaps = [
  'config-autoscaler',
  'config-defaults',
  'config-features',
  'config-leader-election',
  'config-logging',
] as const satisfies readonly ConfigMapName[];

/** The namespace as an owner that does not control: the registration is deleted with it. */
async function namespaceOwner(client: KubeClient, name: string): Promise<OwnerReference> {
  const { metadata } = await client.get(builtin.Namespace, '', name);
  return { apiVersion: 'v1', kind: 'Namespace', name, uid: metadata.uid ?? '', controller: false };
}

/** The webhook: everything it is made of, in the order it starts. */
export async function startWebhook(log: Logger): Promise<Running> {
  const common = commonEnv();
  const env = webhookEnv();
  const { systemNamespace: namespace, clusterDomain } = common;
  const metrics = await startMetrics('webhook', common.metricsPort);
  const client = connectKube(undefined, metrics.meter);
  const informers = createInformers(client, log);
  const maps = informers.informer(builtin.ConfigMap, { namespace });
  const secrets = informers.informer(builtin.Secret, { namespace, fieldSelector: `metadata.name=${secretName}` });
  const owner = env.namespaceOwns ? await namespaceOwner(client, namespace) : undefined;
  let certs: Certs | undefined;
  let leading = false;
  const registrar: Registrar = createRegistrar({
    client,
    informers,
    log,
    address: () => certs && { service: env.service, namespace, ca: certs.ca, owner },
    leading: () => leading,
  });
  await informers.start();
  const config = createConfigStore({
    source: maps,
    namespace,
    names: configMaps,
    log,
  });
  followLogLevel(config, 'webhook', log);
  const bus = connectEvents({ component: 'webhook', url: common.natsUrl, log });
  const settings = () => ({
    clusterDomain,
    config: {
      'config-autoscaler': config.get('config-autoscaler'),
      'config-defaults': config.get('config-defaults'),
      'config-features': config.get('config-features'),
    },
  });
  const decide = createAdmission({
    settings,
    tryPod: (pod) => client.create(builtin.Pod, pod, { dryRun: true }),
    bus,
    log,
    meter: metrics.meter,
  });
  const swap = swapWhenBelieved({ believes: registrar.believes, log });
  const keeper = keepCerts({
    client,
    secrets,
    namespace,
    names: dnsNames(env.service, namespace, clusterDomain),
    replica: common.podName,
    clock: systemClock,
    log,
    changed: (next) => {
      certs = next;
      registrar.sync();
      swap.next(next);
    },
  });
  const server = createServer(decide, { ...env.tls, ...(await keeper.ensure()) });
  await server.app.listen({ port: env.port, host: '::' });
  swap.start(server.reload);
  const elector = createElector({
    client,
    informers,
    namespace,
    identity: `${common.podName}_${randomUUID()}`,
    clock: systemClock,
    log,
    settings: config.get('config-leader-election'),
  });
  await informers.start();
  elector.run('webhook.webhookcertificates.00-of-01', (now) => {
    leading = now;
    registrar.sync();
  });

  return {
    async drain() {
      server.draining();
      await Promise.all([registrar.stop(), keeper.stop()]);
      swap.stop();
      await elector.release();
      await sleep(env.drainMs);
      await server.app.close();
      await informers.stop();
      await bus.close();
      await metrics.close();
    },
  };
}

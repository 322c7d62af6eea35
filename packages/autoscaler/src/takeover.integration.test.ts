import { builtin, type Deployment, type Pod } from '@ebb/shared/api/builtin.ts';
import { kinds, type PodAutoscaler, type ServerlessService } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { type ReportReply, type StatBatch, StatsIngestClient } from '@ebb/shared/proto/gen/stats.ts';
import { startComponent } from '@ebb/shared/testing/components.ts';
import { installCrds } from '@ebb/shared/testing/crds.ts';
import { startKube, type TestKube } from '@ebb/shared/testing/kube.ts';
import { freePort, type Program } from '@ebb/shared/testing/programs.ts';
import { installSettings } from '@ebb/shared/testing/settings.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { statWith } from './testing.ts';

const bucket = 'autoscaler-bucket-00-of-01';
const patienceMs = 90_000;
const metadata = { name: 'one', namespace: 'default', labels: { [labels.revision]: 'one', [labels.revisionUID]: 'uid' } };

let kube: TestKube;
const replicas: { name: string; ip: string; port: number; program: Program }[] = [];
const cleanUp: (() => void)[] = [];

beforeAll(async () => {
  kube = await startKube();
  await installCrds(kube.client);
  await installSettings(kube.client, {
    'config-leader-election': { 'lease-duration': '5s', 'renew-deadline': '4s', 'retry-period': '500ms' },
  });
  // Nobody else makes it here, and no pod is let in without.
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } };
  await kube.client.create(builtin.ServiceAccount, account);
  for (const [i, name] of ['autoscaler-0', 'autoscaler-1'].entries()) {
    const port = await freePort();
    const ip = `10.2.0.${i + 1}`;
    const env = { STATS_PORT: String(port), POD_IP: ip };
    const program = await startComponent('autoscaler', { kubeconfig: kube.kubeconfig, pod: name, env });
    replicas.push({ name, ip, port, program });
  }
}, patienceMs);
afterAll(async () => {
  for (const f of cleanUp) f();
  await Promise.all(replicas.map((r) => r.program.end('SIGKILL')));
  await kube?.stop();
});

/** Reports so many requests in flight to every replica, five times a second: only the owner counts them. */
function reporting() {
  const load = { concurrency: 0 };
  const calls = replicas.map(({ port }) => {
    const client = new StatsIngestClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const call: ClientDuplexStream<StatBatch, ReportReply> = client.report();
    call.on('error', () => undefined).on('data', () => undefined);
    cleanUp.push(() => client.close());
    return call;
  });
  const timer = setInterval(() => {
    const stat = statWith({ podName: 'activator', currentConcurrentRequests: load.concurrency });
    const average = statWith({ podName: 'activator', averageConcurrentRequests: load.concurrency / 5 });
    const messages = [average, stat].map((s) => ({ namespace: 'default', name: 'one', stat: s }));
    for (const call of calls) if (call.writable) call.write({ messages });
  }, 200);
  cleanUp.push(() => clearInterval(timer));
  return load;
}

/** The Service of the bucket leads to this replica. */
const leadsTo = async (replica: (typeof replicas)[number] | undefined): Promise<void> => {
  const slice = await kube.client.get(builtin.EndpointSlice, 'knative-serving', bucket);
  expect([slice.endpoints?.map((e) => e.addresses), slice.ports?.map((p) => p.port)]).toEqual([[[replica?.ip]], [replica?.port]]);
  expect(slice.metadata.labels?.['kubernetes.io/service-name']).toBe(bucket);
  const service = await kube.client.get(builtin.Service, 'knative-serving', bucket);
  expect(service.spec?.selector).toBeUndefined();
};

async function readyPod(i: number): Promise<void> {
  const spec = { containers: [{ name: 'c', image: 'none' }], automountServiceAccountToken: false };
  const pod = await kube.client.create(builtin.Pod, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: `one-${i}` },
    spec,
  } as Pod);
  const conditions = [{ type: 'Ready', status: 'True' }];
  await kube.client.updateStatus(builtin.Pod, { ...pod, status: { phase: 'Running', conditions } } as Pod);
}

test(
  'the owner is killed in the middle of a climb: another goes on, and takes nothing away',
  async () => {
    const { client } = kube;
    const template = { metadata: { labels: { app: 'one' } }, spec: { containers: [{ name: 'c', image: 'none' }] } };
    const spec = { replicas: 1, selector: { matchLabels: { app: 'one' } }, template };
    await client.create(builtin.Deployment, { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec } as unknown as Deployment);
    await client.create(kinds.PodAutoscaler, {
      apiVersion: 'autoscaling.internal.knative.dev/v1alpha1',
      kind: 'PodAutoscaler',
      metadata: {
        ...metadata,
        annotations: { 'autoscaling.knative.dev/class': 'kpa.autoscaling.knative.dev', 'autoscaling.knative.dev/target': '10' },
      },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'one' },
        protocolType: 'http1',
        reachability: 'Reachable',
      },
    } as unknown as PodAutoscaler);
    const sks = await until(() => client.get(kinds.ServerlessService, 'default', 'one'));
    const conditions = [{ type: 'Ready', status: 'True' as const }];
    const named = { serviceName: 'one', privateServiceName: 'one-private', observedGeneration: 1, conditions };
    await client.updateStatus(kinds.ServerlessService, { ...sks, status: named } as ServerlessService);

    const seen: number[] = [];
    const asked = async () => {
      const now = (await client.get(builtin.Deployment, 'default', 'one')).spec?.replicas ?? 0;
      if (now !== seen.at(-1)) seen.push(now);
      return now;
    };
    const load = reporting();
    load.concurrency = 35;
    await until(async () => expect(await asked()).toBe(5), patienceMs);
    for (let i = 0; i < 5; i++) await readyPod(i);

    const holder = (await client.get(builtin.Lease, 'knative-serving', bucket)).spec?.holderIdentity ?? '';
    const owner = replicas.find((r) => holder.startsWith(`${r.name}_`));
    await until(() => leadsTo(owner));
    await owner?.program.end('SIGKILL');
    // The load goes on rising while nobody decides.
    load.concurrency = 85;
    await until(async () => expect(await asked()).toBe(13), patienceMs);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    const now = (await client.get(builtin.Lease, 'knative-serving', bucket)).spec?.holderIdentity;
    expect(now).not.toBe(holder);
    await until(() => leadsTo(replicas.find((r) => r !== owner)));
  },
  2 * patienceMs,
);

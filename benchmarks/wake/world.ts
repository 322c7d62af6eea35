import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { builtin, type Deployment, type Namespace, type Pod } from '@ebb/shared/api/builtin.ts';
import { kinds, type PodAutoscaler, type ServerlessService } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import { createInformers } from '@ebb/shared/kube/informers.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { startComponent } from '@ebb/shared/testing/components.ts';
import { installCrds } from '@ebb/shared/testing/crds.ts';
import { startKube } from '@ebb/shared/testing/kube.ts';
import { testNats } from '@ebb/shared/testing/nats.ts';
import { freePort } from '@ebb/shared/testing/programs.ts';
import { installSettings } from '@ebb/shared/testing/settings.ts';
import { buildGo, goProgram } from '../../e2e/cluster/build.ts';
import { bundle } from '../../scripts/images/bundle.ts';
import { autoscaler as image } from '../../scripts/images/table.ts';
import { object } from '../lib/kube.ts';
import { when } from '../lib/when.ts';

export const namespace = 'wake';
/** As many are made at once. */
const atOnce = 16;

/** Only the writes in question, when the API server gets them. */
const auditPolicy = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['ResponseStarted', 'ResponseComplete'],
  rules: [{ level: 'Metadata', verbs: ['patch'], resources: [{ group: 'apps', resources: ['deployments/scale'] }] }, { level: 'None' }],
});

interface Entry {
  requestReceivedTimestamp: string;
  objectRef: { name: string };
}

/** ISO time with microseconds → ms. */
const timeOf = (iso: string): number => Date.parse(`${iso.slice(0, 19)}Z`) + Number(`0${iso.slice(19, -1)}`) * 1000;

export interface World {
  /** host:port of the autoscaler's stats. */
  stats: string;
  natsUrl: string;
  killNats(): Promise<void>;
  /** Resolves when a revision's Deployment is asked for more than `replicas`. */
  scaled(name: string, replicas: number): Promise<void>;
  /** When the API server got the first scale of a revision after `from`; both Unix time, ms. */
  scaleWritten(name: string, from: number): number;
  close(): Promise<void>;
}

async function createRevision(client: KubeClient, name: string, replicas: number): Promise<void> {
  const metadata = { name, namespace, labels: { [labels.revision]: name, [labels.revisionUID]: name } };
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'none' }] } };
  const spec = { replicas, selector: { matchLabels: { app: name } }, template };
  await client.create(builtin.Deployment, object<Deployment>(metadata, { spec } as never));
  for (let i = 0; i < replicas; i++) {
    const own = { containers: [{ name: 'c', image: 'none' }], automountServiceAccountToken: false };
    const pod = await client.create(builtin.Pod, object<Pod>({ ...metadata, name: `${name}-${i}` }, { spec: own } as never));
    const conditions = [{ type: 'Ready', status: 'True' }];
    await client.updateStatus(builtin.Pod, { ...pod, status: { phase: 'Running', conditions } } as Pod);
  }
  const annotations = {
    'autoscaling.knative.dev/class': 'kpa.autoscaling.knative.dev',
    'autoscaling.knative.dev/target': '10',
    'autoscaling.knative.dev/window': '6s',
    ...(replicas === 0 ? { 'autoscaling.knative.dev/initial-scale': '0' } : { 'autoscaling.knative.dev/min-scale': '1' }),
  };
  await client.create(
    kinds.PodAutoscaler,
    object<PodAutoscaler>({ ...metadata, annotations }, {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        protocolType: 'http1',
        reachability: 'Reachable',
      },
    } as never),
  );
}

/** An API server, NATS and the autoscaler as its image runs it, with revisions at zero and some that have one pod each. */
export async function openWorld(idle: readonly string[], busy: readonly string[], signal: AbortSignal): Promise<World> {
  await buildGo('kubernetes');
  await buildGo('nats');
  process.env.EBB_KUBE_BIN ??= dirname(goProgram('kubernetes', 'kube-apiserver'));
  process.env.EBB_NATS_SERVER ??= goProgram('nats', 'nats-server');
  const dir = mkdtempSync(join(tmpdir(), 'ebb-wake-'));
  const closing: (() => unknown)[] = [() => rmSync(dir, { recursive: true, force: true })];
  const close = async () => {
    for (const f of closing.splice(0).reverse()) await f();
  };
  try {
    const [policy, log] = [join(dir, 'policy.json'), join(dir, 'audit.log')];
    writeFileSync(policy, auditPolicy);
    writeFileSync(log, '');
    const kube = await startKube({
      apiserverArgs: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`, '--audit-log-mode=blocking'],
    });
    closing.push(() => kube.stop());
    const { client } = kube;
    const nats = await testNats();
    await nats.start();
    closing.push(() => nats.stop());
    await installCrds(client);
    await installSettings(client, { 'config-autoscaler': { 'allow-zero-initial-scale': 'true' } });
    await client.create(builtin.Namespace, object<Namespace>({ name: namespace, namespace: '' }, {}));
    await client.create(builtin.ServiceAccount, object({ name: 'default', namespace }, {}));
    const port = await freePort();
    const main = await bundle(image.source, dir);
    const env = { NODE_OPTIONS: image.nodeOptions, STATS_PORT: String(port), NATS_URL: nats.url };
    const autoscaler = await startComponent('autoscaler', { kubeconfig: kube.kubeconfig, pod: 'autoscaler-0', main, env });
    closing.push(() => autoscaler.end('SIGKILL'));

    const informers = createInformers(client, createLogger('bench', 'silent'));
    const deployments = informers.informer(builtin.Deployment, { namespace });
    const autoscalers = informers.informer(kinds.PodAutoscaler, { namespace });
    const sks = informers.informer(kinds.ServerlessService, { namespace });
    // The controller's part: the Services of a revision have names.
    sks.onChange(({ after }) => {
      if (!after || after.status?.privateServiceName) return;
      const { name } = after.metadata;
      const conditions = [{ type: 'Ready', status: 'True' as const }];
      const status = { serviceName: name, privateServiceName: `${name}-private`, observedGeneration: 1, conditions };
      client.updateStatus(kinds.ServerlessService, { ...after, status } as ServerlessService).catch(() => undefined);
    });
    await informers.start();
    closing.push(() => informers.stop());
    const todo = [...idle.map((name) => [name, 0] as const), ...busy.map((name) => [name, 1] as const)];
    const makers = Array.from({ length: atOnce }, async () => {
      for (let next = todo.pop(); next; next = todo.pop()) await createRevision(client, next[0], next[1]);
    });
    await Promise.all(makers);
    const known = (name: string) => autoscalers.get(namespace, name)?.status?.metricsServiceName;
    await when([autoscalers], () => [...idle, ...busy].every(known), {
      what: 'all PodAutoscalers to be seen to',
      timeoutMs: 120_000,
      signal,
    });
    return {
      stats: `127.0.0.1:${port}`,
      natsUrl: nats.url,
      killNats: () => nats.kill(),
      scaled: (name, replicas) =>
        when([deployments], () => (deployments.get(namespace, name)?.spec?.replicas ?? 0) > replicas, {
          what: `${name} to be scaled`,
          timeoutMs: 10_000,
          signal,
        }).then(() => undefined),
      scaleWritten(name, from) {
        const entries = readFileSync(log, 'utf8')
          .split('\n')
          .filter((line) => line.includes(`"${name}"`))
          .map((line) => JSON.parse(line) as Entry);
        const times = entries.map((e) => timeOf(e.requestReceivedTimestamp)).filter((at) => at >= from);
        if (times.length === 0) throw new Error(`the audit log has no scale of ${name}`);
        return Math.min(...times);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

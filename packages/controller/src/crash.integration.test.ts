import { setTimeout as sleep } from 'node:timers/promises';
import { builtin } from '@ebb/shared/api/builtin.ts';
import { isReady } from '@ebb/shared/api/conditions.ts';
import { kinds, type Service } from '@ebb/shared/api/kinds.ts';
import type { Cache, Informers } from '@ebb/shared/kube/cache.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import { createInformers } from '@ebb/shared/kube/informers.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { startComponent } from '@ebb/shared/testing/components.ts';
import { startControllerManager } from '@ebb/shared/testing/controller-manager.ts';
import { installCrds } from '@ebb/shared/testing/crds.ts';
import { playIngress } from '@ebb/shared/testing/ingress.ts';
import { startKube, type TestKube } from '@ebb/shared/testing/kube.ts';
import type { Program } from '@ebb/shared/testing/programs.ts';
import { installSettings } from '@ebb/shared/testing/settings.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endState } from './testing/end-state.ts';

const services = 50;
/** Every so many is deleted in the end. */
const deleted = 5;
const patienceMs = 240_000;

let kube: TestKube;
let client: KubeClient;
let informers: Informers;
let known: Cache<Service>;
const programs: Program[] = [];
const failures: Error[] = [];

beforeAll(async () => {
  kube = await startKube();
  client = kube.client;
  await installCrds(client);
  await installSettings(client, {
    'config-autoscaler': { 'allow-zero-initial-scale': 'true' },
    'config-domain': { 'example.com': '' },
    // Each replica has something to lose.
    'config-leader-election': { 'lease-duration': '15s', 'renew-deadline': '10s', 'retry-period': '1s', buckets: '2' },
  });
  const activators = { name: 'activator-service', namespace: 'knative-serving' };
  const subsets = [{ addresses: [{ ip: '10.1.0.9' }], ports: [8012, 8013, 8112].map((port) => ({ name: `p${port}`, port })) }];
  await client.create(builtin.Endpoints, { apiVersion: 'v1', kind: 'Endpoints', metadata: activators, subsets });
  programs.push(await startControllerManager(kube));
  informers = createInformers(client, createLogger('test', 'silent'));
  playIngress(client, informers, (error) => failures.push(error));
  known = informers.informer(kinds.Service);
  await informers.start();
  programs.push(await startComponent('autoscaler', { kubeconfig: kube.kubeconfig, pod: 'autoscaler-0' }));
});
afterAll(async () => {
  await informers?.stop();
  await Promise.all(programs.map((p) => p.end('SIGKILL')));
  await kube?.stop();
});

const template = (image: string) => ({
  metadata: { annotations: { 'autoscaling.knative.dev/initial-scale': '0' } },
  spec: { containers: [{ name: 'user-container', image: `dev.local/${image}` }] },
});

/** Resolves when a Service, or its absence, is as wanted. Looks at each change: fifty that ask all the time would slow all down. */
function seen(namespace: string, name: string, wanted: (s: Service | undefined) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let stop = () => {};
    const look = () => {
      if (!wanted(known.get(namespace, name))) return;
      clearTimeout(late);
      stop();
      resolve();
    };
    const late = setTimeout(() => {
      stop();
      void endState(client, namespace).then((state) => {
        const about = Object.entries(state).filter(([id]) => new RegExp(`/${name}(-|$)`).test(id));
        const said = about.map(([id, object]) => `${id} ${JSON.stringify((object as Service).status)}`);
        reject(new Error(`${namespace}/${name} is not as wanted:\n${said.join('\n')}`));
      }, reject);
    }, patienceMs);
    stop = known.onChange(({ before, after }) => (after ?? before)?.metadata.name === name && look());
    look();
  });
}

/** Resolves when the Service is Ready for its newest generation, with that revision and so many targets of traffic. */
const ready = (namespace: string, name: string, revision: string, targets: number): Promise<void> =>
  seen(
    namespace,
    name,
    (s) =>
      s !== undefined && isReady(s) && s.status?.latestReadyRevisionName === `${name}-${revision}` && s.status.traffic?.length === targets,
  );

/** A Service's life: created, updated, its traffic split, some deleted. The script waits for each step, whoever is killed. */
async function live(namespace: string, i: number): Promise<void> {
  const name = `hello-${i}`;
  const annotations = { 'serving.knative.dev/creator': 'ann', 'serving.knative.dev/lastModifier': 'ann' };
  const patch = (spec: unknown) => client.patch(kinds.Service, namespace, name, 'merge', { spec });
  const metadata = { name, namespace, annotations };
  await client.create(kinds.Service, { apiVersion: '', kind: '', metadata, spec: { template: template('hello:1') } });
  await ready(namespace, name, '00001', 1);
  await patch({ template: template('hello:2') });
  await ready(namespace, name, '00002', 1);
  await patch({
    traffic: [
      { revisionName: `${name}-00001`, percent: 30, tag: 'old' },
      { latestRevision: true, percent: 70 },
    ],
  });
  await ready(namespace, name, '00002', 2);
  if (i % deleted !== 0) return;
  await client.delete(kinds.Service, namespace, name);
  await seen(namespace, name, (s) => s === undefined);
}

async function script(namespace: string): Promise<void> {
  await client.create(builtin.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, namespace: '' } });
  await Promise.all(Array.from({ length: services }, (_, i) => live(namespace, i)));
}

const startController = (pod: string): Promise<Program> => startComponent('controller', { kubeconfig: kube.kubeconfig, pod });

/** Resolves after so many changes of objects the controller writes: however slow the machine, each life of it does something. */
function changes(count: number, over: () => boolean): Promise<void> {
  const caches = [kinds.Service, kinds.Route, kinds.Configuration].map((kind) => informers.informer(kind as typeof kinds.Service));
  let left = count + caches.reduce((n, c) => n + c.list().length, 0);
  return new Promise((resolve) => {
    const done = () => {
      clearInterval(ending);
      for (const stop of stops) stop();
      resolve();
    };
    const ending = setInterval(() => over() && done(), 100);
    const stops: (() => void)[] = [];
    for (const cache of caches) stops.push(cache.onChange(() => --left === 0 && done()));
  });
}

/**
 * Kills one of two replicas by chance, every few seconds, until told to stop. It starts anew in the same pod, as a
 * container does: it has its leases back at once, unless the other took them when they expired.
 */
function killing(): { stop(): Promise<number> } {
  let [over, kills] = [false, 0];
  const start = (pod: string) => ({ pod, program: startController(pod) });
  const replicas = [start('controller-a'), start('controller-b')];
  const loop = (async () => {
    while (!over) {
      const which = Math.random() < 0.5 ? 0 : 1;
      const program = await replicas[which]!.program;
      await Promise.all([sleep(2000 + Math.random() * 2000), changes(30 + Math.floor(Math.random() * 100), () => over)]);
      if (over) return;
      await program.end('SIGKILL');
      kills++;
      replicas[which] = start(replicas[which]!.pod);
    }
  })();
  return {
    async stop() {
      over = true;
      await loop;
      for (const replica of replicas) programs.push(await replica.program);
      return kills;
    },
  };
}

test('a controller killed again and again leaves what an undisturbed one leaves, object for object', async () => {
  const calm = await startController('controller-calm');
  await script('undisturbed');
  const gone = Array.from({ length: services / deleted }, (_, n) => `hello-${n * deleted}`);
  const wanted = await until(async () => {
    const state = await endState(client, 'undisturbed');
    // When the garbage collector has removed what belonged to the deleted ones.
    expect(Object.keys(state).filter((id) => gone.includes(id.split('/')[1]?.split('-').slice(0, 2).join('-') ?? ''))).toEqual([]);
    return state;
  }, patienceMs);
  const revisions = Object.keys(wanted).filter((id) => id.startsWith('Revision.'));
  expect(revisions).toHaveLength(2 * (services - gone.length));
  await calm.end('SIGKILL');

  const killer = killing();
  await script('interrupted');
  const kills = await killer.stop();
  await until(async () => {
    const state = await endState(client, 'interrupted');
    expect(Object.keys(state)).toEqual(Object.keys(wanted));
    expect(state).toEqual(wanted);
  }, patienceMs);
  expect(kills).toBeGreaterThan(2);
  expect(failures).toEqual([]);
}, 600_000);

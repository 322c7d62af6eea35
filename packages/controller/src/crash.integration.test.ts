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
const patienceMs = 200_000;

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
    // A lease of a killed controller may be taken soon, and each replica has something to lose.
    'config-leader-election': { 'lease-duration': '3s', 'renew-deadline': '2s', 'retry-period': '500ms', buckets: '2' },
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

/** Resolves when the Service is Ready for its newest generation, with that revision and so many targets of traffic. */
const ready = (namespace: string, name: string, revision: string, targets: number): Promise<void> =>
  until(() => {
    const s = known.get(namespace, name);
    expect(s && isReady(s) && s.status?.latestReadyRevisionName, `${name}: ${JSON.stringify(s?.status)}`).toBe(`${name}-${revision}`);
    expect(s?.status?.traffic).toHaveLength(targets);
  }, patienceMs);

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
  await until(() => expect(known.get(namespace, name)).toBeUndefined(), patienceMs);
}

async function script(namespace: string): Promise<void> {
  await client.create(builtin.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, namespace: '' } });
  await Promise.all(Array.from({ length: services }, (_, i) => live(namespace, i)));
}

const startController = (pod: string): Promise<Program> => startComponent('controller', { kubeconfig: kube.kubeconfig, pod });

/** Kills one of two replicas at random every few seconds until told to stop; a killed one starts anew, as its container would. */
function killing(): { stop(): Promise<number> } {
  let [over, kills] = [false, 0];
  const replicas = new Map<string, Promise<Program>>(['controller-a', 'controller-b'].map((pod) => [pod, startController(pod)]));
  const loop = (async () => {
    while (!over) {
      const pod = Math.random() < 0.5 ? 'controller-a' : 'controller-b';
      const program = await replicas.get(pod);
      await sleep(1000 + Math.random() * 3000);
      await program?.end('SIGKILL');
      kills++;
      replicas.set(pod, startController(pod));
    }
  })();
  return {
    async stop() {
      over = true;
      await loop;
      for (const replica of replicas.values()) programs.push(await replica);
      return kills;
    },
  };
}

test('a controller killed again and again leaves what an undisturbed one leaves, object for object', async () => {
  const calm = await startController('controller-calm');
  await script('undisturbed');
  const kept = services - services / deleted;
  const wanted = await until(async () => {
    const state = await endState(client, 'undisturbed');
    const count = (kind: string) => Object.keys(state).filter((id) => id.startsWith(`${kind}.`)).length;
    // When the garbage collector has removed what belonged to the deleted ones.
    expect(['Configuration', 'Revision', 'Ingress', 'Image', 'Deployment'].map(count)).toEqual([kept, 2 * kept, kept, 2 * kept, 2 * kept]);
    return state;
  }, patienceMs);
  await calm.end('SIGKILL');

  const killer = killing();
  await script('interrupted');
  const kills = await killer.stop();
  await until(async () => expect(await endState(client, 'interrupted')).toEqual(wanted), patienceMs);
  expect(kills).toBeGreaterThan(2);
  expect(failures).toEqual([]);
}, 600_000);

import { setTimeout as sleep } from 'node:timers/promises';
import { builtin, type Pod } from '@ebb/shared/api/builtin.ts';
import { afterAll, expect } from 'vitest';
import { kube, kubectl, system } from './support/cluster.ts';
import { componentPods, killPod, recovered, workloadOf } from './support/components.ts';
import { explain } from './support/explain.ts';
import { type InFlight, inFlight } from './support/in-flight.ts';
import { pods, podsOf, ready } from './support/services.ts';
import { story } from './support/story.ts';
import { until } from './support/until.ts';

const { namespace, step, apply } = story(import.meta.url);
const host = `flight.${namespace}.localhost`;
const lease = 'autoscaler-bucket-00-of-01';

const replicas = (n: number) => kubectl(['scale', 'deployment/autoscaler', '-n', system, `--replicas=${n}`]);
let before = 1;
let load: InFlight | undefined;
afterAll(async () => {
  await load?.stop();
  await replicas(before);
  await recovered('autoscaler', { settled: true });
}, 240_000);

/** The pod that decides for the revisions of the bucket. */
async function owner(): Promise<Pod> {
  const holder = (await kube.get(builtin.Lease, system, lease)).spec?.holderIdentity?.split('_')[0] ?? '';
  const pod = (await componentPods('autoscaler')).find((p) => p.metadata.name === holder && !p.metadata.deletionTimestamp);
  if (!pod) throw new Error(`no pod holds the lease ${lease}, only ${holder}`);
  return pod;
}

/** Pods that are not on their way out. */
const staying = async (): Promise<number> => (await podsOf(namespace, 'flight')).filter((p) => !p.metadata.deletionTimestamp).length;

step('two replicas, and a Service that climbs', async () => {
  before = (await workloadOf('autoscaler')).spec.replicas ?? 1;
  await replicas(2);
  await recovered('autoscaler', { settled: true });
  await apply('flight');
  await ready(namespace, 'flight', 'flight-00001');
  load = inFlight(host, 8);
  await pods(namespace, 'flight', 2);
});

step('the owner of its bucket is killed: the climb goes on, and no pod goes', async () => {
  const killed = await until('a replica owns the bucket', owner, { timeoutMs: 120_000, explain: () => explain(system) });
  let watching = true;
  const counts: number[] = [];
  const watched = (async () => {
    for (; watching; await sleep(200)) counts.push(await staying());
  })();
  try {
    await killPod(killed);
    load?.more(6);
    await until('another replica owns the bucket', async () => expect((await owner()).metadata.name).not.toBe(killed.metadata.name), {
      timeoutMs: 150_000,
      explain: () => explain(system),
    });
    await pods(namespace, 'flight', 3);
  } finally {
    watching = false;
    await watched;
  }
  // What was there when the owner went stays until the climb is over.
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect(await load?.stop()).toEqual([]);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { kinds, type Service } from '@ebb/shared/api/kinds.ts';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { kube, kubectl, system } from './support/cluster.ts';
import { type Component, componentPods, components, deletePod, recovered, workloadOf } from './support/components.ts';
import { ask, steadily } from './support/requests.ts';
import { pods, ready } from './support/services.ts';
import { story } from './support/story.ts';
import { until } from './support/until.ts';

const { namespace, step, apply, manifest } = story(import.meta.url);
const host = `warm.${namespace}.localhost`;

/** Sends what a `kubectl apply --dry-run=server` sends, over and over: the webhook must answer each one. */
function admissions(): { stop(): Promise<string[]> } {
  const failures: string[] = [];
  const service = parse(manifest('cold')) as Service;
  let stopped = false;
  const running = (async () => {
    for (let n = 0; !stopped; n++) {
      const object = { ...service, metadata: { ...service.metadata, namespace, name: `dry-${n}` } };
      await kube.create(kinds.Service, object, { dryRun: true }).catch((e: Error) => failures.push(`dry run ${n}: ${e.message}`));
      await sleep(200);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await running;
      return failures;
    },
  };
}

/** Deletes the pods of a component one after the other, each when the one before has its successor. */
async function deleteEach(component: Component): Promise<void> {
  for (const pod of (await componentPods(component)).filter((p) => !p.metadata.deletionTimestamp)) {
    await deletePod(pod);
    await recovered(component, { without: pod.metadata.uid });
  }
  // Requests go on until the last of the deleted has drained: its end is when connections would break.
  await recovered(component, { settled: true });
}

step('a warm Service and one that goes idle', async () => {
  for (const component of components) await recovered(component, { settled: true });
  await apply('warm');
  await apply('cold');
  await ready(namespace, 'warm', 'warm-00001');
  await ready(namespace, 'cold', 'cold-00001');
});

for (const component of components) {
  step(
    `${component}: its pods deleted one by one, no request fails and all is back`,
    async () => {
      const load = steadily(host, 100);
      const admitted = admissions();
      await deleteEach(component).finally(() => Promise.all([load.stop(), admitted.stop()]));
      const { sent, failures } = load.tally;
      expect(failures, `${failures.length} of ${sent} requests failed`).toEqual([]);
      expect(await admitted.stop()).toEqual([]);
    },
    900_000,
  );
}

step('without NATS, a request at zero is answered', async () => {
  await pods(namespace, 'cold', 0);
  const nats = await workloadOf('nats');
  const scale = (n: number) => kubectl(['scale', `${nats.kind.toLowerCase()}/${nats.metadata.name}`, '-n', system, `--replicas=${n}`]);
  await scale(0);
  try {
    const none = async () => expect(await componentPods('nats')).toEqual([]);
    await until('no nats pod is left', none, { timeoutMs: 120_000 });
    const answer = await ask(`cold.${namespace}.localhost`);
    expect(answer, JSON.stringify(answer)).toMatchObject({ status: 200, body: expect.stringContaining('Hello World v1!') });
    await pods(namespace, 'cold', 1);
  } finally {
    await scale(nats.spec.replicas ?? 1);
  }
  await recovered('nats', { settled: true });
});

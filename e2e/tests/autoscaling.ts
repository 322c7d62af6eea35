import { builtin } from '@ebb/shared/api/builtin.ts';
import { expect } from 'vitest';
import { kube } from './support/cluster.ts';
import { componentPods } from './support/components.ts';
import { explain } from './support/explain.ts';
import { inFlight } from './support/in-flight.ts';
import { ask, steadily } from './support/requests.ts';
import { pods, podsOf, ready } from './support/services.ts';
import { story } from './support/story.ts';
import { until } from './support/until.ts';

const { namespace, step, apply } = story(import.meta.url);
const hostOf = (name: string) => `${name}.${namespace}.localhost`;
/** The Services that scale with their load. */
const scaled = ['flight', 'rate'];
const patience = { timeoutMs: 120_000, explain: () => explain(namespace) };

const addresses = (list: readonly { status?: { podIP?: string } }[]) => list.map((p) => p.status?.podIP ?? '').sort();

/** Where the data path of a Service's first revision leads. */
async function endpointsOf(name: string): Promise<string[]> {
  const { subsets = [] } = await kube.get(builtin.Endpoints, namespace, `${name}-00001`);
  return subsets
    .flatMap((s) => s.addresses ?? [])
    .flatMap(({ ip }) => ip)
    .sort();
}

step('burst capacity decides whether activators are in the path', async () => {
  const names = ['always', 'never', 'little', 'enough'] as const;
  await Promise.all(names.map(apply));
  await Promise.all(names.map((name) => ready(namespace, name, `${name}-00001`)));
  const activators = addresses(await componentPods('activator'));
  for (const name of ['always', 'little'])
    await until(
      `${name} is served by activators`,
      async () => {
        const endpoints = await endpointsOf(name);
        expect(endpoints).not.toEqual([]);
        expect(activators).toEqual(expect.arrayContaining(endpoints));
      },
      patience,
    );
  for (const [name, count] of [
    ['never', 1],
    ['enough', 2],
  ] as const)
    await until(
      `${name} is served by its pods`,
      async () => {
        const own = addresses(await podsOf(namespace, name));
        expect(own).toHaveLength(count);
        expect(await endpointsOf(name)).toEqual(own);
      },
      patience,
    );
  for (const name of names) expect((await ask(hostOf(name))).status, name).toBe(200);
});

step('load takes as many pods as its target says: fourteen in flight, twenty-five a second', async () => {
  await Promise.all(scaled.map(apply));
  await Promise.all(scaled.map((name) => ready(namespace, name, `${name}-00001`)));
  const flight = inFlight(hostOf('flight'), 14);
  const rate = steadily(hostOf('rate'), 40);
  try {
    await Promise.all(scaled.map((name) => pods(namespace, name, 3)));
  } finally {
    const [failures, tally] = await Promise.all([flight.stop(), rate.stop()]);
    expect(failures).toEqual([]);
    expect(tally.failures).toEqual([]);
  }
});

step('without load both go to zero, and come back for a request', async () => {
  await Promise.all(scaled.map((name) => pods(namespace, name, 0)));
  const answers = await Promise.all(scaled.map((name) => ask(hostOf(name))));
  expect(answers.map((a) => a.status)).toEqual([200, 200]);
});

import { kinds } from '@ebb/shared/api/kinds.ts';
import { expect } from 'vitest';
import { kube } from './support/cluster.ts';
import { explain } from './support/explain.ts';
import { answerOf, steadily } from './support/requests.ts';
import { conditionOf, ready } from './support/services.ts';
import { story } from './support/story.ts';
import { until } from './support/until.ts';

const { namespace, step, apply } = story(import.meta.url);
const host = `hello.${namespace}.localhost`;

const look = () => kube.get(kinds.Service, namespace, 'hello');

step('the first revision serves at once: there is nothing to roll from', async () => {
  await apply('first');
  const service = await ready(namespace, 'hello', 'hello-00001');
  expect(service.status?.traffic).toEqual([{ revisionName: 'hello-00001', percent: 100, latestRevision: true }]);
});

step('the next one gets its traffic step by step, and no request fails', async () => {
  const load = steadily(host, 50);
  await apply('second');
  const shares: number[] = [];
  const rolled = async () => {
    const service = await look();
    const traffic = service.status?.traffic ?? [];
    const routes = conditionOf(service, 'RoutesReady');
    if (traffic.length === 2) {
      expect(traffic.map((t) => t.revisionName)).toEqual(['hello-00001', 'hello-00002']);
      expect(traffic.map((t) => t.percent ?? 0).reduce((a, b) => a + b)).toBe(100);
      const share = traffic[1]?.percent ?? 0;
      if (share !== shares.at(-1)) shares.push(share);
      if (routes.reason === 'RolloutInProgress') expect(conditionOf(service, 'Ready').status).toBe('Unknown');
    }
    if (shares.length === 0) throw new Error(JSON.stringify(service.status));
    if (traffic.length !== 1 || routes.status !== 'True') throw new Error(`${JSON.stringify(traffic)} ${routes.reason}`);
    return service;
  };
  const service = await until('all traffic is on the second revision', rolled, {
    timeoutMs: 120_000,
    explain: () => explain(namespace),
  }).finally(() => load.stop());
  expect(load.tally.failures).toEqual([]);
  expect(service.status?.traffic).toEqual([{ revisionName: 'hello-00002', percent: 100, latestRevision: true }]);
  // It only grows, and takes more than one step.
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.length).toBeGreaterThan(2);
  expect(await answerOf(host)).toBe('Hello World v2!');
});

step('while it is under way the Service says so, and a third revision joins', async () => {
  await apply('third');
  const inProgress = async () =>
    expect(conditionOf(await look(), 'RoutesReady')).toMatchObject({ status: 'Unknown', reason: 'RolloutInProgress' });
  await until('a rollout is in progress', inProgress, { timeoutMs: 90_000, everyMs: 50, explain: () => explain(namespace) });
  await apply('fourth');
  const three = async () => {
    const names = (await look()).status?.traffic?.map((t) => t.revisionName);
    expect(names).toEqual(['hello-00002', 'hello-00003', 'hello-00004']);
  };
  await until('three revisions share the traffic', three, { timeoutMs: 90_000, everyMs: 50, explain: () => explain(namespace) });
  const service = await ready(namespace, 'hello', 'hello-00004', 120_000);
  expect(service.status?.traffic).toEqual([{ revisionName: 'hello-00004', percent: 100, latestRevision: true }]);
});

step('a duration of nothing turns it off', async () => {
  await apply('at-once');
  const load = steadily(host, 200);
  const seen = new Set<number>();
  const done = async () => {
    const service = await look();
    seen.add(service.status?.traffic?.length ?? 0);
    expect(service.status?.traffic).toEqual([{ revisionName: 'hello-00005', percent: 100, latestRevision: true }]);
  };
  await until('the fifth revision has all traffic', done, { timeoutMs: 90_000, everyMs: 50, explain: () => explain(namespace) }).finally(
    () => load.stop(),
  );
  expect([...seen]).toEqual([1]);
  expect(load.tally.failures).toEqual([]);
});

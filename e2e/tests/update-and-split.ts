import { expect } from 'vitest';
import { kubectl } from './support/cluster.ts';
import { explain } from './support/explain.ts';
import { answerOf, ask, steadily } from './support/requests.ts';
import { ready } from './support/services.ts';
import { story } from './support/story.ts';
import { until } from './support/until.ts';

const { namespace, step, apply } = story(import.meta.url);
const host = `hello.${namespace}.localhost`;
const one = 'Hello World v1!';
const two = 'Hello World v2!';

/** The answers of `count` requests, eight at a time, counted. */
async function answers(count: number): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  let left = count;
  const worker = async () => {
    while (left-- > 0) {
      const body = await answerOf(host);
      seen[body] = (seen[body] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return seen;
}

step('the first revision serves', async () => {
  await apply('first');
  await ready(namespace, 'hello', 'hello-00001');
  expect(await answerOf(host)).toBe(one);
});

step('another image makes the second revision, and all traffic goes there without a failed request', async () => {
  const load = steadily(host, 100);
  await apply('second');
  await ready(namespace, 'hello', 'hello-00002').finally(() => load.stop());
  expect(load.tally.failures).toEqual([]);
  expect(await answers(20)).toEqual({ [two]: 20 });
});

step('a traffic block splits by percent', async () => {
  await apply('split');
  const service = await ready(namespace, 'hello', 'hello-00002');
  expect(service.status?.traffic).toEqual([
    { tag: 'stable', revisionName: 'hello-00001', percent: 80, latestRevision: false, url: `http://stable-${host}` },
    { tag: 'next', revisionName: 'hello-00002', percent: 20, latestRevision: true, url: `http://next-${host}` },
  ]);
  const seen = await answers(200);
  expect(Object.keys(seen).sort()).toEqual([one, two]);
  // 160 of 200, give or take four and a half standard deviations.
  expect(seen[one]).toBeGreaterThan(134);
  expect(seen[one]).toBeLessThan(186);
});

step('a tag is served under its own URL', async () => {
  for (let i = 0; i < 5; i++) {
    expect(await answerOf(`stable-${host}`)).toBe(one);
    expect(await answerOf(`next-${host}`)).toBe(two);
  }
  expect((await ask(`nobody-${host}`)).status).toBe(404);
});

step('deleting the Service leaves nothing behind', async () => {
  await kubectl(['delete', 'ksvc', 'hello', '-n', namespace, '--wait=false']);
  const text = await kubectl(['api-resources', '--namespaced', '--verbs=list', '-o', 'name']);
  // These are about what was there, or belong to every namespace.
  const kept = ['events', 'events.events.k8s.io', 'configmaps', 'serviceaccounts'];
  const types = text
    .trim()
    .split('\n')
    .filter((t) => !kept.includes(t));
  expect(types).toEqual(expect.arrayContaining(['endpoints', 'deployments.apps', 'endpointslices.discovery.k8s.io']));
  const look = async () => expect(await kubectl(['get', types.join(','), '-n', namespace, '-o', 'name'])).toBe('');
  await until(`namespace ${namespace} is empty`, look, { timeoutMs: 150_000, everyMs: 1000, explain: () => explain(namespace) });
  const gone = async () => expect((await ask(host)).status).toBe(404);
  await until('the gateway knows it no more', gone);
});

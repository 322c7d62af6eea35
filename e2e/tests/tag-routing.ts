import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { expect } from 'vitest';
import { kube } from './support/cluster.ts';
import { configure, restoringConfig } from './support/config.ts';
import { explain } from './support/explain.ts';
import { answerOf, ask } from './support/requests.ts';
import { ready } from './support/services.ts';
import { story } from './support/story.ts';
import { until } from './support/until.ts';

const { namespace, step, apply } = story(import.meta.url);
restoringConfig();
const host = `hello.${namespace}.localhost`;
const one = 'Hello World v1!';
const two = 'Hello World v2!';
const tagged = (tag: string) => answerOf(host, { headers: { 'knative-serving-tag': tag } });
const explained = { explain: () => explain(namespace) };

step('two revisions, each with a tag; the first has all the traffic', async () => {
  await apply('first');
  await ready(namespace, 'hello', 'hello-00001');
  await apply('tagged');
  const service = await ready(namespace, 'hello', 'hello-00002');
  expect(service.status?.traffic).toEqual([
    { revisionName: 'hello-00001', percent: 100, latestRevision: false, tag: 'stable', url: `http://stable-${host}` },
    { revisionName: 'hello-00002', percent: 0, latestRevision: true, tag: 'next', url: `http://next-${host}` },
  ]);
  expect(await answerOf(host)).toBe(one);
});

step('by host', async () => {
  expect(await answerOf(`stable-${host}`)).toBe(one);
  expect(await answerOf(`next-${host}`)).toBe(two);
  const services = (await kube.list(builtin.Service, { namespace, labelSelector: 'serving.knative.dev/route=hello' })).items;
  expect(services.map((s) => s.metadata.name).sort()).toEqual(['hello', 'next-hello', 'stable-hello']);
});

step('by header, once that is turned on', async () => {
  expect(await tagged('next')).toBe(one);
  await configure('config-features', { 'tag-header-based-routing': 'enabled' });
  await until('the header counts', async () => expect(await tagged('next')).toBe(two), explained);
  expect(await tagged('stable')).toBe(one);
  expect(await tagged('nobody')).toBe(one);
  expect(await answerOf(host)).toBe(one);
  expect(await answerOf(`next-${host}`, { headers: { 'knative-serving-tag': 'stable' } })).toBe(two);
});

step('a tag that goes takes its host and its placeholder along', async () => {
  await apply('untagged');
  const gone = async () => {
    expect((await ask(`next-${host}`)).status).toBe(404);
    const services = (await kube.list(builtin.Service, { namespace, labelSelector: 'serving.knative.dev/route=hello' })).items;
    expect(services.map((s) => s.metadata.name)).toEqual(['hello']);
  };
  await until('the tags are gone', gone, explained);
  const told = async () =>
    expect((await kube.get(kinds.Service, namespace, 'hello')).status?.traffic).toEqual([
      { revisionName: 'hello-00002', percent: 100, latestRevision: true },
    ]);
  await until('the Service tells of its traffic', told, explained);
  await until('all traffic is on the second', async () => expect(await answerOf(host)).toBe(two), explained);
});

import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { expect } from 'vitest';
import { kube, kubectl } from './support/cluster.ts';
import { explain } from './support/explain.ts';
import { answerOf, ask } from './support/requests.ts';
import { ready } from './support/services.ts';
import { story } from './support/story.ts';
import { until } from './support/until.ts';

const { namespace, step, apply } = story(import.meta.url);
const host = `hello.${namespace}.localhost`;
const inside = (name: string) => `${name}.${namespace}.svc.cluster.local`;
const explained = { explain: () => explain(namespace) };

const service = () => kube.get(kinds.Service, namespace, 'hello');
const label = (kind: string, name: string, value: string) =>
  kubectl(['label', kind, name, '-n', namespace, '--overwrite', `${labels.visibility}${value}`]);
const reached = async (url: string, statuses: Record<string, number>) => {
  const look = async () => {
    expect((await service()).status?.url).toBe(url);
    for (const [at, status] of Object.entries(statuses)) expect([at, (await ask(at)).status]).toEqual([at, status]);
    await ready(namespace, 'hello', 'hello-00001', 1);
  };
  await until(`${url} is the URL, and answers are ${JSON.stringify(statuses)}`, look, explained);
};

step('open to everybody', async () => {
  await apply('service');
  await ready(namespace, 'hello', 'hello-00001');
  expect(await answerOf(host)).toBe('Hello World v1!');
  expect(await answerOf(`now-${host}`)).toBe('Hello World v1!');
  expect((await service()).status?.address?.url).toBe(`http://${inside('hello')}`);
});

step('labelled as cluster-local it is not reached from outside, not even by its inner name', async () => {
  await label('ksvc', 'hello', '=cluster-local');
  await reached(`http://${inside('hello')}`, { [host]: 404, [`now-${host}`]: 404, [inside('hello')]: 404 });
  const [ingress] = (await kube.list(kinds.Ingress, { namespace })).items;
  expect(ingress?.spec.rules?.map((r) => r.visibility)).toEqual(['ClusterLocal', 'ClusterLocal']);
  const told = async () => expect((await service()).status?.traffic?.[0]?.url).toBe(`http://${inside('now-hello')}`);
  await until('the status names the address inside', told);
});

step('and open again', async () => {
  await label('ksvc', 'hello', '-');
  await reached(`http://${host}`, { [host]: 200, [`now-${host}`]: 200 });
});

step('a label on a placeholder hides its tag alone', async () => {
  await label('service', 'now-hello', '=cluster-local');
  await reached(`http://${host}`, { [host]: 200, [`now-${host}`]: 404 });
  const told = async () => expect((await service()).status?.traffic?.[0]?.url).toBe(`http://${inside('now-hello')}`);
  await until('the status names the address inside', told);
});

step('where it stays over private and public times of the Service', async () => {
  await label('ksvc', 'hello', '=cluster-local');
  await reached(`http://${inside('hello')}`, { [host]: 404, [`now-${host}`]: 404 });
  await label('ksvc', 'hello', '-');
  await reached(`http://${host}`, { [host]: 200, [`now-${host}`]: 404 });
  expect((await kube.get(builtin.Service, namespace, 'now-hello')).metadata.labels?.[labels.visibility]).toBe('cluster-local');
});

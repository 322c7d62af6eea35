import { kinds } from '@ebb/shared/api/kinds.ts';
import { expect } from 'vitest';
import { kube } from './support/cluster.ts';
import { configure, restoringConfig } from './support/config.ts';
import { explain } from './support/explain.ts';
import { ready } from './support/services.ts';
import { story } from './support/story.ts';
import { until } from './support/until.ts';

const { namespace, step, apply } = story(import.meta.url);
restoringConfig();

const revisions = async () => (await kube.list(kinds.Revision, { namespace })).items;
const names = async () => (await revisions()).map((r) => r.metadata.name).sort();
const stateOf = async (name: string) =>
  (await kube.get(kinds.Revision, namespace, name)).metadata.labels?.['serving.knative.dev/routingState'];
const explained = { explain: () => explain(namespace) };

step('a fresh revision is active, and one that lost its route is kept in reserve', async () => {
  await apply('one');
  await ready(namespace, 'hello', 'hello-00001');
  await until('the first is active', async () => expect(await stateOf('hello-00001')).toBe('active'), explained);
  await apply('kept');
  await ready(namespace, 'hello', 'hello-00002');
  await until('the first is in reserve', async () => expect(await stateOf('hello-00001')).toBe('reserve'), explained);
  await apply('three');
  await ready(namespace, 'hello', 'hello-00003');
  await until('the second is in reserve', async () => expect(await stateOf('hello-00002')).toBe('reserve'), explained);
  expect(await names()).toEqual(['hello-00001', 'hello-00002', 'hello-00003']);
});

step('when none is to be kept, the idle ones go, except who asks to stay', async () => {
  await configure('config-gc', {
    'retain-since-create-time': 'disabled',
    'retain-since-last-active-time': 'disabled',
    'min-non-active-revisions': '0',
    'max-non-active-revisions': '0',
  });
  await until('the first is gone', async () => expect(await names()).toEqual(['hello-00002', 'hello-00003']), explained);
});

step('and the next that loses its route goes at once', async () => {
  await apply('four');
  await ready(namespace, 'hello', 'hello-00004');
  await until('the third is gone', async () => expect(await names()).toEqual(['hello-00002', 'hello-00004']), explained);
});

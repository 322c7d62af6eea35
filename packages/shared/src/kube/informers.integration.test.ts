import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { builtin, type ConfigMap } from '../api/builtin.ts';
import { createLogger } from '../telemetry/log.ts';
import { startKube, type TestKube } from '../testing/kube.ts';
import { type Relay, startRelay } from '../testing/relay.ts';
import { until } from '../testing/until.ts';
import type { Cache, Informers } from './cache.ts';
import { connectKube } from './connect.ts';
import { createInformers } from './informers.ts';
import { showingOwnWrites } from './own-writes.ts';

const log = createLogger('test', 'silent');
let kube: TestKube;
let relay: Relay;
let informers: Informers | undefined;

beforeAll(async () => {
  kube = await startKube();
  relay = await startRelay(kube.port);
});
afterEach(async () => {
  await informers?.stop();
  informers = undefined;
});
afterAll(async () => {
  await relay?.close();
  await kube?.stop();
});

let used = 0;
/** A namespace of its own for each test, watched through the relay. */
async function watched(): Promise<{ namespace: string; cache: Cache<ConfigMap>; names: () => string[] }> {
  const namespace = `watched-${used++}`;
  await kube.client.create(builtin.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, namespace: '' } });
  informers = createInformers(connectKube(kube.kubeconfigAt(relay.port)), log);
  const indexes = { colour: (m: ConfigMap) => (m.metadata.labels?.colour ? [m.metadata.labels.colour] : []) };
  const cache = informers.informer(builtin.ConfigMap, { namespace, indexes });
  await informers.start();
  return {
    namespace,
    cache,
    names: () =>
      cache
        .list()
        .map((m) => m.metadata.name)
        .sort(),
  };
}

const create = (namespace: string, name: string, colour = 'red') =>
  kube.client.create(builtin.ConfigMap, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: { colour } },
  });
const remove = (namespace: string, name: string) => kube.client.delete(builtin.ConfigMap, namespace, name);

test('a cache follows creation, change and deletion, and so do its indexes', async () => {
  const { namespace, cache } = await watched();
  const red = () => cache.byIndex('colour', 'red').map((m) => m.metadata.name);
  await create(namespace, 'one');
  await until(() => expect(red()).toEqual(['one']));
  await kube.client.patch(builtin.ConfigMap, namespace, 'one', 'merge', { metadata: { labels: { colour: 'blue' } } });
  await until(() => expect(red()).toEqual([]));
  expect(cache.byIndex('colour', 'blue').map((m) => m.metadata.name)).toEqual(['one']);
  await remove(namespace, 'one');
  await until(() => expect(cache.get(namespace, 'one')).toBeUndefined());
  expect(cache.byIndex('colour', 'blue')).toEqual([]);
  expect(() => cache.byIndex('taste', 'sweet')).toThrow('no index "taste"; there are colour');
});

test('a handler hears of what is there and of each change; one that throws does not deafen the others', async () => {
  const { namespace, cache } = await watched();
  await create(namespace, 'early');
  await until(() => cache.get(namespace, 'early') !== undefined);
  const heard: string[] = [];
  cache.onChange(({ before }) => {
    if (before) throw new Error('not again');
  });
  cache.onChange(({ before, after }) => heard.push(`${before ? 'x' : ''}>${after?.metadata.name ?? ''}`));
  await remove(namespace, 'early');
  await until(() => expect(heard.filter((h) => !h.includes('kube-root'))).toEqual(['>early', 'x>']));
});

test('a dropped watch goes on where it was', async () => {
  const { namespace, names } = await watched();
  const before = relay.connections;
  relay.cut();
  await create(namespace, 'after-the-cut');
  await until(() => expect(names()).toContain('after-the-cut'));
  expect(relay.connections).toBeGreaterThan(before);
});

test('what happened during an outage of the network is there afterwards', async () => {
  const { namespace, cache, names } = await watched();
  await create(namespace, 'going');
  await until(() => expect(names()).toContain('going'));
  relay.pause();
  await remove(namespace, 'going');
  await create(namespace, 'coming');
  relay.resume();
  await until(() => expect(names()).toContain('coming'));
  expect(cache.get(namespace, 'going')).toBeUndefined();
});

test('410 Gone: after a restart and a compaction it lists anew, and tells of what vanished', async () => {
  const { namespace, cache, names } = await watched();
  await create(namespace, 'vanishes');
  await create(namespace, 'stays');
  await until(() => expect(names()).toEqual(['stays', 'vanishes']));
  const heard: string[] = [];
  cache.onChange(({ before, after }) => heard.push(after ? `seen ${after.metadata.name}` : `lost ${before?.metadata.name}`));
  const seen = heard.length;
  relay.pause();
  await remove(namespace, 'vanishes');
  await create(namespace, 'appears');
  await kube.compact();
  await kube.restart();
  relay.resume();
  await until(() => expect(names()).toEqual(['appears', 'stays']));
  expect(heard.slice(seen).sort()).toEqual(['lost vanishes', 'seen appears']);
});

test('an informer started without a server waits for it', async () => {
  relay.pause();
  informers = createInformers(connectKube(kube.kubeconfigAt(relay.port)), log);
  const cache = informers.informer(builtin.Namespace);
  const started = informers.start();
  relay.resume();
  await started;
  expect(cache.get('', 'default')).toBeDefined();
});

test('a write of ours is there at once, is not told of twice, and what is gone stays gone', async () => {
  const { namespace, cache, names } = await watched();
  const client = showingOwnWrites(kube.client, informers as Informers);
  const heard: string[] = [];
  cache.onChange(({ before, after }) => heard.push(`${before?.data?.a ?? ''}>${after?.data?.a ?? ''}`));
  heard.length = 0;
  // The watch cannot tell: what is seen is our own.
  relay.pause();
  const made = await client.create(builtin.ConfigMap, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'own', namespace },
    data: { a: '1' },
  });
  expect(cache.get(namespace, 'own')?.data).toEqual({ a: '1' });
  await client.update(builtin.ConfigMap, { ...made, data: { a: '2' } });
  expect(cache.get(namespace, 'own')?.data).toEqual({ a: '2' });
  relay.resume();
  await remove(namespace, 'own');
  await until(() => expect(names()).not.toContain('own'));
  // An answer that comes after the watch has told of the deletion.
  (informers as Informers).wrote(builtin.ConfigMap, made);
  expect(cache.get(namespace, 'own')).toBeUndefined();
  expect(heard).toEqual(['>1', '1>2', '2>']);
});

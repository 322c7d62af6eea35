import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { builtin, type ConfigMap } from '../api/builtin.ts';
import type { Informers } from '../kube/cache.ts';
import { createInformers } from '../kube/informers.ts';
import { createLogger, type Logger } from '../telemetry/log.ts';
import { startKube, type TestKube } from '../testing/kube.ts';
import { until } from '../testing/until.ts';
import { type ConfigMapName, configMapNames } from './names.ts';
import { createConfigStore } from './store.ts';

const folder = new URL('../../../../deploy/config/', import.meta.url);
const deployed = readdirSync(folder)
  .filter((f) => f.startsWith('config-'))
  .map((f) => parse(readFileSync(new URL(f, folder), 'utf8')) as ConfigMap);

let kube: TestKube;
let informers: Informers;
let namespace: string;
let counter = 0;

beforeAll(async () => {
  kube = await startKube();
});
afterAll(() => kube?.stop());
beforeEach(async () => {
  namespace = `system-${counter++}`;
  await kube.client.create(builtin.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, namespace: '' } });
});
afterEach(() => informers?.stop());

const apply = (map: ConfigMap) => kube.client.create(builtin.ConfigMap, { ...map, metadata: { ...map.metadata, namespace } });
const patch = (name: string, data: Record<string, string | null>) =>
  kube.client.patch(builtin.ConfigMap, namespace, name, 'merge', { data });

async function open(names: readonly ConfigMapName[] = configMapNames) {
  informers = createInformers(kube.client, createLogger('test', 'silent'));
  const source = informers.informer(builtin.ConfigMap, { namespace });
  await informers.start();
  const bad: string[] = [];
  const log = { error: ({ configMap, err }: { configMap: string; err: string }) => bad.push(`${configMap}: ${err}`) } as unknown as Logger;
  const store = createConfigStore({ source, namespace, names, log });
  return { store, bad };
}

test('the config maps as they are deployed are read, all of them', async () => {
  for (const map of deployed) await apply(map);
  const { store } = await open();
  for (const name of configMapNames) expect(store.get(name), name).toBeDefined();
  expect(store.get('config-autoscaler').stableWindowMs).toBe(60_000);
});

test('a good change is taken and told, a bad one is told of and the last good value stays', async () => {
  for (const map of deployed) await apply(map);
  const { store, bad } = await open();
  const told: number[] = [];
  store.onChange('config-autoscaler', () => told.push(store.get('config-autoscaler').stableWindowMs));
  await patch('config-autoscaler', { 'stable-window': '30s' });
  await until(() => expect(told).toEqual([30_000]));
  await patch('config-autoscaler', { 'stable-window': '1s' });
  await until(() => expect(bad).toEqual(['config-autoscaler: stable-window = 1s, must be in [6s; 1h0m0s] range']));
  expect(store.get('config-autoscaler').stableWindowMs).toBe(30_000);
  await patch('config-autoscaler', { 'stable-window': null });
  await until(() => expect(told).toEqual([30_000, 60_000]));
});

test('the example, labels and annotations are no settings: a change of them is not told', async () => {
  for (const map of deployed) await apply(map);
  const { store, bad } = await open();
  let told = 0;
  store.onChange('config-defaults', () => told++);
  await patch('config-defaults', { _example: 'anything' });
  await kube.client.patch(builtin.ConfigMap, namespace, 'config-defaults', 'merge', { metadata: { labels: { a: 'b' } } });
  await patch('config-defaults', { 'container-concurrency': '7' });
  await until(() => expect(store.get('config-defaults').containerConcurrency).toBe(7));
  expect([told, bad]).toEqual([1, []]);
});

test('a deleted map keeps its last good value', async () => {
  for (const map of deployed) await apply(map);
  const { store } = await open();
  await patch('config-gc', { 'min-non-active-revisions': '3' });
  await until(() => expect(store.get('config-gc').minNonActiveRevisions).toBe(3));
  await kube.client.delete(builtin.ConfigMap, namespace, 'config-gc');
  await patch('config-network', { 'rollout-duration': '5' });
  await until(() => expect(store.get('config-network').rolloutDurationSeconds).toBe(5));
  expect(store.get('config-gc').minNonActiveRevisions).toBe(3);
});

test('at the start a missing or a bad map is fatal and named', async () => {
  await expect(open(['config-network'])).rejects.toThrow(
    `config map ${namespace}/config-network does not exist; apply deploy/config first`,
  );
  await informers.stop();
  const metadata = { name: 'config-gc', namespace };
  await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'min-non-active-revisions': 'many' } });
  await expect(open(['config-gc'])).rejects.toThrow(
    `config map ${namespace}/config-gc: failed to parse data: failed to parse "min-non-active-revisions": strconv.`,
  );
});

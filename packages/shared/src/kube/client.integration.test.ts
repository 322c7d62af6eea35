import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtin, type ConfigMap } from '../api/builtin.ts';
import { startKube, type TestKube } from '../testing/kube.ts';
import { freePort } from '../testing/programs.ts';
import { isAlreadyExists, isConflict, isNotFound, type KubeClient, KubeError, type WatchEvent } from './client.ts';
import { connectKube } from './connect.ts';

let kube: TestKube;
let client: KubeClient;

beforeAll(async () => {
  kube = await startKube();
  client = kube.client;
});
afterAll(() => kube?.stop());

const map = (name: string, data: Record<string, string> = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
});
const failure = (promise: Promise<unknown>): Promise<KubeError> =>
  promise.then(
    () => Promise.reject(new Error('it succeeded')),
    (error) => error,
  );

describe('objects', () => {
  test('are created, read, listed by label, replaced and deleted', async () => {
    const created = await client.create(builtin.ConfigMap, {
      ...map('life', { a: '1' }),
      metadata: { ...map('life').metadata, labels: { test: 'life' } },
    });
    expect(created.metadata.uid).toBeTruthy();
    expect((await client.get(builtin.ConfigMap, 'default', 'life')).data).toEqual({ a: '1' });
    const list = await client.list(builtin.ConfigMap, { labelSelector: 'test=life' });
    expect(list.items.map((i) => [i.kind, i.apiVersion, i.metadata.name])).toEqual([['ConfigMap', 'v1', 'life']]);
    const updated = await client.update(builtin.ConfigMap, { ...created, data: { a: '2' } });
    expect(updated.data).toEqual({ a: '2' });
    await client.delete(builtin.ConfigMap, 'default', 'life', { uid: created.metadata.uid });
    expect(isNotFound(await failure(client.get(builtin.ConfigMap, 'default', 'life')))).toBe(true);
  });

  test('a dry run changes nothing', async () => {
    await client.create(builtin.ConfigMap, map('dry'), { dryRun: true });
    expect(isNotFound(await failure(client.get(builtin.ConfigMap, 'default', 'dry')))).toBe(true);
  });

  test('patches: merge removes by null, json tests before it writes', async () => {
    await client.create(builtin.ConfigMap, map('patched', { a: '1', b: '1' }));
    const merged = await client.patch(builtin.ConfigMap, 'default', 'patched', 'merge', { data: { a: null, c: '3' } });
    expect(merged.data).toEqual({ b: '1', c: '3' });
    const body = [
      { op: 'test', path: '/data/b', value: '1' },
      { op: 'replace', path: '/data/b', value: '2' },
    ];
    expect((await client.patch(builtin.ConfigMap, 'default', 'patched', 'json', body)).data?.b).toBe('2');
    expect((await failure(client.patch(builtin.ConfigMap, 'default', 'patched', 'json', body))).code).toBe(422);
  });
});

describe('errors', () => {
  test('a stale update is a conflict, a second create is not one', async () => {
    const first = await client.create(builtin.ConfigMap, map('raced'));
    await client.update(builtin.ConfigMap, { ...first, data: { by: 'another' } });
    const stale = await failure(client.update(builtin.ConfigMap, { ...first, data: { by: 'us' } }));
    expect([isConflict(stale), isAlreadyExists(stale)]).toEqual([true, false]);
    const again = await failure(client.create(builtin.ConfigMap, map('raced')));
    expect([isConflict(again), isAlreadyExists(again)]).toEqual([false, true]);
    const other = await failure(client.delete(builtin.ConfigMap, 'default', 'raced', { uid: 'another' }));
    expect(isConflict(other)).toBe(true);
  });

  test('carry code, reason and message of the server', async () => {
    const invalid = await failure(client.create(builtin.ConfigMap, map('Not A Name')));
    expect(invalid).toMatchObject({ name: 'KubeError', code: 422, reason: 'Invalid' });
    expect(invalid.message).toContain('metadata.name: Invalid value: "Not A Name"');
  });

  test('no server: the transport says so', async () => {
    const error = await failure(connectKube(kube.kubeconfigAt(await freePort())).version());
    expect(error).not.toBeInstanceOf(KubeError);
    expect((error as unknown as { code: string }).code).toBe('ECONNREFUSED');
  });
});

describe('a watch', () => {
  const next = async (stream: AsyncIterator<WatchEvent<ConfigMap>>): Promise<string> => {
    for (;;) {
      const { value, done } = await stream.next();
      if (done) return 'end';
      if (value.type !== 'BOOKMARK') return `${value.type} ${value.object.metadata.name}`;
    }
  };

  test('tells of changes from its revision on until it is stopped', async () => {
    const before = await client.list(builtin.ConfigMap, { namespace: 'default' });
    await client.create(builtin.ConfigMap, map('watched', { letters: 'äöü€'.repeat(20_000) }));
    const stop = new AbortController();
    const options = { namespace: 'default', fieldSelector: 'metadata.name=watched', resourceVersion: before.resourceVersion };
    const stream = client.watch(builtin.ConfigMap, options, stop.signal)[Symbol.asyncIterator]();
    const first = await stream.next();
    expect(first.value?.object.data?.letters).toBe('äöü€'.repeat(20_000));
    await client.patch(builtin.ConfigMap, 'default', 'watched', 'merge', { data: { letters: 'a' } });
    expect(await next(stream)).toBe('MODIFIED watched');
    await client.delete(builtin.ConfigMap, 'default', 'watched');
    expect(await next(stream)).toBe('DELETED watched');
    const ended = failure(next(stream));
    stop.abort();
    expect(await ended).toBeInstanceOf(Error);
  });
});

import { expect, test } from 'vitest';
import { builtin, type Deployment } from '../api/builtin.ts';
import type { KubeObject } from '../api/meta.ts';
import type { Informers } from './cache.ts';
import type { KubeClient } from './client.ts';
import { showingOwnWrites } from './own-writes.ts';

const metadata = { name: 'one', namespace: 'ns', resourceVersion: '7' };
const cached = { metadata: { ...metadata, labels: { a: 'b' } }, spec: { replicas: 1, paused: false } } as unknown as Deployment;

/** What the caches are told of when a patch of a subresource is answered so. */
async function toldOf(subresource: string, answer: object): Promise<KubeObject[]> {
  const told: KubeObject[] = [];
  const informers = {
    informer: () => ({ get: () => cached }),
    wrote: (_: unknown, object: KubeObject) => told.push(object),
  } as unknown as Informers;
  const client = { patch: () => Promise.resolve(answer) } as unknown as KubeClient;
  await showingOwnWrites(client, informers).patch(builtin.Deployment, 'ns', 'one', 'json', [], subresource);
  return told;
}

const scale = (spec: object) => ({ kind: 'Scale', metadata: { ...metadata, resourceVersion: '9' }, spec });

test('a scale that was written is in the cached object, so that the next look does not write it again', async () => {
  expect(await toldOf('scale', scale({ replicas: 5 }))).toEqual([
    { metadata: { ...cached.metadata, resourceVersion: '9' }, spec: { replicas: 5, paused: false } },
  ]);
});

test('the API leaves a scale of 0 out', async () => {
  expect(await toldOf('scale', scale({}))).toMatchObject([{ spec: { replicas: 0 } }]);
});

test('nothing is made of the scale of an object nobody knows, nor of other subresources', async () => {
  expect(await toldOf('eviction', { kind: 'Status' })).toEqual([]);
  const informers = { informer: () => ({ get: () => undefined }), wrote: () => expect.unreachable() } as unknown as Informers;
  const client = { patch: () => Promise.resolve(scale({ replicas: 5 })) } as unknown as KubeClient;
  await expect(showingOwnWrites(client, informers).patch(builtin.Deployment, 'ns', 'one', 'json', [], 'scale')).resolves.toMatchObject({
    kind: 'Scale',
  });
});

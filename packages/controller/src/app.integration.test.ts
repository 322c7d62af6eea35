import { builtin } from '@ebb/shared/api/builtin.ts';
import { getCondition, isFailed, isReady } from '@ebb/shared/api/conditions.ts';
import { kinds, type Service } from '@ebb/shared/api/kinds.ts';
import type { Kind } from '@ebb/shared/api/meta.ts';
import type { Informers } from '@ebb/shared/kube/cache.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import type { TestKube } from '@ebb/shared/testing/kube.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestController, type TestController } from './testing/controller.ts';

let running: TestController;
let kube: TestKube;
let client: KubeClient;
let informers: Informers;
/** Revisions whose pods do not become available. */
const stuck = new Set<string>();
/** Objects as they were written: `Kind/name`, once for each version. */
const written: string[] = [];

const watched = [
  kinds.Service,
  kinds.Configuration,
  kinds.Revision,
  kinds.Route,
  kinds.Ingress,
  kinds.ServerlessService,
  builtin.Service,
] as readonly Kind[];

beforeAll(async () => {
  const deadline = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'too late' };
  running = await startTestController({
    fate: { deployment: (revision) => (stuck.has(revision) ? [deadline] : undefined) },
    watch: (all) => {
      for (const kind of watched) {
        all.informer(kind).onChange(({ after }) => {
          if (after) written.push(`${kind.group === '' ? 'core/' : ''}${kind.kind}/${after.metadata.name}`);
        });
      }
    },
  });
  ({ kube, client, informers } = running);
});
afterAll(() => running?.stop());

const service = (name: string, spec: Service['spec'] = {}): Service => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name, namespace: 'default', annotations: { 'serving.knative.dev/creator': 'ann' } },
  spec: { template: { spec: { containers: [{ name: 'user-container', image: 'dev.local/hello:1' }] } }, ...spec },
});
const get = (name: string): Promise<Service> => client.get(kinds.Service, 'default', name);
const patch = (name: string, spec: unknown) => client.patch(kinds.Service, 'default', name, 'merge', { spec });
const image = (reference: string) => ({ template: { spec: { containers: [{ name: 'user-container', image: reference }] } } });

const ready = (name: string, revision: string): Promise<Service> =>
  until(async () => {
    const s = await get(name);
    expect(s.status?.conditions?.map((c) => `${c.type} ${c.status} ${c.reason ?? ''}`.trim())).toEqual([
      'ConfigurationsReady True',
      'Ready True',
      'RoutesReady True',
    ]);
    expect(isReady(s)).toBe(true);
    expect(s.status?.latestReadyRevisionName).toBe(revision);
    return s;
  });

test('a Service becomes Ready, with a URL, and then nobody writes any more', async () => {
  await client.create(kinds.Service, service('hello'));
  const s = await ready('hello', 'hello-00001');
  expect(s.status).toMatchObject({
    url: 'http://hello.default.example.com',
    address: { url: 'http://hello.default.svc.cluster.local' },
    traffic: [{ latestRevision: true, percent: 100, revisionName: 'hello-00001' }],
  });
  const placeholder = () => client.get(builtin.Service, 'default', 'hello');
  await until(async () => expect((await placeholder()).spec?.externalName).toBe('gateway.knative-serving.svc.cluster.local'));
  const endpoints = await until(async () => {
    const e = await client.get(builtin.Endpoints, 'default', 'hello-00001');
    expect(e.subsets?.flatMap((x) => x.addresses ?? []).map((a) => a.ip)).toEqual(['10.1.0.9', '10.1.0.10']);
    return e;
  });
  // Whatever was in a queue is done when another Service went all the way through the same queues.
  await client.create(kinds.Service, service('second'));
  await ready('second', 'second-00001');
  const before = written.filter((w) => /\/hello(-|$)/.test(w)).length;
  await client.create(kinds.Service, service('third'));
  await ready('third', 'third-00001');
  expect(written.filter((w) => /\/hello(-|$)/.test(w))).toHaveLength(before);
  expect((await client.get(builtin.Endpoints, 'default', 'hello-00001')).metadata.resourceVersion).toBe(endpoints.metadata.resourceVersion);
  expect(before).toBeLessThan(60);
});

test('a new image makes the next revision; never Ready for the new generation before traffic moved', async () => {
  const seen: string[] = [];
  const stop = informers.informer(kinds.Service).onChange(({ after }) => {
    if (after?.metadata.name === 'hello' && after.metadata.generation === 2 && isReady(after))
      seen.push(`${after.status?.latestReadyRevisionName} ${after.status?.traffic?.[0]?.revisionName}`);
  });
  await patch('hello', image('dev.local/hello:2'));
  await ready('hello', 'hello-00002');
  await until(() => expect(seen.length).toBeGreaterThan(0));
  stop();
  expect(new Set(seen)).toEqual(new Set(['hello-00002 hello-00002']));
  const state = async (name: string) =>
    (await client.get(kinds.Revision, 'default', name)).metadata.labels?.['serving.knative.dev/routingState'];
  await until(async () => expect([await state('hello-00001'), await state('hello-00002')]).toEqual(['reserve', 'active']));
});

test('traffic is split by percent and by tags', async () => {
  const traffic = [
    { revisionName: 'hello-00001', percent: 80, tag: 'stable' },
    { latestRevision: true, percent: 20 },
  ];
  await patch('hello', { traffic });
  const s = await until(async () => {
    const live = await get('hello');
    expect(live.status?.traffic).toHaveLength(2);
    expect(isReady(live)).toBe(true);
    return live;
  });
  expect(s.status?.traffic).toEqual([
    { tag: 'stable', revisionName: 'hello-00001', latestRevision: false, percent: 80, url: 'http://stable-hello.default.example.com' },
    { revisionName: 'hello-00002', latestRevision: true, percent: 20 },
  ]);
  const ingress = await client.get(kinds.Ingress, 'default', 'hello');
  const external = ingress.spec.rules?.filter((r) => r.visibility === 'ExternalIP') ?? [];
  expect(external.map((r) => [r.hosts?.[0], r.http?.paths?.[0]?.splits?.map((x) => [x.serviceName, x.percent])])).toEqual([
    [
      'hello.default.example.com',
      [
        ['hello-00001', 80],
        ['hello-00002', 20],
      ],
    ],
    ['stable-hello.default.example.com', [['hello-00001', 100]]],
  ]);
  const state = async (name: string) =>
    (await client.get(kinds.Revision, 'default', name)).metadata.labels?.['serving.knative.dev/routingState'];
  await until(async () => expect([await state('hello-00001'), await state('hello-00002')]).toEqual(['active', 'active']));
  await patch('hello', { traffic: [{ latestRevision: true, percent: 100 }] });
  await until(() => expect(client.get(builtin.Service, 'default', 'stable-hello')).rejects.toThrow('not found'));
});

test('an image no registry knows: every level says so, and the corrected one recovers', async () => {
  // Port 9 discards: nobody listens there.
  await client.create(kinds.Service, service('lost', image('127.0.0.1:9/lost:1')));
  await until(async () => {
    const s = await get('lost');
    expect(isFailed(s)).toBe(true);
    expect(getCondition(s.status?.conditions, 'ConfigurationsReady')).toMatchObject({ status: 'False', reason: 'RevisionFailed' });
    expect(getCondition(s.status?.conditions, 'RoutesReady')).toMatchObject({ status: 'False', reason: 'RevisionMissing' });
  });
  const revision = await client.get(kinds.Revision, 'default', 'lost-00001');
  expect(getCondition(revision.status?.conditions, 'ContainerHealthy')).toMatchObject({
    status: 'False',
    reason: 'ContainerMissing',
    message: expect.stringMatching(/^Unable to fetch image "127\.0\.0\.1:9\/lost:1": failed to resolve image to digest: /),
  });
  await patch('lost', image('dev.local/lost:1'));
  await ready('lost', 'lost-00002');
});

test('a revision that misses its deadline fails and leaves traffic where it is; the next one recovers', async () => {
  stuck.add('hello-00003');
  await patch('hello', image('dev.local/hello:3'));
  const s = await until(async () => {
    const live = await get('hello');
    expect(isFailed(live)).toBe(true);
    return live;
  });
  expect(getCondition(s.status?.conditions, 'ConfigurationsReady')).toMatchObject({
    reason: 'RevisionFailed',
    message: 'Revision "hello-00003" failed with message: too late.',
  });
  expect(s.status).toMatchObject({ latestCreatedRevisionName: 'hello-00003', latestReadyRevisionName: 'hello-00002' });
  expect(s.status?.traffic?.[0]?.revisionName).toBe('hello-00002');
  await patch('hello', image('dev.local/hello:4'));
  await ready('hello', 'hello-00004');
});

test('the API server goes away and comes back: the controller goes on', async () => {
  await kube.restart();
  await patch('second', image('dev.local/hello:2'));
  await ready('second', 'second-00002');
});

test('a Route being deleted lets go of its revisions and of its finalizer', async () => {
  await client.delete(kinds.Route, 'default', 'third', { propagation: 'Background' });
  // Its Service makes it anew: what counts is that the first one could go.
  await until(async () => {
    const events = await client.list(builtin.Event, { namespace: 'default', fieldSelector: 'involvedObject.name=third,reason=Created' });
    expect(events.items.filter((e) => e.message === 'Created Route "third"').reduce((n, e) => n + (e.count ?? 1), 0)).toBe(2);
  });
});

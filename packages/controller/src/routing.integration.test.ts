import { builtin } from '@ebb/shared/api/builtin.ts';
import { isReady } from '@ebb/shared/api/conditions.ts';
import { type DomainMapping, kinds, type Service } from '@ebb/shared/api/kinds.ts';
import type { Condition, Kind, KubeObject } from '@ebb/shared/api/meta.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import { crdKind } from '@ebb/shared/testing/crds.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestController, type TestController } from './testing/controller.ts';

let running: TestController;
let client: KubeClient;
beforeAll(async () => {
  running = await startTestController({
    config: { 'config-network': { 'autocreate-cluster-domain-claims': 'true', 'ingress-class': 'ebb.ingress.networking.knative.dev' } },
  });
  ({ client } = running);
  for (const name of ['one', 'two'])
    await client.create(builtin.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name, namespace: '' } });
});
afterAll(() => running?.stop());

const service = (name: string, namespace: string, annotations: Record<string, string> = {}): Service => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name, namespace, annotations: { 'serving.knative.dev/creator': 'ann', ...annotations } },
  spec: {
    template: { spec: { containers: [{ name: 'user-container', image: 'dev.local/hello:1' }] } },
    traffic: [{ latestRevision: true, percent: 100 }],
  },
});
const mapping = (name: string, namespace: string, ref: DomainMapping['spec']['ref']): DomainMapping => ({
  apiVersion: 'serving.knative.dev/v1beta1',
  kind: 'DomainMapping',
  metadata: { name, namespace },
  spec: { ref },
});
const toService = (name: string) => ({ apiVersion: 'serving.knative.dev/v1', kind: 'Service', name });

const newImage = (name: string, namespace: string, image: string) =>
  client.patch(kinds.Service, namespace, name, 'merge', {
    spec: { template: { spec: { containers: [{ name: 'user-container', image }] } } },
  });
const isServing = (name: string, namespace: string, revision: string) =>
  until(async () => {
    const s = await client.get(kinds.Service, namespace, name);
    expect([isReady(s), s.status?.traffic?.map((t) => t.revisionName)]).toEqual([true, [revision]]);
    return s;
  });
const says = (name: string, namespace: string, ...wanted: Partial<Condition>[]) =>
  until(async () => {
    const found = await client.get(kinds.DomainMapping, namespace, name);
    expect(found.status?.observedGeneration).toBe(found.metadata.generation);
    for (const w of wanted) expect(found.status?.conditions).toContainEqual(expect.objectContaining(w));
    return found;
  });
const ready = { type: 'Ready', status: 'True' } as const;

test('the first of two mappings has the domain; the second gets it when the first goes', async () => {
  await client.create(kinds.Service, service('hello', 'one'));
  await client.create(kinds.Service, service('hello', 'two'));
  await client.create(kinds.DomainMapping, mapping('app.example.org', 'one', toService('hello')));
  const first = await says('app.example.org', 'one', ready);
  expect(first.metadata.finalizers).toEqual(['domainmappings.serving.knative.dev']);
  await client.create(kinds.DomainMapping, mapping('app.example.org', 'two', toService('hello')));
  await says('app.example.org', 'two', { type: 'DomainClaimed', status: 'False', reason: 'DomainAlreadyClaimed' });
  const [ingress] = (await client.list(kinds.Ingress, { namespace: 'two', labelSelector: 'serving.knative.dev/domainMappingNamespace' }))
    .items;
  expect(ingress).toBeUndefined();
  await client.delete(kinds.DomainMapping, 'one', 'app.example.org');
  await says('app.example.org', 'two', ready);
  expect((await client.get(kinds.ClusterDomainClaim, '', 'app.example.org')).spec.namespace).toBe('two');
  const { items } = await client.list(builtin.Event, { namespace: 'two' });
  const told = items.filter((e) => e.involvedObject.kind === 'DomainMapping').map((e) => `${e.type} ${e.reason} ${e.message}`);
  expect(told).toContain('Warning InternalError namespace "two" does not own ClusterDomainClaim for "app.example.org"');
});

const gadgets: Kind<KubeObject & { status?: unknown }> = {
  group: 'example.org',
  version: 'v1',
  kind: 'Gadget',
  plural: 'gadgets',
  namespaced: true,
};

test('what it leads to may be of a kind that nobody knows yet', async () => {
  await client.create(
    kinds.DomainMapping,
    mapping('gadget.example.org', 'one', { apiVersion: 'example.org/v1', kind: 'Gadget', name: 'it' }),
  );
  await says('gadget.example.org', 'one', { type: 'ReferenceResolved', status: 'False', reason: 'ResolveFailed' });
  await client.create(crdKind, {
    apiVersion: '',
    kind: '',
    metadata: { name: 'gadgets.example.org', namespace: '' },
    spec: {
      group: 'example.org',
      scope: 'Namespaced',
      names: { kind: 'Gadget', plural: 'gadgets' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  });
  const made = await until(() =>
    client.create(gadgets, { apiVersion: '', kind: '', metadata: { name: 'it', namespace: 'one' }, status: undefined }),
  );
  const lead = (name: string) =>
    client.patch(
      gadgets,
      'one',
      made.metadata.name,
      'merge',
      { status: { address: { url: `http://${name}.one.svc.cluster.local` } } },
      'status',
    );
  await lead('hello');
  // Nobody told of the new kind: it is found by trying again.
  await says('gadget.example.org', 'one', ready);
  await lead('other');
  // From then on it is followed.
  await until(async () => {
    const { spec } = await client.get(kinds.Ingress, 'one', 'gadget.example.org');
    expect(spec.rules?.[0]?.http?.paths?.[0]?.splits?.[0]?.serviceName).toBe('other');
  });
});

test('a gradual rollout runs to its end', async () => {
  await client.create(kinds.Service, service('slow', 'one', { 'serving.knative.dev/rollout-duration': '6s' }));
  await isServing('slow', 'one', 'slow-00001');
  // Where requests go, as the Ingress has it: [revision, percent] of each split.
  const seen: unknown[] = [];
  const reasons = new Set<string | undefined>();
  const { informers } = running;
  const stops = [
    informers.informer(kinds.Ingress).onChange(({ after }) => {
      const splits =
        after?.metadata.name === 'slow' && after.spec.rules?.[0]?.http?.paths?.[0]?.splits?.map((s) => [s.serviceName, s.percent]);
      if (splits && JSON.stringify(splits) !== JSON.stringify(seen.at(-1))) seen.push(splits);
    }),
    informers.informer(kinds.Service).onChange(({ after }) => {
      if (after?.metadata.name === 'slow') reasons.add(after.status?.conditions?.find((c) => c.type === 'RoutesReady')?.reason);
    }),
  ];
  await newImage('slow', 'one', 'dev.local/hello:2');
  await isServing('slow', 'one', 'slow-00002');
  for (const stop of stops) stop();
  // The ingress takes less than a second, so there are five steps of one, of 20 of the 99 percent that are left.
  const shared = (percent: number) => [
    ['slow-00001', 100 - percent],
    ['slow-00002', percent],
  ];
  expect(seen).toEqual([[['slow-00001', 100]], shared(1), shared(21), shared(41), shared(61), shared(81), [['slow-00002', 100]]]);
  expect(reasons).toContain('RolloutInProgress');
});

test('settings for garbage collection count at once, for what there is and what comes', async () => {
  const revisions = async () => (await client.list(kinds.Revision, { namespace: 'two' })).items.map((r) => r.metadata.name).sort();
  for (const n of [2, 3]) {
    await newImage('hello', 'two', `dev.local/hello:${n}`);
    await isServing('hello', 'two', `hello-0000${n}`);
  }
  expect(await revisions()).toEqual(['hello-00001', 'hello-00002', 'hello-00003']);
  const data = { 'min-non-active-revisions': '0', 'max-non-active-revisions': '1' };
  await client.patch(builtin.ConfigMap, 'knative-serving', 'config-gc', 'merge', { data });
  await until(async () => expect(await revisions()).toEqual(['hello-00002', 'hello-00003']));
  await newImage('hello', 'two', 'dev.local/hello:4');
  await until(async () => expect(await revisions()).toEqual(['hello-00003', 'hello-00004']));
});

test('a Route that goes leaves no marks', async () => {
  const marked = async () => {
    const all = [
      ...(await client.list(kinds.Revision, { namespace: 'one' })).items,
      ...(await client.list(kinds.Configuration, { namespace: 'one' })).items,
    ];
    return all.filter((o) => o.metadata.annotations?.['serving.knative.dev/routes'] === 'apart').map((o) => `${o.kind} ${o.metadata.name}`);
  };
  await client.create(kinds.Configuration, {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Configuration',
    metadata: { name: 'apart', namespace: 'one' },
    spec: { template: { spec: { containers: [{ name: 'user-container', image: 'dev.local/hello:1' }] } } },
  });
  const traffic = [{ configurationName: 'apart', latestRevision: true, percent: 100 }];
  await client.create(kinds.Route, { apiVersion: '', kind: '', metadata: { name: 'apart', namespace: 'one' }, spec: { traffic } });
  await until(async () => expect((await marked()).sort()).toEqual(['Configuration apart', 'Revision apart-00001']));
  await client.delete(kinds.Route, 'one', 'apart');
  await until(async () => expect(await marked()).toEqual([]));
  const state = (await client.get(kinds.Revision, 'one', 'apart-00001')).metadata.labels?.['serving.knative.dev/routingState'];
  expect(state).toBe('reserve');
});

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { builtin } from '../api/builtin.ts';
import { conditionSets } from '../api/condition-sets.ts';
import { marking } from '../api/conditions.ts';
import { type Configuration, kinds, type Route } from '../api/kinds.ts';
import { ownerReference } from '../api/meta.ts';
import type { ConfigStore } from '../config/store.ts';
import { connectEvents } from '../events/bus.ts';
import { createRecorder } from '../events/recorder.ts';
import type { EbbEvent } from '../events/types.ts';
import { systemClock } from '../lib/clock.ts';
import { createLogger } from '../telemetry/log.ts';
import { startMetrics } from '../telemetry/metrics.ts';
import { installCrds } from '../testing/crds.ts';
import { startKube, type TestKube } from '../testing/kube.ts';
import { until } from '../testing/until.ts';
import { createInformers } from './informers.ts';
import type { Plan, Reconciler } from './reconciler.ts';
import { declareInformers, type Running, runReconcilers } from './run.ts';

type Status = NonNullable<Configuration['status']>;

const log = createLogger('test', 'silent');
const namespace = 'default';
let kube: TestKube;

beforeAll(async () => {
  kube = await startKube();
  await installCrds(kube.client);
});
afterAll(() => kube?.stop());

let name: string;
let stop: (() => Promise<void>) | undefined;
let counter = 0;
beforeEach(() => {
  name = `test-${counter++}`;
});
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

const always = { leading: () => true, holder: () => 'us' };
const elector = { run: (lease: string) => ({ name: lease, ...always }), release: async () => undefined };
const config = { onChange: () => () => undefined } as unknown as ConfigStore;

/** Types of the NATS events since the start. */
const published: string[] = [];

async function running(...reconcilers: Reconciler<never, never>[]): Promise<Running> {
  const { client } = kube;
  const informers = createInformers(client, log);
  declareInformers(reconcilers, informers);
  await informers.start();
  published.length = 0;
  const bus = { ...connectEvents({ component: 'test', url: '', log }), publish: ({ type }: EbbEvent) => void published.push(type) };
  const { meter } = await startMetrics('test', 0);
  const recorder = createRecorder(client, systemClock, log);
  const leases = (queue: string) => [queue];
  const run = runReconcilers({ reconcilers, client, informers, config, recorder, bus, clock: systemClock, log, meter, elector, leases });
  stop = async () => {
    await run.drain();
    await informers.stop();
  };
  return run;
}

/** A reconciler of Configurations with a plan of the test's own. */
function reconciler(plan: (c: Configuration) => Plan<Status>, more: Partial<Reconciler<Configuration, null>> = {}) {
  return {
    watches: { queue: 'test', source: 'test-controller', reconciles: kinds.Configuration },
    conditions: ['Ready'],
    gather: () => null,
    plan: (c: Configuration) => (c.metadata.name === name ? plan(c) : { writes: [], status: c.status ?? {} }),
    ...more,
  } as unknown as Reconciler<never, never>;
}

const create = (spec: Configuration['spec'] = {}): Promise<Configuration> =>
  kube.client.create(kinds.Configuration, {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Configuration',
    metadata: { name, namespace },
    spec,
  });
const live = (): Promise<Configuration> => kube.client.get(kinds.Configuration, namespace, name);
const ready = (c: Configuration): Status => {
  const marks = marking(conditionSets.Configuration, c.status?.conditions);
  marks.true('Ready');
  return { ...c.status, conditions: marks.conditions };
};
const events = async () =>
  (await kube.client.list(builtin.Event, { namespace, fieldSelector: `involvedObject.name=${name}` })).items.map((e) => ({
    type: e.type,
    reason: e.reason,
    message: e.message,
    count: e.count,
    by: e.source?.component,
  }));

test('what a write announces is published when it is done, what the plan announces when all of it is', async () => {
  const child = (c: Configuration) => ({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Configuration',
    metadata: { name: `${c.metadata.name}-child`, namespace },
    spec: {},
  });
  let failing = true;
  const run = await running(
    reconciler((c) => ({
      writes: [
        { verb: 'create', kind: kinds.Configuration, object: child(c), announce: { type: 'revision.scaled', data: {} }, goOn: true },
        ...(failing ? [{ verb: 'create' as const, kind: kinds.Configuration, object: child(c) }] : []),
      ],
      announce: [{ type: 'revision.idle', data: {} }],
      status: ready(c),
    })),
  );
  await create();
  await until(() => expect(published).toEqual(['revision.scaled']));
  failing = false;
  run.enqueue('test', `${namespace}/${name}`);
  // More of these may have come by now: the status that was written is a change too.
  await until(() => expect(published.slice(0, 2)).toEqual(['revision.scaled', 'revision.idle']));
});

test('the status is written with the generation and the time, and not again when nothing changed', async () => {
  const run = await running(reconciler((c) => ({ writes: [], status: ready(c) })));
  await create();
  const written = await until(async () => {
    const c = await live();
    expect(c.status?.observedGeneration).toBe(1);
    return c;
  });
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(written.status?.conditions).toEqual([{ type: 'Ready', status: 'True', lastTransitionTime: time }]);
  run.enqueue('test', `${namespace}/${name}`);
  await stop?.();
  expect((await live()).metadata.resourceVersion).toBe(written.metadata.resourceVersion);
});

test('a plan that throws leaves the new generation not ready, tells of it and comes again', async () => {
  let wrong = true;
  const plan = (c: Configuration) => {
    if (wrong) throw new Error('out of order');
    return { writes: [], status: ready(c) };
  };
  await running(reconciler(plan));
  await create();
  await until(async () => {
    const condition = (await live()).status?.conditions?.[0];
    expect(condition).toMatchObject({ status: 'Unknown', reason: 'NewObservedGenFailure' });
    expect(condition?.message).toBe('unsuccessfully observed a new generation');
  });
  const told = { type: 'Warning', reason: 'InternalError', message: 'out of order', by: 'test-controller' };
  // Repeats raise the count of one event.
  await until(async () => expect(await events()).toEqual([{ ...told, count: expect.toSatisfy((n: number) => n > 2) }]));
  wrong = false;
  await until(async () => expect((await live()).status?.conditions?.[0]?.status).toBe('True'));
});

test('a status that meets a newer object is written onto it', async () => {
  let once = true;
  const gather = async (c: Configuration) => {
    if (c.metadata.name === name && once) {
      once = false;
      // Somebody writes while we think: the version we read is old when we write.
      await kube.client.patch(kinds.Configuration, namespace, name, 'merge', { metadata: { labels: { written: 'meanwhile' } } });
    }
    return null;
  };
  await running(reconciler((c) => ({ writes: [], status: ready(c) }), { gather }));
  await create();
  await until(async () => expect((await live()).status?.conditions?.[0]?.status).toBe('True'));
  expect((await live()).metadata.labels).toEqual({ written: 'meanwhile' });
  expect(await events()).toEqual([]);
});

test('writes are applied in order; a failed one ends the plan and has its say in the status', async () => {
  const plan = (c: Configuration): Plan<Status> => {
    const object = (n: string, key: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: n, namespace },
      data: { [key]: '' },
    });
    const marks = marking(conditionSets.Configuration, c.status?.conditions);
    const failed = (error: Error) => {
      marks.false('Ready', 'Refused', error.message);
      return { status: () => ({ conditions: marks.conditions }), event: { type: 'Warning' as const, reason: 'Refused', message: 'no' } };
    };
    return {
      writes: [
        { verb: 'create', kind: builtin.ConfigMap, object: object(`${name}-first`, 'fine') },
        { verb: 'create', kind: builtin.ConfigMap, object: object(`${name}-second`, 'no key'), failed },
        { verb: 'create', kind: builtin.ConfigMap, object: object(`${name}-third`, 'fine') },
      ],
      status: ready(c),
    };
  };
  let calls = 0;
  await running(reconciler((c) => (calls++ === 0 ? plan(c) : { writes: [], status: c.status ?? {} })));
  await create();
  await until(async () => expect((await live()).status?.conditions?.[0]).toMatchObject({ status: 'False', reason: 'Refused' }));
  const made = (await kube.client.list(builtin.ConfigMap, { namespace })).items.map((m) => m.metadata.name);
  expect(made.filter((n) => n.startsWith(`${name}-`))).toEqual([`${name}-first`]);
  await until(async () => expect((await events()).map((e) => e.reason).sort()).toEqual(['InternalError', 'Refused']));
});

test('a child that changes or goes brings its owner back; requeueAfterMs does it without any change', async () => {
  let calls = 0;
  const watches = { queue: 'test', source: 'test-controller', reconciles: kinds.Configuration, owns: [builtin.ConfigMap] };
  const counting = (c: Configuration) => ({ writes: [], status: c.status ?? {}, requeueAfterMs: ++calls === 1 ? 50 : undefined });
  await running(reconciler(counting, { watches }));
  const owner = await create();
  // Once by the creation, once by its own status, once by the wish to look again.
  await until(() => calls >= 3);
  const child = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${name}-child`, namespace, ownerReferences: [ownerReference(owner)] },
  };
  let before = calls;
  await kube.client.create(builtin.ConfigMap, child);
  await until(() => calls > before);
  before = calls;
  await kube.client.delete(builtin.ConfigMap, namespace, child.metadata.name);
  await until(() => calls > before);
});

test('a finalizer is put on, seen at deletion, and the object goes when the plan takes it off', async () => {
  const finalizer = 'routes.serving.knative.dev';
  const seen: string[] = [];
  const finalizing = {
    watches: { queue: 'test', source: 'route-controller', reconciles: kinds.Route, finalizer },
    statusless: true,
    conditions: ['Ready'],
    gather: () => null,
    plan: (route: Route): Plan<NonNullable<Route['status']>> => {
      if (!route.metadata.deletionTimestamp) return { writes: [], status: {} };
      seen.push(route.metadata.name);
      const body = { metadata: { finalizers: [], resourceVersion: route.metadata.resourceVersion } };
      return { writes: [{ verb: 'patch', kind: kinds.Route, namespace, name, type: 'merge', body }], status: {} };
    },
  } as unknown as Reconciler<never, never>;
  await running(finalizing);
  await kube.client.create(kinds.Route, { apiVersion: 'serving.knative.dev/v1', kind: 'Route', metadata: { name, namespace }, spec: {} });
  const get = () => kube.client.get(kinds.Route, namespace, name);
  await until(async () => expect((await get()).metadata.finalizers).toEqual([finalizer]));
  await until(async () => {
    const told = { type: 'Normal', reason: 'FinalizerUpdate', message: `Updated "${name}" finalizers`, count: 1, by: 'route-controller' };
    expect(await events()).toEqual([told]);
  });
  await kube.client.delete(kinds.Route, namespace, name);
  await until(() => expect(get()).rejects.toThrow('not found'));
  expect(seen).toContain(name);
});

test('what is being deleted and has no finalizer of ours is left alone', async () => {
  let calls = 0;
  await running(
    reconciler((c) => {
      if (c.metadata.deletionTimestamp) calls++;
      return { writes: [], status: c.status ?? {} };
    }),
  );
  const created = await create();
  await until(async () => expect((await live()).status?.observedGeneration).toBe(1));
  await kube.client.patch(kinds.Configuration, namespace, name, 'merge', { metadata: { finalizers: ['example.com/other'] } });
  await kube.client.delete(kinds.Configuration, namespace, name);
  await until(async () => expect((await live()).metadata.deletionTimestamp).toBeDefined());
  await kube.client.patch(kinds.Configuration, namespace, name, 'merge', { metadata: { finalizers: null } });
  await until(() => expect(live()).rejects.toThrow('not found'));
  expect([created.metadata.name, calls]).toEqual([name, 0]);
});

test('what is to be changed and is gone already is as good as changed', async () => {
  const body = { metadata: { annotations: { a: null } } };
  const missing = { verb: 'patch' as const, kind: kinds.Configuration, namespace, name: 'nobody', type: 'merge' as const, body };
  const found = (c: Configuration) => ({ ...missing, name: c.metadata.name, body: { metadata: { annotations: { seen: 'yes' } } } });
  const seen = (c: Configuration) => c.metadata.annotations?.seen === 'yes';
  await running(
    reconciler((c) => ({
      writes: seen(c) ? [] : [{ ...missing, mayBeGone: true }, found(c)],
      status: ready(c),
      events: seen(c) ? [{ type: 'Normal', reason: 'Seen', message: '' }] : [],
    })),
  );
  await create();
  await until(async () => expect((await events()).map((e) => e.reason)).toEqual(['Seen']));
});

test('a namespace that is being deleted costs no retries and no events', async () => {
  const doomed = `doomed-${name}`;
  await kube.client.create(builtin.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: doomed, namespace: '' } });
  let calls = 0;
  const failed = () => ({ event: { type: 'Warning' as const, reason: 'CreationFailed', message: 'no' } });
  const plan = (c: Configuration): Plan<Status> => {
    calls++;
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: doomed } };
    return { writes: [{ verb: 'create', kind: builtin.ConfigMap, object, failed }], status: ready(c) };
  };
  // Nothing here finishes the deletion: the namespace stays as it is while it goes.
  await kube.client.delete(builtin.Namespace, '', doomed);
  const run = await running(reconciler(plan));
  await create();
  await until(() => expect(calls).toBe(1));
  // A retry would come after 5 ms: other keys that failed come again meanwhile.
  run.enqueue('test', `${namespace}/${name}`);
  await until(() => expect(calls).toBe(2));
  await stop?.();
  expect(calls).toBe(2);
  expect(await events()).toEqual([]);
  expect((await live()).status).toBeUndefined();
});

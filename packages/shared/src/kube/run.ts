import type { Meter } from '@opentelemetry/api';
import { type CommonStatus, controllerOf, type Kind, type KubeObject, keyOf } from '../api/meta.ts';
import type { ConfigStore } from '../config/store.ts';
import type { Recorder } from '../events/recorder.ts';
import type { EventBus, EventType } from '../events/types.ts';
import type { Clock } from '../lib/clock.ts';
import { jsonEqual } from '../lib/equal.ts';
import type { Logger } from '../telemetry/log.ts';
import { applyPlan, describe } from './apply-plan.ts';
import type { Cache, Indexes, Informers } from './cache.ts';
import { isAlreadyExists, isConflict, isNotFound, type KubeClient } from './client.ts';
import { begin, finish } from './envelope.ts';
import type { Elector } from './leases.ts';
import { WorkQueue } from './queue.ts';
import type { Caches, Reconciler } from './reconciler.ts';

const reconcileLimitMs = 30_000;
const resyncMs = 10 * 3_600_000;

export interface RunOptions {
  reconcilers: readonly Reconciler<never, never>[];
  client: KubeClient;
  informers: Informers;
  config: ConfigStore;
  recorder: Recorder;
  bus: EventBus;
  clock: Clock;
  log: Logger;
  meter: Meter;
  elector: Elector;
  /** The lease a queue's keys are reconciled under, e.g. `controller.<queue>.00-of-01` (contract 8.3). */
  lease: (queue: string) => string;
  workers?: number;
}

export interface Running {
  /** Puts a key of a reconciler's queue in front: something outside the API happened. */
  enqueue(queue: string, key: string): void;
  drain(): Promise<void>;
}

type AnyObject = KubeObject & { status?: CommonStatus };

/**
 * Declares the informers the reconcilers need. Call before `informers.start()`, so that what is declared is listed
 * before the first reconcile.
 */
export function declareInformers(reconcilers: readonly Reconciler<never, never>[], informers: Informers): Caches {
  const caches: Caches = { of: <T extends KubeObject>(kind: Kind<T>): Cache<T> => informers.informer(kind) };
  for (const { watches } of reconcilers) {
    informers.informer(watches.reconciles as Kind);
    for (const owned of watches.owns ?? []) informers.informer(owned);
    for (const { kind, indexes } of watches.indexes ?? []) informers.informer(kind, { indexes: indexes as Indexes<KubeObject> });
    for (const tracked of watches.tracks ?? []) informers.informer(tracked.kind);
  }
  return caches;
}

/** Runs reconcilers: the envelope of contract control-plane 0.4 around each plan. */
export function runReconcilers(o: RunOptions): Running {
  const caches = declareInformers(o.reconcilers, o.informers);
  const queues = new Map<string, WorkQueue>();
  const timers: NodeJS.Timeout[] = [];
  const duration = o.meter.createHistogram('kn.workqueue.process.duration', { unit: 's' });
  const adds = o.meter.createCounter('kn.workqueue.adds');
  const depth = o.meter.createObservableGauge('kn.workqueue.depth');
  depth.addCallback((result) => {
    for (const [name, queue] of queues) result.observe(queue.depth, { name });
  });

  for (const reconciler of o.reconcilers as readonly unknown[] as readonly Reconciler<AnyObject, unknown>[]) {
    const { watches } = reconciler;
    const cache = caches.of(watches.reconciles);
    const log = o.log.child({ queue: watches.queue });
    const one = createOne(reconciler, cache, caches, { ...o, log });
    const queue: WorkQueue = new WorkQueue({
      clock: o.clock,
      workers: o.workers ?? 4,
      handle: async (key) => {
        if (!election.leading()) return;
        const started = performance.now();
        const outcome = await one(key).catch((error: Error): Outcome => {
          log.error({ key, err: error }, 'reconcile broke off; trying again');
          return { error };
        });
        duration.record((performance.now() - started) / 1000, { name: watches.queue });
        if (outcome.error) queue.addFailed(key);
        else queue.forget(key);
        if (outcome.requeueAfterMs !== undefined) queue.addAfter(key, outcome.requeueAfterMs);
      },
    });
    queues.set(watches.queue, queue);
    const add = (key: string, lane: 'fast' | 'slow' = 'fast') => {
      adds.add(1, { name: watches.queue });
      queue.add(key, lane);
    };
    const resync = (): void => {
      for (const object of cache.list()) add(keyOf(object), 'slow');
    };
    const election = o.elector.run(o.lease(watches.queue), (leading) => leading && resync());
    cache.onChange(({ before, after }) => {
      const object = after ?? before;
      if (!object || (after && watches.filter && !watches.filter(after))) return;
      add(keyOf(object));
    });
    // A child that changes hands, an annotation that names another: both ends hear of it.
    const both = ({ before, after }: { before?: KubeObject; after?: KubeObject }) => [before, after].filter((x) => x !== undefined);
    for (const owned of watches.owns ?? []) {
      caches.of(owned).onChange((change) => {
        for (const object of both(change)) {
          const owner = controllerOf(object);
          const [group] = owner?.apiVersion.split('/') ?? [];
          if (owner?.kind === watches.reconciles.kind && group === watches.reconciles.group) {
            add(`${object.metadata.namespace ?? ''}/${owner.name}`);
          }
        }
      });
    }
    for (const tracked of watches.tracks ?? []) {
      const keys = tracked.keys as (object: KubeObject, caches: Caches) => string[];
      caches.of(tracked.kind).onChange((change) => {
        for (const key of new Set(both(change).flatMap((object) => keys(object, caches)))) add(key);
      });
    }
    for (const name of watches.config ?? []) o.config.onChange(name, resync);
    timers.push(setInterval(resync, resyncMs));
  }

  return {
    enqueue: (queue, key) => queues.get(queue)?.add(key),
    async drain() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all([...queues.values()].map((q) => q.stop()));
      await o.elector.release();
    },
  };
}

interface Outcome {
  error?: Error;
  requeueAfterMs?: number;
}

type OneOptions = Omit<RunOptions, 'reconcilers'>;

/** The object with the reconciler's finalizer on it, when it has one. Rejects when it cannot be put there. */
async function withFinalizer(r: Reconciler<AnyObject, unknown>, object: AnyObject, o: OneOptions): Promise<AnyObject> {
  const { finalizer, reconciles, source } = r.watches;
  const { name, namespace, resourceVersion, finalizers = [] } = object.metadata;
  if (!finalizer || finalizers.includes(finalizer)) return object;
  try {
    const body = { metadata: { finalizers: [...finalizers, finalizer], resourceVersion } };
    const live = await o.client.patch(reconciles, namespace, name, 'merge', body);
    o.recorder.event(source, live, { type: 'Normal', reason: 'FinalizerUpdate', message: `Updated ${JSON.stringify(name)} finalizers` });
    return live;
  } catch (error) {
    const message = `Failed to update finalizers for ${JSON.stringify(name)}: ${(error as Error).message}`;
    if (!isConflict(error) && !isNotFound(error))
      o.recorder.event(source, object, { type: 'Warning', reason: 'FinalizerUpdateFailed', message });
    throw error;
  }
}

/** One reconcile of one key. */
function createOne(
  r: Reconciler<AnyObject, unknown>,
  cache: Cache<AnyObject>,
  caches: Caches,
  o: OneOptions,
): (key: string) => Promise<Outcome> {
  const { watches } = r;

  return async (key) => {
    const slash = key.indexOf('/');
    const original = cache.get(key.slice(0, slash), key.slice(slash + 1));
    if (!original) {
      r.removed?.(key.slice(0, slash), key.slice(slash + 1));
      return {};
    }
    if (watches.filter && !watches.filter(original)) return {};
    const deleting = original.metadata.deletionTimestamp !== undefined;
    if (deleting && !(watches.finalizer && original.metadata.finalizers?.includes(watches.finalizer))) return {};
    let live = original;
    try {
      if (!deleting) live = await withFinalizer(r, original, o);
    } catch (error) {
      return { error: error as Error };
    }
    const object = begin(r, live);

    let requeueAfterMs: number | undefined;
    let error: Error | undefined;
    let status: CommonStatus = object.status ?? {};
    try {
      const input = await within(reconcileLimitMs, r.gather(object, caches));
      const plan = r.plan(object, input, o.clock.now());
      // Not raced: a write that outlives the limit must not meet another reconcile of the same key.
      const applied = await applyPlan(o.client, plan);
      if (plan.writes.length) o.log.debug({ key, writes: plan.writes.map(describe) }, 'reconciled');
      status = applied.status as CommonStatus;
      for (const event of applied.events) o.recorder.event(watches.source, object, event);
      if (!applied.error) {
        for (const a of plan.announce ?? []) {
          o.bus.publish({ type: a.type as EventType, namespace: object.metadata.namespace, name: object.metadata.name, data: a.data });
        }
      }
      requeueAfterMs = plan.requeueAfterMs;
      error = applied.error ?? (plan.error === undefined ? undefined : new Error(plan.error));
    } catch (e) {
      error = e as Error;
    }
    if (!deleting && !r.statusless) error = (await writeStatus(r, live, status, o)) ?? error;
    // A conflict, or a child the cache does not show yet, is normal weather.
    if (error && !isConflict(error) && !isAlreadyExists(error)) {
      o.log.info({ key, err: error.message }, 'reconcile failed; trying again');
      o.recorder.event(watches.source, object, { type: 'Warning', reason: 'InternalError', message: error.message });
    }
    return { error, requeueAfterMs };
  };
}

/** The promise's outcome, or a rejection after `ms`. */
async function within<T>(ms: number, promise: T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('context deadline exceeded')), ms);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Writes the status when it differs; a conflict is resolved on the live object (contract 0.4 step 6). */
async function writeStatus(
  r: Reconciler<AnyObject, unknown>,
  original: AnyObject,
  status: CommonStatus,
  o: OneOptions,
): Promise<Error | undefined> {
  const { watches } = r;
  const finished = (on: AnyObject) => finish(on.status, status, original.metadata.generation, o.clock.now());
  if (jsonEqual(finished(original), original.status)) return undefined;
  let base = original;
  for (let attempt = 0; ; attempt++) {
    try {
      if (attempt > 0) base = await o.client.get(watches.reconciles, original.metadata.namespace, original.metadata.name);
      if (base.metadata.uid !== original.metadata.uid) return undefined;
      await o.client.updateStatus(watches.reconciles, { ...base, status: finished(base) });
      return undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      if (isConflict(error) && attempt < 5) continue;
      const message = `Failed to update status for ${JSON.stringify(original.metadata.name)}: ${(error as Error).message}`;
      if (!isConflict(error)) o.recorder.event(watches.source, original, { type: 'Warning', reason: 'UpdateFailed', message });
      return error as Error;
    }
  }
}

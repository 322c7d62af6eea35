import type { Meter } from '@opentelemetry/api';
import { controllerOf, type Kind, type KubeObject, keyOf } from '../api/meta.ts';
import type { ConfigStore } from '../config/store.ts';
import type { Recorder } from '../events/recorder.ts';
import type { EventBus } from '../events/types.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../telemetry/log.ts';
import { competeForBuckets } from './buckets.ts';
import type { Cache, Change, Indexes, Informers } from './cache.ts';
import type { KubeClient } from './client.ts';
import type { Elector } from './leases.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { showingOwnWrites } from './own-writes.ts';
import { Progress } from './progress.ts';
import { WorkQueue } from './queue.ts';
import { queueMetrics } from './queue-metrics.ts';
import { type AnyReconciler, type Outcome, reconcile } from './reconcile.ts';
import type { Caches, Reconciler } from './reconciler.ts';

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
  /** The leases a queue's keys are reconciled under, one a bucket, as `leaseNames` has them. */
  leases: (queue: string) => readonly string[];
  workers?: number;
}

export interface Running {
  /** Puts a key of a reconciler's queue in front: something outside the API happened. */
  enqueue(queue: string, key: string): void;
  drain(): Promise<void>;
}

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
export function runReconcilers(options: RunOptions): Running {
  const o = { ...options, client: showingOwnWrites(options.client, options.informers) };
  const caches = declareInformers(o.reconcilers, o.informers);
  const queues = new Map<string, WorkQueue>();
  // Two reconcilers of one object would meet each other's writes as conflicts.
  const objects = new OneAtATime();
  const timers: NodeJS.Timeout[] = [];
  const metrics = queueMetrics(o.meter, queues);

  for (const reconciler of o.reconcilers as readonly unknown[] as readonly AnyReconciler[]) {
    const { watches } = reconciler;
    const cache = caches.of(watches.reconciles);
    const log = o.log.child({ queue: watches.queue });
    const one = { ...o, caches, log, progress: new Progress(), leads: (key: string) => buckets.leads(key) };
    const id = (key: string) => `${watches.reconciles.group}/${watches.reconciles.kind} ${key}`;
    const queue: WorkQueue = new WorkQueue({
      workers: o.workers ?? 4,
      waited: (seconds) => metrics.waited(watches.queue, seconds),
      retried: () => metrics.retried(watches.queue),
      handle: async (key) => {
        const started = performance.now();
        const outcome = await objects
          .run(id(key), () => reconcile(reconciler, key, one))
          .catch((error: Error): Outcome => {
            log.error({ key, err: error }, 'reconcile broke off; trying again');
            return { error };
          });
        metrics.processed(watches.queue, (performance.now() - started) / 1000);
        if (outcome.error) queue.addFailed(key);
        else queue.forget(key);
        if (outcome.requeueAfterMs !== undefined) queue.addAfter(key, outcome.requeueAfterMs);
      },
    });
    queues.set(watches.queue, queue);
    const add = (key: string, lane: 'fast' | 'slow' = 'fast') => {
      metrics.added(watches.queue);
      queue.add(key, lane);
    };
    const resync = (has: (key: string) => boolean): void => {
      for (const key of cache.list().map(keyOf)) if (has(key)) add(key, 'slow');
    };
    const resyncAll = () => resync(() => true);
    const buckets = competeForBuckets(o.elector, o.leases(watches.queue), resync);
    follow(reconciler, caches, add);
    for (const name of watches.config ?? []) o.config.onChange(name, resyncAll);
    timers.push(setInterval(resyncAll, resyncMs));
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

/** Puts the keys into the queue that a change in a cache concerns. */
function follow({ watches }: AnyReconciler, caches: Caches, add: (key: string) => void): void {
  const { reconciles, filter, owns = [], tracks = [] } = watches;
  caches.of(reconciles).onChange(({ before, after }) => {
    const object = after ?? before;
    if (object && (!after || !filter || filter(after))) add(keyOf(object));
  });
  for (const kind of owns) {
    caches.of(kind).onChange((change) => {
      for (const object of both(change)) {
        const owner = controllerOf(object);
        const [group] = owner?.apiVersion.split('/') ?? [];
        if (owner?.kind === reconciles.kind && group === reconciles.group) add(`${object.metadata.namespace ?? ''}/${owner.name}`);
      }
    });
  }
  for (const tracked of tracks) {
    const keys = tracked.keys as (object: KubeObject, caches: Caches) => string[];
    caches.of(tracked.kind).onChange((change) => {
      for (const key of new Set(both(change).flatMap((object) => keys(object, caches)))) add(key);
    });
  }
}

/** A child that changes hands, an annotation that names another: both ends hear of it. */
const both = ({ before, after }: Change<KubeObject>): KubeObject[] => [before, after].filter((x) => x !== undefined);

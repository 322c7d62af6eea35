import type { CommonStatus, KubeObject } from '../api/meta.ts';
import type { Recorder } from '../events/recorder.ts';
import type { EventBus, EventType } from '../events/types.ts';
import type { Clock } from '../lib/clock.ts';
import { jsonEqual } from '../lib/equal.ts';
import type { Logger } from '../telemetry/log.ts';
import { type Applied, applyPlan, describe } from './apply-plan.ts';
import { isAlreadyExists, isConflict, isNotFound, isTerminating, type KubeClient } from './client.ts';
import { begin, finish } from './envelope.ts';
import type { Progress } from './progress.ts';
import type { Caches, Plan, Reconciler } from './reconciler.ts';

const reconcileLimitMs = 30_000;

type AnyObject = KubeObject & { status?: CommonStatus };
export type AnyReconciler = Reconciler<AnyObject, unknown>;

/** What became of a reconcile. */
export interface Outcome {
  /** To be tried again with back-off. */
  error?: Error;
  requeueAfterMs?: number;
}

export interface ReconcileOptions {
  caches: Caches;
  client: KubeClient;
  recorder: Recorder;
  bus: EventBus;
  clock: Clock;
  log: Logger;
  progress: Progress;
  /** Whether this replica is the one for a key. */
  leads: (key: string) => boolean;
}

/** One reconcile of one key (`namespace/name`): the envelope of contract control-plane 0.4. */
export async function reconcile(r: AnyReconciler, key: string, o: ReconcileOptions): Promise<Outcome> {
  const { watches } = r;
  const slash = key.indexOf('/');
  const [namespace, name] = [key.slice(0, slash), key.slice(slash + 1)];
  const cached = o.caches.of(watches.reconciles).get(namespace, name);
  if (!cached) r.removed?.(namespace, name);
  if (!cached || !o.leads(key) || !concerns(r, cached)) {
    o.progress.forget(key);
    return {};
  }

  const deleting = cached.metadata.deletionTimestamp !== undefined;
  let live = cached;
  try {
    if (!deleting) live = await withFinalizer(r, cached, o);
  } catch (error) {
    return { error: error as Error };
  }
  const object = begin(r, live);
  let { status = {}, error, requeueAfterMs } = await decideAndApply(r, object, o);
  if (isTerminating(error)) {
    o.log.debug({ key, err: error?.message }, 'the namespace goes: nothing more to do');
    return {};
  }
  if (!deleting && !r.statusless) {
    const finished = (on: AnyObject) => finish(on.status, status, live.metadata.generation, o.clock.now());
    const waitMs = error ? 0 : o.progress.wait(r, key, live.status, finished(live));
    if (waitMs > 0) requeueAfterMs = Math.min(waitMs, requeueAfterMs ?? waitMs);
    else error = (await writeStatus(r, live, finished, o)) ?? error;
  }
  // A conflict, or a child the cache does not show yet, is normal weather.
  if (error && !isConflict(error) && !isAlreadyExists(error)) {
    o.log.info({ key, err: error.message }, 'reconcile failed; trying again');
    o.recorder.event(watches.source, object, { type: 'Warning', reason: 'InternalError', message: error.message });
  }
  return { error, requeueAfterMs };
}

/** What is being deleted concerns us only while our finalizer is on it. */
function concerns({ watches }: AnyReconciler, object: AnyObject): boolean {
  if (watches.filter && !watches.filter(object)) return false;
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  return deletionTimestamp === undefined || (watches.finalizer !== undefined && finalizers.includes(watches.finalizer));
}

/** Never rejects: what went wrong is in the result, with the status as far as it is known. */
async function decideAndApply(r: AnyReconciler, object: AnyObject, o: ReconcileOptions): Promise<Outcome & { status?: CommonStatus }> {
  try {
    const input = await within(reconcileLimitMs, r.gather(object, o.caches));
    const plan = r.plan(object, input, o.clock.now());
    // Not raced: a write that outlives the limit must not meet another reconcile of the same key.
    const applied = await applyPlan(o.client, plan, (event) => publish(object, event, o));
    if (plan.writes.length) o.log.debug({ object: object.metadata.name, writes: plan.writes.map(describe) }, 'reconciled');
    for (const { write, error } of applied.ignored)
      o.log.warn({ object: object.metadata.name, write: describe(write), err: error.message }, 'failed');
    if (!isTerminating(applied.error)) tell(r, object, plan, applied, o);
    const error = applied.error ?? (plan.error === undefined ? undefined : new Error(plan.error));
    return { status: applied.status, error, requeueAfterMs: plan.requeueAfterMs };
  } catch (error) {
    return { status: object.status, error: error as Error };
  }
}

/** Kubernetes events of what was done, and messages to other components when all of it was. */
function tell(r: AnyReconciler, object: AnyObject, plan: Plan<unknown>, applied: Applied<unknown>, o: ReconcileOptions): void {
  for (const event of applied.events) o.recorder.event(r.watches.source, object, event);
  if (applied.error) return;
  for (const event of plan.announce ?? []) publish(object, event, o);
}

const publish = (
  { metadata: { namespace, name } }: AnyObject,
  { type, data }: { type: string; data: Record<string, unknown> },
  o: ReconcileOptions,
) => o.bus.publish({ type: type as EventType, namespace, name, data });

/** The object with the reconciler's finalizer on it, when it has one. Rejects when it cannot be put there. */
async function withFinalizer(r: AnyReconciler, object: AnyObject, o: ReconcileOptions): Promise<AnyObject> {
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

/** Writes the status; a conflict is resolved on the live object (contract 0.4 step 6). */
async function writeStatus(
  { watches }: AnyReconciler,
  original: AnyObject,
  finished: (on: AnyObject) => CommonStatus,
  o: ReconcileOptions,
): Promise<Error | undefined> {
  const { namespace, name, uid } = original.metadata;
  // Another reconciler of this process may have written the object meanwhile; its spec is not looked at here.
  const cached = o.caches.of(watches.reconciles).get(namespace, name);
  let base = cached && cached.metadata.uid === uid ? cached : original;
  for (let attempt = 0; ; attempt++) {
    try {
      if (attempt > 0) base = await o.client.get(watches.reconciles, namespace, name);
      if (base.metadata.uid !== uid || jsonEqual(finished(base), base.status)) return undefined;
      await o.client.updateStatus(watches.reconciles, { ...base, status: finished(base) });
      return undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      if (isConflict(error) && attempt < 5) continue;
      const message = `Failed to update status for ${JSON.stringify(name)}: ${(error as Error).message}`;
      if (!isConflict(error)) o.recorder.event(watches.source, original, { type: 'Warning', reason: 'UpdateFailed', message });
      return error as Error;
    }
  }
}

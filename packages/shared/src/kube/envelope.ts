import { conditionSet, groom } from '../api/conditions.ts';
import type { CommonStatus, KubeObject } from '../api/meta.ts';
import type { Reconciler } from './reconciler.ts';

type WithStatus = KubeObject & { status?: CommonStatus };

/**
 * An object as a plan sees it (contract control-plane 0.4 step 3): defaults in memory, conditions initialised, and not
 * ready while it has a generation nobody has looked at. A copy: what is in a cache is everybody's.
 */
export function begin<T extends WithStatus>(r: Pick<Reconciler<T, unknown>, 'conditions' | 'prepare'>, cached: T): T {
  const copy = structuredClone(cached);
  const object = r.prepare ? r.prepare(copy) : copy;
  const [happy, ...dependents] = r.conditions;
  let conditions = conditionSet(happy, dependents).init(object.status?.conditions);
  if (object.status?.observedGeneration !== object.metadata.generation) {
    const message = 'unsuccessfully observed a new generation';
    const stale = { type: happy, status: 'Unknown' as const, reason: 'NewObservedGenFailure', message };
    conditions = conditions.map((c) => (c.type === happy ? stale : c));
  }
  return { ...object, status: { ...object.status, conditions } };
}

/** The status as it is written (0.4 step 5): the generation it speaks of, and the time of each condition that changed. */
export function finish(before: CommonStatus | undefined, planned: CommonStatus, generation: number | undefined, now: number): CommonStatus {
  return { ...planned, observedGeneration: generation, conditions: groom(before?.conditions, planned.conditions, now) };
}

import type { EventBus } from '@ebb/shared/events/types.ts';
import { explain, inputsOf, type Made } from './core/explain.ts';
import { bound } from './core/scale.ts';
import type { Spec } from './core/spec.ts';
import type { Deciders } from './deciders.ts';
import type { Ownership } from './ownership.ts';

/** Tells of the beginning and the end of panic. */
export const publishPanic =
  (bus: EventBus) =>
  (key: string, { panicking, stable, panic, wantStable, wantPanic, readyPods }: Made): void => {
    const slash = key.indexOf('/');
    bus.publish({
      type: 'revision.panic',
      namespace: key.slice(0, slash),
      name: key.slice(slash + 1),
      data: { panicking, stable, panic, wantStable, wantPanic, readyPods },
    });
  };

/** Tells of each decision that changes the desired scale: what it was made from, and why, in words. */
export const publishDecision =
  (bus: EventBus) =>
  (key: string, spec: Spec, made: Made, from: number): void => {
    const slash = key.indexOf('/');
    const { bounded, clamped } = bound(spec, made.desired, true);
    bus.publish({
      type: 'revision.decided',
      namespace: key.slice(0, slash),
      name: key.slice(slash + 1),
      data: { from, desired: made.desired, bounded, why: explain(spec, made, clamped), ...inputsOf(spec, made) },
    });
  };

interface Wakes {
  bus: EventBus;
  ownership: Ownership;
  deciders: Deciders;
  /** The name of this replica, for the answer. */
  replica: string;
}

/**
 * Answers `revision.wake`: one request is held for a revision without capacity. Only the owner of the bucket answers.
 * The request's stat comes by the stat stream as well; here it only makes the decision come now.
 */
export function serveWakes({ bus, ownership, deciders, replica }: Wakes): void {
  bus.subscribe('revision.wake', ({ namespace, name }) => {
    const key = `${namespace}/${name}`;
    if (!ownership.leads(key)) return undefined;
    const desired = deciders.poke(key, 1)?.state.desired;
    return Promise.resolve({ owner: replica, desired: desired ?? -1 });
  });
}

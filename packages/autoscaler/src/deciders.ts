import type { Clock } from '@ebb/shared/lib/clock.ts';
import { changed, decide, initialState, type State } from './core/decide.ts';
import type { Made } from './core/explain.ts';
import { isJump } from './core/jump.ts';
import type { Spec } from './core/spec.ts';
import type { Collections } from './stats/collections.ts';

/** One revision's decisions. `since`: when this process began to make them, ms. */
export interface Decider {
  readonly spec: Spec;
  readonly state: State;
  readonly since: number;
  readonly last?: Made;
  /** Which part of a tick period it is decided in. */
  readonly phase: number;
}

/** A tick period is cut into so many parts, so that thousands of decisions do not come all at once. */
export const phases = 20;

interface Options {
  clock: Clock;
  collections: Collections;
  readyPods: (key: string) => number;
  /** The PodAutoscaler is to be looked at again. */
  changed: (key: string) => void;
  /** Panic began or ended. */
  panicked: (key: string, made: Made) => void;
  /** The desired scale is another than it was. */
  decided: (key: string, spec: Spec, made: Made, from: number) => void;
}

/** One decider a revision of this process's bucket: every tick, and at once when poked (contract data-plane 3.6). */
export class Deciders {
  readonly #all = new Map<string, Decider>();
  readonly #o: Options;
  #created = 0;

  constructor(options: Options) {
    this.#o = options;
  }

  /** Creates or updates a revision's decider. */
  ensure(key: string, spec: Spec): Decider {
    const now = this.#o.clock.now();
    const decider = this.#all.get(key) ?? {
      spec,
      state: initialState(spec, this.#o.readyPods(key), now),
      since: now,
      phase: this.#created++ % phases,
    };
    const next = { ...decider, spec };
    this.#all.set(key, next);
    return next;
  }

  get(key: string): Decider | undefined {
    return this.#all.get(key);
  }

  entries(): Iterable<[string, Decider]> {
    return this.#all.entries();
  }

  /** The decision that is due every `tickMs`: for each revision, or for those of one phase. */
  tick(phase?: number): void {
    for (const [key, decider] of this.#all) if (phase === undefined || decider.phase === phase) this.#decide(key, 0);
  }

  /**
   * Load arrived: a revision at zero is decided at once, and so is one without pods that nothing was decided about yet (the
   * autoscaler has just started). With pods there the first decision waits for its tick, as in the contract. `held`: requests somebody tells of whose stat is still on
   * its way; they count for this decision and are not recorded, or they would count twice.
   */
  poke(key: string, held = 0): Decider | undefined {
    const desired = this.#all.get(key)?.state.desired ?? 1;
    if (desired === 0 || (desired < 0 && this.#o.readyPods(key) === 0)) this.#decide(key, held);
    return this.#all.get(key);
  }

  /** There are suddenly many more requests: decided at once, on what is in flight now. */
  jump(key: string): void {
    const decider = this.#all.get(key);
    if (!decider) return;
    const now = this.#o.clock.now();
    const level = this.#o.collections.level(key, now);
    const { stable = 0, panic = 0 } = this.#o.collections.averages(key, decider.spec, now);
    const jump = isJump(decider.spec, { readyPods: this.#o.readyPods(key), level, average: Math.max(stable, panic) });
    if (jump) this.#decide(key, level, true);
  }

  #decide(key: string, held: number, jump = false): void {
    const decider = this.#all.get(key);
    if (!decider) return;
    const { spec, state: before } = decider;
    const now = this.#o.clock.now();
    const readyPods = this.#o.readyPods(key);
    const averages = this.#o.collections.averages(key, spec, now);
    if (held > 0) {
      averages.stable = Math.max(held, averages.stable ?? 0);
      averages.panic = Math.max(held, averages.panic ?? 0);
    }
    const [state, decision] = decide(spec, before, { readyPods, ...averages, jump }, now);
    const last = { ...decision, ...averages, readyPods };
    this.#all.set(key, { ...decider, state, last });
    if ((before.panicSince === undefined) !== (state.panicSince === undefined)) this.#o.panicked(key, last);
    if (before.desired !== state.desired) this.#o.decided(key, spec, last, before.desired);
    if (changed(before, state)) this.#o.changed(key);
  }

  remove(key: string): void {
    this.#all.delete(key);
  }
}

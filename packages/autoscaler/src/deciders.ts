import type { Clock } from '@ebb/shared/lib/clock.ts';
import { changed, type Decision, decide, initialState, type State, tickMs } from './core/decide.ts';
import type { Spec } from './core/spec.ts';
import type { Collections } from './stats/collections.ts';

/** A decision with what it was made from. */
export interface Made extends Decision {
  stable?: number;
  panic?: number;
  readyPods: number;
}

interface Decider {
  spec: Spec;
  state: State;
  last?: Made;
}

interface Options {
  clock: Clock;
  collections: Collections;
  readyPods: (key: string) => number;
  /** The PodAutoscaler is to be looked at again. */
  changed: (key: string) => void;
  /** Told of every valid decision. */
  decided: (key: string, made: Made) => void;
}

/** One decider a revision of this process's buckets: every two seconds, and at once when poked. */
export class Deciders {
  readonly #all = new Map<string, Decider>();
  readonly #o: Options;
  readonly #timer: NodeJS.Timeout;

  constructor(options: Options) {
    this.#o = options;
    this.#timer = setInterval(() => {
      for (const key of this.#all.keys()) this.decide(key);
    }, tickMs);
  }

  /** Creates or updates a revision's decider and gives its state. */
  ensure(key: string, spec: Spec): State {
    const known = this.#all.get(key);
    if (known) {
      known.spec = spec;
      return known.state;
    }
    const state = initialState(spec, this.#o.readyPods(key), this.#o.clock.now());
    this.#all.set(key, { spec, state });
    return state;
  }

  last(key: string): Made | undefined {
    return this.#all.get(key)?.last;
  }

  specs(): Iterable<[string, Spec]> {
    return [...this.#all].map(([key, d]) => [key, d.spec] as [string, Spec]);
  }

  /** A stat with load arrived: a revision at zero is decided at once (contract data-plane 3.6, "poke"). */
  poke(key: string): void {
    if (this.#all.get(key)?.state.desired === 0) this.decide(key);
  }

  decide(key: string): State | undefined {
    const decider = this.#all.get(key);
    if (!decider) return undefined;
    const now = this.#o.clock.now();
    const readyPods = this.#o.readyPods(key);
    const averages = this.#o.collections.averages(key, decider.spec, now);
    const before = decider.state;
    const [state, decision] = decide(decider.spec, before, { readyPods, ...averages }, now);
    decider.state = state;
    decider.last = { ...decision, ...averages, readyPods };
    if (decision.valid) this.#o.decided(key, decider.last);
    if (changed(before, state)) this.#o.changed(key);
    return state;
  }

  remove(key: string): void {
    this.#all.delete(key);
  }

  clear(): void {
    this.#all.clear();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

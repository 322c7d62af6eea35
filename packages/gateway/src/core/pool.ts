import type { Target } from '@ebb/shared/proxy/forward.ts';
import type { Protocol } from './backend.ts';

/** How long an address that refused a connection is passed over while others are there. */
export const ejectionMs = 2000;

/** One address, and what is under way to it. It outlives its removal for as long as requests hold it. */
export interface Slot {
  readonly target: Target;
  outstanding: number;
  ejectedUntil: number;
}

/** The addresses of one backend. */
export class Pool {
  /** What all of them speak. */
  protocol: Protocol;
  #slots: Slot[] = [];
  #waiting: (() => void)[] = [];

  get size(): number {
    return this.#slots.length;
  }

  /** Takes over a new set of addresses; those that stay keep their counts. */
  update(targets: readonly Target[], protocol?: Protocol): void {
    this.protocol = protocol;
    const known = new Map(this.#slots.map((s) => [`${s.target.host} ${s.target.port}`, s]));
    this.#slots = targets.map((target) => known.get(`${target.host} ${target.port}`) ?? { target, outstanding: 0, ejectedUntil: 0 });
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Calls back at the next update. Returns the way to stop. */
  onceUpdated(wake: () => void): () => void {
    this.#waiting.push(wake);
    return () => {
      this.#waiting = this.#waiting.filter((w) => w !== wake);
    };
  }

  /**
   * The less loaded of two addresses drawn at random. Tried ones are left out, ejected ones are used only when there is
   * nothing else. `now` in ms, `random` uniform in [0, 1).
   */
  pick(now: number, random: () => number, tried?: ReadonlySet<Slot>): Slot | undefined {
    const open = (s: Slot) => s.ejectedUntil <= now && !tried?.has(s);
    const two = (from: Slot[]) => [draw(from, random), draw(from, random)] as const;
    let [a, b] = two(this.#slots);
    if (a && b && !(open(a) && open(b))) {
      const fit = this.#slots.filter(open);
      [a, b] = two(fit.length ? fit : this.#slots.filter((s) => !tried?.has(s)));
    }
    return a && b && b.outstanding < a.outstanding ? b : a;
  }
}

const draw = (from: readonly Slot[], random: () => number): Slot | undefined => from[Math.floor(random() * from.length)];

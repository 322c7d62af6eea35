/** What an activator sees of one cold start: milliseconds since its first request came. */
export interface Waterfall {
  /** The request waits. */
  held: number;
  /** The autoscaler was told. */
  poked?: number;
  /** The autoscaler answered the wake event. */
  woken?: number;
  /** A pod with an address was seen. */
  podSeen?: number;
  /** A pod answered its probe: what was held goes. */
  probed?: number;
  /** The head of the first response. */
  firstByte?: number;
}

export type Phase = keyof Waterfall;

/** Collects the phases of one cold start; the first of each counts. Times in ms. */
export class ColdStart {
  readonly #began: number;
  readonly #phases: Waterfall;

  constructor(now: number) {
    this.#began = now;
    this.#phases = { held: 0 };
  }

  mark(phase: Phase, now: number): void {
    this.#phases[phase] ??= Math.round(now - this.#began);
  }

  get waterfall(): Waterfall {
    return { ...this.#phases };
  }
}

/** Sums since the start; two of them give the averages of the time between. */
export interface Totals {
  /** Milliseconds of the clock. */
  at: number;
  /** Requests × milliseconds. */
  weighted: number;
  weightedProxied: number;
  arrived: number;
  arrivedProxied: number;
}

export interface Averages {
  averageConcurrentRequests: number;
  averageProxiedConcurrentRequests: number;
  /** Requests a second. */
  requestCount: number;
  proxiedRequestCount: number;
}

/**
 * Counts requests as the autoscaler wants to hear of them (contract data-plane 0.3): concurrency weighted by time, those
 * that came through an activator (proxied) also by themselves. Sums rather than windows, so any number of readers may
 * each have a window of their own.
 */
export class RequestStats {
  #now: Totals;
  #concurrency = 0;
  #proxied = 0;

  constructor(now: number) {
    this.#now = { at: now, weighted: 0, weightedProxied: 0, arrived: 0, arrivedProxied: 0 };
  }

  get concurrency(): number {
    return this.#concurrency;
  }

  get proxied(): number {
    return this.#proxied;
  }

  arrive(proxied: boolean, now: number): void {
    this.#advance(now);
    this.#concurrency++;
    this.#now.arrived++;
    if (!proxied) return;
    this.#proxied++;
    this.#now.arrivedProxied++;
  }

  leave(proxied: boolean, now: number): void {
    this.#advance(now);
    this.#concurrency--;
    if (proxied) this.#proxied--;
  }

  totals(now: number): Totals {
    this.#advance(now);
    return { ...this.#now };
  }

  #advance(now: number): void {
    const passed = now - this.#now.at;
    // A clock that was set back adds nothing.
    if (passed > 0) {
      this.#now.weighted += this.#concurrency * passed;
      this.#now.weightedProxied += this.#proxied * passed;
    }
    this.#now.at = now;
  }
}

/** The averages between two totals; zeros when no time passed. */
export function averages(from: Totals, to: Totals): Averages {
  const ms = to.at - from.at;
  const over = (amount: number, unit: number) => (ms > 0 ? amount / (ms / unit) : 0);
  return {
    averageConcurrentRequests: over(to.weighted - from.weighted, 1),
    averageProxiedConcurrentRequests: over(to.weightedProxied - from.weightedProxied, 1),
    requestCount: over(to.arrived - from.arrived, 1000),
    proxiedRequestCount: over(to.arrivedProxied - from.arrivedProxied, 1000),
  };
}

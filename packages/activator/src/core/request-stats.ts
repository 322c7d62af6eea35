/** What one revision had of this activator since the last report. */
interface State {
  concurrency: number;
  /** Requests × milliseconds since `since`. */
  weighted: number;
  since: number;
  changed: number;
  arrived: number;
  /** Whether the autoscaler was told at once, which the next report takes off again. */
  told: boolean;
}

export interface RevisionStat {
  key: string;
  /** Time-weighted mean over the report's window. */
  averageConcurrentRequests: number;
  /** Requests a second; may be negative, see `told`. */
  requestCount: number;
}

/** Counts requests by revision for the autoscaler (contract data-plane 2.8): queued and proxied alike. Times in ms. */
export class RequestStats {
  readonly #states = new Map<string, State>();

  /** Whether this is a revision without state: the autoscaler is to be told at once. */
  arrive(key: string, now: number): boolean {
    const known = this.#states.get(key);
    if (!known) {
      this.#states.set(key, { concurrency: 1, weighted: 0, since: now, changed: now, arrived: 1, told: false });
      return true;
    }
    this.#turn(known, now);
    known.concurrency++;
    known.arrived++;
    return false;
  }

  leave(key: string, now: number): void {
    const state = this.#states.get(key);
    if (!state) return;
    this.#turn(state, now);
    state.concurrency--;
  }

  /** Whether the autoscaler heard of the revision at once since the last report. */
  wasTold(key: string): boolean {
    return this.#states.get(key)?.told ?? false;
  }

  /** It just did: the next report takes that request off again. */
  told(key: string): void {
    const state = this.#states.get(key);
    if (state) state.told = true;
  }

  /** The revisions that have requests now. */
  busy(): string[] {
    return [...this.#states].filter(([, s]) => s.concurrency > 0).map(([key]) => key);
  }

  /** The stats since the last report; forgets revisions that had none of the time anything. */
  report(now: number): RevisionStat[] {
    const out: RevisionStat[] = [];
    for (const [key, state] of this.#states) {
      if (now <= state.since) continue;
      this.#turn(state, now);
      const extra = state.told ? 1 : 0;
      const average = state.weighted / (now - state.since);
      const rate = state.arrived / ((now - state.since) / 1000);
      out.push({ key, averageConcurrentRequests: Math.max(0, average - extra), requestCount: rate - extra });
      if (average === 0 && state.concurrency === 0) this.#states.delete(key);
      Object.assign(state, { weighted: 0, since: now, arrived: 0, told: false });
    }
    return out;
  }

  #turn(state: State, now: number): void {
    state.weighted += state.concurrency * (now - state.changed);
    state.changed = now;
  }
}

/** What one revision had of this activator since the last report. */
interface State {
  concurrency: number;
  /** Requests × milliseconds, since `since` and in all. */
  weighted: number;
  sum: number;
  since: number;
  changed: number;
  arrived: number;
  /** Whether the autoscaler was told at once, which the next report takes off again. */
  told: boolean;
  /** Requests the autoscaler was last told of. */
  level: number;
}

export interface RevisionStat {
  key: string;
  /** Time-weighted mean over the report's window. */
  averageConcurrentRequests: number;
  /** Requests a second; may be negative, see `told`. */
  requestCount: number;
}

const jumped = (current: number, level: number): boolean => current > 2 * level + 1;
/** A jump goes on while each moment has a tenth more than the one before. */
const goesOn = (current: number, level: number): boolean => current > 1.1 * level + 1;

/** Counts requests by revision for the autoscaler (contract data-plane 2.8): queued and proxied alike. Times in ms. */
export class RequestStats {
  readonly #states = new Map<string, State>();

  /** Whether this is a revision without state: the autoscaler is to be told at once. */
  arrive(key: string, now: number): boolean {
    const known = this.#states.get(key);
    if (!known) {
      this.#states.set(key, { concurrency: 1, weighted: 0, sum: 0, since: now, changed: now, arrived: 1, told: false, level: 0 });
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

  /** Whether a revision has far more requests than the autoscaler was last told of. */
  jumps(key: string): boolean {
    const state = this.#states.get(key);
    return state !== undefined && jumped(state.concurrency, state.level);
  }

  /** Requests × milliseconds so far: the difference of two gives the mean between. */
  sum(key: string, now: number): number {
    const state = this.#states.get(key);
    if (!state) return 0;
    this.#turn(state, now);
    return state.sum;
  }

  /** Whether `current` requests (a mean) are a jump, or more of one (`rising`); the autoscaler is then told of them. */
  toldJump(key: string, current: number, rising = false): boolean {
    const state = this.#states.get(key);
    if (!state || !(rising ? goesOn : jumped)(current, state.level)) return false;
    state.level = current;
    return true;
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
      Object.assign(state, { weighted: 0, since: now, arrived: 0, told: false, level: average });
    }
    return out;
  }

  #turn(state: State, now: number): void {
    const passed = state.concurrency * (now - state.changed);
    state.weighted += passed;
    state.sum += passed;
    state.changed = now;
  }
}

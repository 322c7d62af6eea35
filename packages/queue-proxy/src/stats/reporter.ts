import type { Stat } from '@ebb/shared/proto/gen/stats.ts';
import { averages, type RequestStats, type Totals } from '../core/stats.ts';

/** How often the snapshot for scrapers is replaced, and the shortest and usual period of a watch. */
const snapshotMs = 1000;
const shortestMs = 100;

/** A jump is told of after so long, as the mean of it: a burst of a few milliseconds is none. */
const jumpMs = 50;

interface Watcher {
  from: Totals;
  push: (stat: Stat) => void;
}

/** Makes Stats of what was counted: a snapshot a second, and for each watcher one per period and one at a jump. */
export class Reporter {
  readonly #stats: RequestStats;
  readonly #now: () => number;
  readonly #pod: string;
  readonly #began: number;
  readonly #watchers = new Set<Watcher>();
  readonly #timer: NodeJS.Timeout;
  #from: Totals;
  #snapshot: Stat;
  /** Requests of its own (not proxied) that watchers were last told of. */
  #level = 0;
  #rising?: NodeJS.Timeout;

  constructor(stats: RequestStats, now: () => number, pod: string) {
    this.#stats = stats;
    this.#now = now;
    this.#pod = pod;
    this.#began = now();
    this.#from = stats.totals(this.#began);
    // Before the first report there is nothing but the pod's name (contract data-plane 1.13).
    this.#snapshot = { ...zero, podName: pod };
    this.#timer = setInterval(() => {
      const to = stats.totals(now());
      this.#snapshot = this.#stat(this.#from, to);
      this.#level = ownOf(this.#snapshot);
      this.#from = to;
    }, snapshotMs).unref();
  }

  get snapshot(): Stat {
    return this.#snapshot;
  }

  /** Pushes a Stat each period (0: a second) until the returned function is called. */
  watch(periodMs: number, push: (stat: Stat) => void): () => void {
    const watcher: Watcher = { from: this.#stats.totals(this.#now()), push };
    this.#watchers.add(watcher);
    const timer = setInterval(
      () => {
        const to = this.#stats.totals(this.#now());
        const stat = this.#stat(watcher.from, to);
        watcher.from = to;
        push(stat);
      },
      periodMs === 0 ? snapshotMs : Math.max(periodMs, shortestMs),
    ).unref();
    return () => {
      clearInterval(timer);
      this.#watchers.delete(watcher);
    };
  }

  /** A request came. When there are far more than was last told, watchers hear of it now, not at the end of their period. */
  arrived(): void {
    if (this.#rising || this.#stats.concurrency - this.#stats.proxied <= 2 * this.#level + 1) return;
    const from = this.#stats.totals(this.#now());
    this.#rising = setTimeout(() => {
      this.#rising = undefined;
      const current = ownOf(this.#stat(from, this.#stats.totals(this.#now())));
      if (current <= 2 * this.#level + 1) return;
      this.#level = current;
      for (const { push } of this.#watchers) push({ ...zero, podName: this.#pod, currentConcurrentRequests: current });
    }, jumpMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#rising);
  }

  #stat(from: Totals, to: Totals): Stat {
    // The receiver stamps the time (contract data-plane 0.3).
    return { podName: this.#pod, ...averages(from, to), processUptime: (to.at - this.#began) / 1000, timestamp: 0 };
  }
}

const ownOf = (stat: Stat): number => stat.averageConcurrentRequests - stat.averageProxiedConcurrentRequests;

const zero: Stat = {
  podName: '',
  averageConcurrentRequests: 0,
  averageProxiedConcurrentRequests: 0,
  requestCount: 0,
  proxiedRequestCount: 0,
  processUptime: 0,
  timestamp: 0,
};

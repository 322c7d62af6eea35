import type { Stat } from '@ebb/shared/proto/gen/stats.ts';
import { averages, type RequestStats, type Totals } from '../core/stats.ts';

/** How often the snapshot for scrapers is replaced, and the shortest and usual period of a watch. */
const snapshotMs = 1000;
const shortestMs = 100;

interface Watcher {
  from: Totals;
  /** Whether its last stat said that there was nothing. */
  idle: boolean;
  push: (stat: Stat) => void;
}

/** Makes Stats of what was counted: a snapshot a second, and for each watcher one per period and one at a jump from idle. */
export class Reporter {
  readonly #stats: RequestStats;
  readonly #now: () => number;
  readonly #pod: string;
  readonly #began: number;
  readonly #watchers = new Set<Watcher>();
  readonly #timer: NodeJS.Timeout;
  #from: Totals;
  #snapshot: Stat;

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
      this.#from = to;
    }, snapshotMs).unref();
  }

  get snapshot(): Stat {
    return this.#snapshot;
  }

  /** Pushes a Stat each period (0: a second) until the returned function is called. */
  watch(periodMs: number, push: (stat: Stat) => void): () => void {
    const watcher: Watcher = { from: this.#stats.totals(this.#now()), idle: true, push };
    this.#watchers.add(watcher);
    const timer = setInterval(
      () => {
        const to = this.#stats.totals(this.#now());
        const stat = this.#stat(watcher.from, to);
        watcher.from = to;
        watcher.idle = stat.averageConcurrentRequests === 0 && this.#stats.concurrency === 0;
        push(stat);
      },
      periodMs === 0 ? snapshotMs : Math.max(periodMs, shortestMs),
    ).unref();
    return () => {
      clearInterval(timer);
      this.#watchers.delete(watcher);
    };
  }

  /** A request ended an idle time: watchers that think nobody is here hear of it now, not at the end of their period. */
  jumped(): void {
    for (const watcher of this.#watchers) {
      if (!watcher.idle) continue;
      watcher.idle = false;
      const stat = this.#stat(watcher.from, this.#stats.totals(this.#now()));
      stat.averageConcurrentRequests = Math.max(stat.averageConcurrentRequests, this.#stats.concurrency);
      stat.averageProxiedConcurrentRequests = Math.max(stat.averageProxiedConcurrentRequests, this.#stats.proxied);
      watcher.push(stat);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #stat(from: Totals, to: Totals): Stat {
    // The receiver stamps the time (contract data-plane 0.3).
    return { podName: this.#pod, ...averages(from, to), processUptime: (to.at - this.#began) / 1000, timestamp: 0 };
  }
}

const zero: Stat = {
  podName: '',
  averageConcurrentRequests: 0,
  averageProxiedConcurrentRequests: 0,
  requestCount: 0,
  proxiedRequestCount: 0,
  processUptime: 0,
  timestamp: 0,
};

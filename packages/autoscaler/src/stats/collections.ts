import type { Stat } from '@ebb/shared/proto/gen/stats.ts';
import type { Spec } from '../core/spec.ts';
import { Window } from '../core/window.ts';

interface Pair {
  stable: Window;
  panic: Window;
}

type Load = Pick<
  Stat,
  'averageConcurrentRequests' | 'averageProxiedConcurrentRequests' | 'requestCount' | 'proxiedRequestCount' | 'timestamp'
>;

const seconds = (ms: number): number => Math.ceil(ms / 1000);

/** The metric windows of each revision: what activators and pods report, summed by second (contract data-plane 3.4). */
export class Collections {
  readonly #all = new Map<string, { concurrency: Pair; rps: Pair }>();

  /** Creates or resizes a revision's windows; true when they are new. */
  ensure(key: string, spec: Spec): boolean {
    const stable = seconds(spec.stableWindowMs);
    const panic = seconds(spec.panicWindowMs);
    const known = this.#all.get(key);
    if (!known) {
      const pair = () => ({ stable: new Window(stable), panic: new Window(panic) });
      this.#all.set(key, { concurrency: pair(), rps: pair() });
      return true;
    }
    for (const pair of [known.concurrency, known.rps]) {
      pair.stable.resize(stable);
      pair.panic.resize(panic);
    }
    return false;
  }

  has(key: string): boolean {
    return this.#all.has(key);
  }

  /**
   * Adds a stat at its own second, or at `now` (ms) when it has none. Proxied requests are the activators' to report:
   * they are taken off a pod's own. What is not a number, or of a revision nobody asked for, is dropped.
   */
  record(key: string, stat: Load, now: number): void {
    const pairs = this.#all.get(key);
    const concurrency = stat.averageConcurrentRequests - stat.averageProxiedConcurrentRequests;
    const rps = stat.requestCount - stat.proxiedRequestCount;
    if (!pairs || !Number.isFinite(concurrency) || !Number.isFinite(rps)) return;
    const present = Math.floor(now / 1000);
    // A clock that is ahead must not make what comes after it look old.
    const second = stat.timestamp > 0 ? Math.min(stat.timestamp, present) : present;
    for (const [pair, value] of [
      [pairs.concurrency, concurrency],
      [pairs.rps, rps],
    ] as const) {
      pair.stable.record(second, value);
      pair.panic.record(second, value);
    }
  }

  /** The stable and panic averages; absent without data. A revision that is never scraped (burst capacity -1) always has some. */
  averages(key: string, spec: Spec, now: number): { stable?: number; panic?: number } {
    const pair = this.#all.get(key)?.[spec.metric];
    if (!pair) return {};
    const second = Math.floor(now / 1000);
    if (pair.stable.isEmpty(second)) return spec.targetBurstCapacity === -1 ? { stable: 0, panic: 0 } : {};
    return { stable: pair.stable.average(second, spec.algorithm), panic: pair.panic.average(second, spec.algorithm) };
  }

  remove(key: string): void {
    this.#all.delete(key);
  }

  clear(): void {
    this.#all.clear();
  }
}

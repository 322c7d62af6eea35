import type { Stat } from '@ebb/shared/proto/gen/stats.ts';
import type { Spec } from '../core/spec.ts';
import { Window } from '../core/window.ts';

interface Collection {
  concurrency: { stable: Window; panic: Window };
  rps: { stable: Window; panic: Window };
}

const seconds = (ms: number): number => Math.ceil(ms / 1000);

/** The metric windows of each revision: what activators and pods report, summed by second of arrival (contract 3.4). */
export class Collections {
  readonly #all = new Map<string, Collection>();

  ensure(key: string, spec: Spec): void {
    const stable = seconds(spec.stableWindowMs);
    const panic = seconds(spec.panicWindowMs);
    const known = this.#all.get(key);
    if (!known) {
      const pair = () => ({ stable: new Window(stable), panic: new Window(panic) });
      this.#all.set(key, { concurrency: pair(), rps: pair() });
      return;
    }
    for (const pair of [known.concurrency, known.rps]) {
      pair.stable.resize(stable);
      pair.panic.resize(panic);
    }
  }

  has(key: string): boolean {
    return this.#all.has(key);
  }

  /** `now` in ms. Proxied requests are the activators' to report: they are taken off a pod's own (contract 3.4). */
  record(
    key: string,
    stat: Pick<Stat, 'averageConcurrentRequests' | 'averageProxiedConcurrentRequests' | 'requestCount' | 'proxiedRequestCount'>,
    now: number,
  ): void {
    const c = this.#all.get(key);
    if (!c) return;
    const second = Math.floor(now / 1000);
    const concurrency = stat.averageConcurrentRequests - stat.averageProxiedConcurrentRequests;
    const rps = stat.requestCount - stat.proxiedRequestCount;
    c.concurrency.stable.record(second, concurrency);
    c.concurrency.panic.record(second, concurrency);
    c.rps.stable.record(second, rps);
    c.rps.panic.record(second, rps);
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

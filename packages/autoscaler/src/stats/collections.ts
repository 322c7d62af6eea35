import type { Stat } from '@ebb/shared/proto/gen/stats.ts';
import type { Spec } from '../core/spec.ts';
import { Window } from '../core/window.ts';
import type { Dropped } from '../telemetry.ts';

interface Pair {
  stable: Window;
  panic: Window;
}

type Load = Pick<
  Stat,
  'averageConcurrentRequests' | 'averageProxiedConcurrentRequests' | 'requestCount' | 'proxiedRequestCount' | 'timestamp'
>;

interface Collection extends Pair {
  /** What the windows hold: a revision is scaled by one metric. */
  metric: Spec['metric'];
  /** What each source said last: requests in flight, and when, ms. */
  levels: Map<string, { value: number; at: number }>;
}

/** A source that is silent for longer says nothing about now, ms. */
const levelMs = 2_500;
/** More sources than any installation has activators. */
const maxSources = 1_000;

const seconds = (ms: number): number => Math.ceil(ms / 1000);

/** The metric windows of each revision: what activators and pods report, summed by second (contract data-plane 3.4). */
export class Collections {
  readonly #all = new Map<string, Collection>();

  /** Creates or resizes a revision's windows; true when it had none. */
  ensure(key: string, spec: Spec): boolean {
    const stable = seconds(spec.stableWindowMs);
    const panic = seconds(spec.panicWindowMs);
    const known = this.#all.get(key);
    if (known?.metric === spec.metric) {
      known.stable.resize(stable);
      known.panic.resize(panic);
    } else {
      this.#all.set(key, { metric: spec.metric, stable: new Window(stable), panic: new Window(panic), levels: new Map() });
    }
    return known === undefined;
  }

  has(key: string): boolean {
    return this.#all.has(key);
  }

  /**
   * Adds a stat at its own second, or at `now` (ms) when it has none. Proxied requests are the activators' to report:
   * they are taken off a pod's own. Says why it was dropped, if it was.
   */
  record(key: string, stat: Load & { podName?: string }, now: number): Dropped | undefined {
    const own = this.#all.get(key);
    const concurrency = stat.averageConcurrentRequests - stat.averageProxiedConcurrentRequests;
    const rps = stat.requestCount - stat.proxiedRequestCount;
    if (!own) return 'unknown revision';
    if (!Number.isFinite(concurrency) || !Number.isFinite(rps)) return 'garbage';
    const present = Math.floor(now / 1000);
    // A clock that is ahead must not make what comes after it look old.
    const second = stat.timestamp > 0 ? Math.min(stat.timestamp, present) : present;
    const value = own.metric === 'rps' ? rps : concurrency;
    if (!own.stable.record(second, value)) return 'late';
    own.panic.record(second, value);
    this.setLevel(key, stat.podName ?? '', concurrency, now);
    return undefined;
  }

  /** Takes what a source has in flight now, without recording it. */
  setLevel(key: string, source: string, value: number, now: number): void {
    const levels = this.#all.get(key)?.levels;
    if (!levels || !Number.isFinite(value)) return;
    for (const [other, { at }] of levels) if (now - at > levelMs) levels.delete(other);
    if (levels.size < maxSources || levels.has(source)) levels.set(source, { value, at: now });
  }

  /** What all sources together have in flight, as far as they said lately. */
  level(key: string, now: number): number {
    let sum = 0;
    for (const { value, at } of this.#all.get(key)?.levels.values() ?? []) if (now - at <= levelMs) sum += value;
    return sum;
  }

  /** The stable and panic averages; absent without data. A revision that is never scraped (burst capacity -1) always has some. */
  averages(key: string, spec: Spec, now: number): { stable?: number; panic?: number } {
    const pair = this.#all.get(key);
    if (pair?.metric !== spec.metric) return {};
    const second = Math.floor(now / 1000);
    if (pair.stable.isEmpty(second)) return spec.targetBurstCapacity === -1 ? { stable: 0, panic: 0 } : {};
    return { stable: pair.stable.average(second, spec.algorithm), panic: pair.panic.average(second, spec.algorithm) };
  }

  remove(key: string): void {
    this.#all.delete(key);
  }
}

export type Lane = 'fast' | 'slow';

interface Options {
  workers: number;
  /** Handles one key; its rejection is the caller's own affair: it must not reject. */
  handle: (key: string) => Promise<void>;
  /** How long a key waited that is now handled, seconds. */
  waited?: (seconds: number) => void;
  /** A key that failed will come again. */
  retried?: () => void;
}

/** Retries of all keys together: so many a second, and so many at once before that (contract control-plane 0.4). */
const retriesPerSecond = 10;
const retryBurst = 100;

/**
 * A work queue: a key waits at most once, is never handled twice at the same time, and one that is added while it is
 * handled comes again afterwards. Whole resyncs go to the slow lane, which is served when the fast one is empty, and at
 * least every fourth time (contract control-plane 0.4: two lanes, rate-limited retries).
 */
export class WorkQueue {
  readonly #options: Options;
  /** Since when each key waits, and is handled, by performance.now(). */
  readonly #lanes: Record<Lane, Map<string, number>> = { fast: new Map(), slow: new Map() };
  readonly #active = new Map<string, number>();
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, { at: number; timer: NodeJS.Timeout }>();
  readonly #failures = new Map<string, number>();
  /** When the next retry may come at the earliest if the burst is used up, by performance.now(). */
  #retryAt = -Infinity;
  #served = 0;
  #stopped = false;
  #idle?: () => void;

  constructor(options: Options) {
    this.#options = options;
  }

  get depth(): number {
    return this.#lanes.fast.size + this.#lanes.slow.size;
  }

  /** When what is being handled was begun, by performance.now(). */
  handledSince(): number[] {
    return [...this.#active.values()];
  }

  add(key: string, lane: Lane = 'fast'): void {
    if (this.#stopped) return;
    if (this.#active.has(key)) {
      this.#again.add(key);
      return;
    }
    if (lane === 'slow' && this.#lanes.fast.has(key)) return;
    const since = this.#lanes.slow.get(key) ?? this.#lanes.fast.get(key) ?? performance.now();
    if (lane === 'fast') this.#lanes.slow.delete(key);
    this.#lanes[lane].set(key, since);
    this.#pump();
  }

  /** Adds a key after `ms`; an earlier time that was asked for already stays. */
  addAfter(key: string, ms: number): void {
    if (this.#stopped) return;
    const at = performance.now() + ms;
    const known = this.#timers.get(key);
    if (known && known.at <= at) return;
    clearTimeout(known?.timer);
    const timer = setTimeout(
      () => {
        this.#timers.delete(key);
        this.add(key);
      },
      Math.min(Math.max(0, ms), 2 ** 31 - 1),
    );
    this.#timers.set(key, { at, timer });
  }

  /** Adds a key that failed: after 5 ms, doubling up to 1000 s; later when very many fail. */
  addFailed(key: string): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.#options.retried?.();
    const now = performance.now();
    this.#retryAt = Math.max(this.#retryAt, now - (retryBurst * 1000) / retriesPerSecond) + 1000 / retriesPerSecond;
    this.addAfter(key, Math.max(this.#retryAt - now, Math.min(1_000_000, 5 * 2 ** (failures - 1))));
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** Takes nothing more and resolves when what is being handled is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#lanes.fast.clear();
    this.#lanes.slow.clear();
    if (this.#active.size > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
  }

  #pump(): void {
    while (this.#active.size < this.#options.workers) {
      const lane: Lane = this.#lanes.fast.size > 0 && !(this.#served % 4 === 3 && this.#lanes.slow.size > 0) ? 'fast' : 'slow';
      const next = this.#lanes[lane].entries().next().value;
      if (next === undefined) return;
      const [key, since] = next;
      const now = performance.now();
      this.#lanes[lane].delete(key);
      this.#served++;
      this.#active.set(key, now);
      this.#options.waited?.((now - since) / 1000);
      void this.#handle(key);
    }
  }

  async #handle(key: string): Promise<void> {
    try {
      await this.#options.handle(key);
    } finally {
      this.#active.delete(key);
      if (this.#again.delete(key)) this.add(key);
      this.#pump();
      if (this.#active.size === 0) this.#idle?.();
    }
  }
}

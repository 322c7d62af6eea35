/**
 * The quiet period before the end (contract data-plane 1.9): from its begin, probes fail, and it is over when no
 * request arrived for `quietMs`. Several callers share one.
 */
export class Drain {
  readonly #quietMs: number;
  #state: 'serving' | 'draining' | 'quiet' = 'serving';
  #timer: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];

  constructor(quietMs: number) {
    this.#quietMs = quietMs;
  }

  get draining(): boolean {
    return this.#state !== 'serving';
  }

  /** A request that is no probe came: the quiet period starts again. */
  arrived(): void {
    this.#timer?.refresh();
  }

  /** Resolves when the quiet period is over, or the drain was reset. */
  begin(): Promise<void> {
    if (this.#state === 'quiet') return Promise.resolve();
    this.#state = 'draining';
    this.#timer ??= setTimeout(() => this.#end('quiet'), this.#quietMs);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** It was a false alarm: probes succeed again. */
  reset(): void {
    this.#end('serving');
  }

  #end(state: 'serving' | 'quiet'): void {
    this.#state = state;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export type Admission = 'admitted' | 'full' | 'cancelled';

/**
 * Admits `limit` at a time and queues ten times as many, in order of arrival (contract data-plane 1.6). Whoever was
 * admitted calls `release` once.
 */
export class Limiter {
  readonly #limit: number;
  readonly #waiting = new Set<(admission: Admission) => void>();
  #executing = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Executing and queued. */
  get depth(): number {
    return this.#executing + this.#waiting.size;
  }

  /** `signal` gives the place in the queue up. */
  acquire(signal: AbortSignal): Admission | Promise<Admission> {
    if (signal.aborted) return 'cancelled';
    if (this.#executing < this.#limit) {
      this.#executing++;
      return 'admitted';
    }
    if (this.#waiting.size >= 10 * this.#limit) return 'full';
    return new Promise((resolve) => {
      const cancel = () => decide('cancelled');
      const decide = (admission: Admission) => {
        this.#waiting.delete(decide);
        signal.removeEventListener('abort', cancel);
        resolve(admission);
      };
      this.#waiting.add(decide);
      signal.addEventListener('abort', cancel);
    });
  }

  release(): void {
    const [next] = this.#waiting;
    // The slot goes from one to the other, so nobody who comes now can take it.
    if (next) next('admitted');
    else this.#executing--;
  }
}

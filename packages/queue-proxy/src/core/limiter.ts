/** Whoever wants in, and may go away while waiting. */
export interface Waiter {
  readonly cancelled: boolean;
  onCancel(listener: () => void): void;
  offCancel(listener: () => void): void;
}

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

  /** A waiter that is cancelled gives its place in the queue up. */
  acquire(waiter: Waiter): Admission | Promise<Admission> {
    if (waiter.cancelled) return 'cancelled';
    if (this.#executing < this.#limit) {
      this.#executing++;
      return 'admitted';
    }
    if (this.#waiting.size >= 10 * this.#limit) return 'full';
    return new Promise((resolve) => {
      const cancel = () => decide('cancelled');
      const decide = (admission: Admission) => {
        this.#waiting.delete(decide);
        waiter.offCancel(cancel);
        resolve(admission);
      };
      this.#waiting.add(decide);
      waiter.onCancel(cancel);
    });
  }

  release(): void {
    const [next] = this.#waiting;
    // The slot goes from one to the other, so nobody who comes now can take it.
    if (next) next('admitted');
    else this.#executing--;
  }
}

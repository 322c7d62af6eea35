import type { Assignment } from './capacity.ts';
import { type Policy, policyFor, type Tracker } from './policy.ts';

/** Requests that may wait for one revision; each holds a connection, so this bounds memory for every concurrency. */
const queueDepth = 10_000;

/** Why a request was not admitted: `queueFull` is the client's to retry (503), `gone` is a deleted revision (500). */
export class Refused extends Error {
  readonly reason: 'queueFull' | 'gone' | 'aborted';

  constructor(reason: Refused['reason']) {
    super({ queueFull: 'pending request queue full', gone: 'the revision was deleted', aborted: 'context canceled' }[reason]);
    this.reason = reason;
  }
}

/** A place at a destination, to be given back once. */
export interface Lease {
  readonly dest: string;
  release(): void;
}

/** Who waits: leaves the queue when it is called off. */
export interface Cancellable {
  readonly cancelled: boolean;
  onCancel(listener: () => void): void;
  offCancel(listener: () => void): void;
}

interface Waiter {
  admit(lease: Lease): void;
  refuse(error: Refused): void;
}

/**
 * Who of a revision's requests may go where (contract data-plane 2.4). Requests wait in order until there is capacity and a
 * destination with room. Counts of a destination survive updates that keep it.
 */
export class Throttle {
  readonly #policy: Policy;
  readonly #waiters = new Set<Waiter>();
  readonly #trackers = new Map<string, Tracker>();
  #assigned: Tracker[] = [];
  #capacity = 0;
  #inFlight = 0;
  #closed = false;

  constructor(containerConcurrency: number, random: () => number) {
    this.#policy = policyFor(containerConcurrency, random);
  }

  get capacity(): number {
    return this.#capacity;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** New destinations and capacity; whoever waits and fits goes at once. */
  update({ dests, capacity, perDest }: Assignment): void {
    for (const [dest, tracker] of this.#trackers) if (!dests.includes(dest) && tracker.inFlight === 0) this.#trackers.delete(dest);
    this.#assigned = dests.map((dest) => {
      const tracker = this.#trackers.get(dest) ?? { dest, limit: perDest, inFlight: 0 };
      tracker.limit = perDest;
      this.#trackers.set(dest, tracker);
      return tracker;
    });
    this.#capacity = capacity;
    this.#drain();
  }

  /** A place now, or undefined when the request would have to wait. */
  tryAcquire(): Lease | undefined {
    return this.#waiters.size > 0 || this.#closed ? undefined : this.#take();
  }

  /** Waits for a place. Rejects with `Refused`. */
  acquire(who: Cancellable): Promise<Lease> {
    const lease = this.tryAcquire();
    if (lease) return Promise.resolve(lease);
    if (this.#closed) return Promise.reject(new Refused('gone'));
    if (who.cancelled) return Promise.reject(new Refused('aborted'));
    if (this.#waiters.size >= queueDepth) return Promise.reject(new Refused('queueFull'));
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiters.delete(waiter);
        who.offCancel(onCancel);
      };
      const onCancel = () => waiter.refuse(new Refused('aborted'));
      const waiter: Waiter = {
        admit: (given) => {
          leave();
          resolve(given);
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      this.#waiters.add(waiter);
      who.onCancel(onCancel);
    });
  }

  /** The revision is gone: nobody waits any more, nobody is admitted. */
  close(): void {
    this.#closed = true;
    for (const waiter of [...this.#waiters]) waiter.refuse(new Refused('gone'));
  }

  #take(): Lease | undefined {
    if (this.#inFlight >= this.#capacity) return undefined;
    const tracker = this.#policy(this.#assigned);
    if (!tracker) return undefined;
    tracker.inFlight++;
    this.#inFlight++;
    let held = true;
    const release = () => {
      if (!held) return;
      held = false;
      tracker.inFlight--;
      this.#inFlight--;
      if (tracker.inFlight === 0 && !this.#assigned.includes(tracker)) this.#trackers.delete(tracker.dest);
      this.#drain();
    };
    return { dest: tracker.dest, release };
  }

  #drain(): void {
    for (const waiter of this.#waiters) {
      const lease = this.#take();
      if (!lease) return;
      waiter.admit(lease);
    }
  }
}

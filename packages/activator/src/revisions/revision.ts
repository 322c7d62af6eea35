import type { Clock } from '@ebb/shared/lib/clock.ts';
import { Prober, type ProberOptions } from '../backends/prober.ts';
import type { Candidate, Nature } from '../core/candidates.ts';
import { assign, type Backends, type Place, placeAmong } from '../core/capacity.ts';
import { ColdStart, type Phase } from '../core/cold-start.ts';
import { type Cancellable, type Lease, Throttle } from '../core/throttle.ts';

export interface RevisionOptions {
  namespace: string;
  name: string;
  nature: Nature;
  /** Own address, to find this activator's place. */
  podIP: string;
  clock: Clock;
  prober: Omit<ProberOptions, 'changed'>;
  /** The first request without capacity is held: wake the revision. `mark` records what came of it. */
  onHeld: (revision: ActivatedRevision) => void;
  onColdStart: (revision: ActivatedRevision, coldStart: ColdStart) => void;
}

/** A place at a destination; `answered`, if there is one, is to be called at the first response head. */
export interface Admission {
  lease: Lease;
  answered: (() => void) | undefined;
}

/** One revision as this activator sees it: who waits, which pods serve, and the cold start under way. */
export class ActivatedRevision {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  readonly nature: Nature;
  readonly throttle: Throttle;
  readonly #o: RevisionOptions;
  readonly #prober: Prober;
  #backends: Backends = { mode: 'pods', healthy: [] };
  #place: Place = { index: -1, activators: 0 };
  #candidates: readonly Candidate[] = [];
  #cold?: ColdStart;

  constructor(options: RevisionOptions) {
    this.#o = options;
    this.namespace = options.namespace;
    this.name = options.name;
    this.key = `${options.namespace}/${options.name}`;
    this.nature = options.nature;
    this.throttle = new Throttle(options.nature.containerConcurrency, Math.random);
    this.#prober = new Prober({ ...options.prober, changed: (backends) => this.#serve(backends) });
  }

  /** A place now, or undefined when the request would have to wait. */
  tryAcquire(): Admission | undefined {
    const lease = this.throttle.tryAcquire();
    return lease && { lease, answered: undefined };
  }

  /** Waits for a place. Rejects with `Refused`. */
  async acquire(who: Cancellable): Promise<Admission> {
    const now = this.tryAcquire();
    if (now) return now;
    if (this.throttle.capacity === 0) this.#hold();
    const cold = this.#cold;
    const waiting = this.throttle.acquire(who);
    this.#prober.eager = true;
    try {
      return { lease: await waiting, answered: cold && (() => this.#answered(cold)) };
    } finally {
      if (this.throttle.waiting === 0) {
        this.#prober.eager = false;
        // Nobody waited long enough to see it through.
        if (this.throttle.capacity === 0) this.#cold = undefined;
      }
    }
  }

  /** Pods that may serve, as Kubernetes has them now. */
  candidates(candidates: readonly Candidate[]): void {
    this.#candidates = candidates;
    this.#markCandidates();
    this.#prober.update(candidates);
  }

  /** A phase of the cold start that is under way, if one is; `agoMs` when it was reached so long ago. */
  mark(phase: Phase, agoMs = 0): void {
    this.#cold?.mark(phase, this.#o.clock.now() - agoMs);
  }

  /** The ready addresses in front of the revision. */
  inFront(addresses: readonly string[]): void {
    const place = placeAmong(addresses, this.#o.podIP, this.#place);
    if (place.index === this.#place.index && place.activators === this.#place.activators) return;
    this.#place = place;
    this.#assign();
  }

  /** Nothing of a request can have reached this destination. */
  suspect(dest: string): void {
    this.#prober.suspect(dest);
  }

  close(): void {
    this.#prober.stop();
    this.throttle.close();
  }

  #hold(): void {
    if (this.#cold && this.#cold.waterfall.probed === undefined) return;
    this.#cold = new ColdStart(this.#o.clock.now());
    this.#markCandidates();
    this.#o.onHeld(this);
  }

  #markCandidates(): void {
    for (const { announced } of this.#candidates) this.mark(announced ? 'announced' : 'addressed');
  }

  #serve(backends: Backends): void {
    this.#backends = backends;
    if (backends.mode === 'clusterIP' || backends.healthy.length > 0) this.mark('probed');
    this.#assign();
  }

  #assign(): void {
    this.throttle.update(assign(this.nature.containerConcurrency, this.#backends, this.#place));
  }

  #answered(cold: ColdStart): void {
    if (cold !== this.#cold) return;
    this.mark('firstByte');
    this.#cold = undefined;
    this.#o.onColdStart(this, cold);
  }
}

import type { Clock } from '@ebb/shared/lib/clock.ts';
import type { WireStatMessage } from '@ebb/shared/proto/gen/stats.ts';
import { RequestStats, type RevisionStat } from '../core/request-stats.ts';

export interface ReporterOptions {
  podName: string;
  clock: Clock;
  /** Sends at once; false when it could not. */
  send: (messages: WireStatMessage[]) => boolean;
  /** Told of each revision's part of a report. */
  reported?: (stat: RevisionStat) => void;
}

const periodMs = 1_000;
/** A jump is told of after so long, as the mean of it: a burst of a few milliseconds is none. */
const jumpMs = 50;

/** Counts requests and tells the autoscaler: every second of all, at once of a revision's first and of a jump (contract data-plane 2.8). */
export class Reporter {
  readonly #o: ReporterOptions;
  readonly #stats = new RequestStats();
  readonly #timer: NodeJS.Timeout;
  /** Jumps that are being looked at, by revision. */
  readonly #jumps = new Map<string, NodeJS.Timeout>();

  constructor(options: ReporterOptions) {
    this.#o = options;
    this.#timer = setInterval(() => this.report(), periodMs);
  }

  arrive(key: string): void {
    if (this.#stats.arrive(key, this.#o.clock.now())) this.poke(key);
    else if (!this.#jumps.has(key) && this.#stats.jumps(key)) this.#watchJump(key);
  }

  leave(key: string): void {
    this.#stats.leave(key, this.#o.clock.now());
  }

  /** Says at once that the revision has a request, unless that was said since the last report. Whether it was said. */
  poke(key: string): boolean {
    if (this.#stats.wasTold(key)) return true;
    const said = this.#o.send([this.#message({ key, averageConcurrentRequests: 1, requestCount: 1 })]);
    if (said) this.#stats.told(key);
    return said;
  }

  /** Pokes for everything under way: the autoscaler can hear us again and may know nothing. */
  catchUp(): void {
    for (const key of this.#stats.busy()) this.poke(key);
  }

  report(): void {
    const stats = this.#stats.report(this.#o.clock.now());
    if (stats.length > 0) this.#o.send(stats.map((s) => this.#message(s)));
    if (this.#o.reported) for (const stat of stats) this.#o.reported(stat);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const timer of this.#jumps.values()) clearTimeout(timer);
  }

  /**
   * Says how many requests there are now when a moment later there still are far more than was last said; and again after the
   * next moment, as long as they become more: the mean of a moment in which a burst came is not all of it.
   */
  #watchJump(key: string, rising = false): void {
    const at = this.#o.clock.now();
    const from = this.#stats.sum(key, at);
    const later = () => {
      this.#jumps.delete(key);
      const now = this.#o.clock.now();
      const current = now > at ? (this.#stats.sum(key, now) - from) / (now - at) : 0;
      if (!this.#stats.toldJump(key, current, rising)) return;
      const message = this.#message({ key, averageConcurrentRequests: 0, requestCount: 0 });
      this.#o.send([{ ...message, stat: message.stat && { ...message.stat, currentConcurrentRequests: current } }]);
      this.#watchJump(key, true);
    };
    this.#jumps.set(key, setTimeout(later, jumpMs));
  }

  #message({ key, averageConcurrentRequests, requestCount }: RevisionStat): WireStatMessage {
    const slash = key.indexOf('/');
    const proxied = { averageProxiedConcurrentRequests: 0, proxiedRequestCount: 0, processUptime: 0, timestamp: 0 };
    const stat = { podName: this.#o.podName, averageConcurrentRequests, requestCount, ...proxied };
    return { namespace: key.slice(0, slash), name: key.slice(slash + 1), stat };
  }
}

import type { Clock } from '@ebb/shared/lib/clock.ts';
import { PodStatsClient, type Stat } from '@ebb/shared/proto/gen/stats.ts';
import { type ClientReadableStream, credentials } from '@grpc/grpc-js';
import { isMeshLike, scrape, type Target } from './scrape.ts';

const periodMs = 1000;
/** A stat older than this says nothing about now. */
export const freshMs = 2500;
/** A stream that was silent for so long is opened anew. */
const silentMs = 5000;
interface PodOptions {
  host: string;
  port: number;
  clock: Clock;
  /** Told when the pod says that it suddenly has many more requests. */
  jumped?: () => void;
  headers?: Record<string, string>;
  /** `scrape` when absent. */
  ask?: (target: Target) => Promise<Stat>;
}

/**
 * The stats of one pod: a gRPC stream, or HTTP scrapes where there is none (the peer's queue-proxy speaks only those).
 * Each way is tried when the other failed.
 */
export class PodSource {
  readonly #host: string;
  readonly #port: number;
  readonly #clock: Clock;
  /** Set: asked only by HTTP and with these headers, by which a mesh leads to this very pod. */
  readonly #headers?: Record<string, string>;
  readonly #ask: (target: Target) => Promise<Stat>;
  #way: 'grpc' | 'http' = 'grpc';
  #meshLike = false;
  #last?: { stat: Stat; at: number };
  /** What it had in flight when it told of a jump after that. */
  #jump?: number;
  readonly #jumped: () => void;
  #failed = false;
  #client?: PodStatsClient;
  #call?: ClientReadableStream<Stat>;
  #triedAt = 0;
  #scraping = false;
  #closed = false;

  constructor({ host, port, clock, jumped = () => undefined, headers, ask = scrape }: PodOptions) {
    this.#host = host;
    this.#port = port;
    this.#clock = clock;
    this.#jumped = jumped;
    this.#headers = headers;
    this.#ask = ask;
    if (headers) this.#way = 'http';
    this.refresh();
  }

  /** What the pod said last, if that is recent. */
  fresh(): Stat | undefined {
    return this.#last && this.#clock.now() - this.#last.at < freshMs ? this.#last.stat : undefined;
  }

  /** Requests in flight that came here directly, as far as it said lately. */
  level(): number | undefined {
    const stat = this.fresh();
    return this.#jump ?? (stat && stat.averageConcurrentRequests - stat.averageProxiedConcurrentRequests);
  }

  /** The last attempt gave nothing. */
  failing(): boolean {
    return this.#failed && !this.fresh();
  }

  /** The last scrape was answered by a mesh rather than by the pod. */
  meshLike(): boolean {
    return this.#meshLike && this.failing();
  }

  /** To be called every second: scrapes, or opens a stream again that broke. */
  refresh(): void {
    const now = this.#clock.now();
    if (this.#way === 'http') {
      if (!this.#scraping) void this.#scrape();
      return;
    }
    if (this.#call && now - Math.max(this.#triedAt, this.#last?.at ?? 0) > silentMs) this.#broke();
    else if (!this.#call) this.#watch(now);
  }

  close(): void {
    this.#closed = true;
    this.#hangUp();
  }

  #watch(now: number): void {
    this.#triedAt = now;
    this.#client = new PodStatsClient(`${this.#host}:${this.#port}`, credentials.createInsecure());
    const call = this.#client.watch({ periodMs });
    this.#call = call;
    let heard = false;
    const broke = () => {
      if (this.#call !== call) return;
      this.#broke();
      // Nothing at all by gRPC: it may be a pod that does not speak it.
      if (!heard && !this.#closed) {
        this.#way = 'http';
        void this.#scrape();
      }
    };
    call.on('data', (stat: Stat) => {
      heard = true;
      this.#heard(stat);
    });
    call.on('error', broke);
    call.on('end', broke);
  }

  #heard(stat: Stat): void {
    this.#failed = false;
    this.#jump = stat.currentConcurrentRequests;
    if (stat.currentConcurrentRequests !== undefined) {
      this.#jumped();
      return;
    }
    this.#last = { stat, at: this.#clock.now() };
  }

  #broke(): void {
    this.#failed = true;
    this.#hangUp();
  }

  #hangUp(): void {
    const call = this.#call;
    this.#call = undefined;
    call?.cancel();
    this.#client?.close();
    this.#client = undefined;
  }

  async #scrape(): Promise<void> {
    this.#scraping = true;
    try {
      this.#heard(await this.#ask({ host: this.#host, port: this.#port, headers: this.#headers }));
    } catch (error) {
      this.#failed = true;
      this.#meshLike = isMeshLike(error);
      if (!this.#headers) this.#way = 'grpc';
    } finally {
      this.#scraping = false;
    }
  }
}

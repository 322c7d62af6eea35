import { request } from 'node:http';
import type { Clock } from '@ebb/shared/lib/clock.ts';
import { PodStatsClient, Stat } from '@ebb/shared/proto/gen/stats.ts';
import { type ClientReadableStream, credentials } from '@grpc/grpc-js';

const periodMs = 1000;
/** A stat older than this says nothing about now. */
export const freshMs = 2500;
/** A stream that was silent for so long is opened anew. */
const silentMs = 5000;
/** An HTTP scrape that takes longer is given up, and of its body no more is read (contract data-plane 3.5). */
const scrapeTimeoutMs = 3000;
const scrapeBytes = 336;

/**
 * The stats of one pod: a gRPC stream, or HTTP scrapes where there is none (the peer's queue-proxy speaks only those).
 * Each way is tried when the other failed.
 */
export class PodSource {
  readonly #host: string;
  readonly #port: number;
  readonly #clock: Clock;
  #way: 'grpc' | 'http' = 'grpc';
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

  /** `jumped`: told when the pod says that it suddenly has many more requests. */
  constructor(host: string, port: number, clock: Clock, jumped: () => void = () => undefined) {
    this.#host = host;
    this.#port = port;
    this.#clock = clock;
    this.#jumped = jumped;
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
      this.#heard(await scrape(this.#host, this.#port));
    } catch {
      this.#failed = true;
      this.#way = 'grpc';
    } finally {
      this.#scraping = false;
    }
  }
}

/** One scrape of the peer's stats endpoint; rejects with what was wrong. */
export function scrape(host: string, port: number): Promise<Stat> {
  return new Promise((resolve, reject) => {
    const req = request({ host, port, path: '/metrics', timeout: scrapeTimeoutMs, headers: { accept: 'application/protobuf' } }, (res) => {
      const type = res.headers['content-type'] ?? '';
      if ((res.statusCode ?? 0) < 200 || (res.statusCode ?? 0) > 299 || type !== 'application/protobuf') {
        req.destroy(new Error(`scrape of ${host}:${port}: ${res.statusCode} ${type}; 200 application/protobuf would be right`));
        return;
      }
      let body = Buffer.alloc(0);
      const done = () => {
        try {
          resolve(Stat.decode(body));
        } catch (error) {
          reject(error as Error);
        }
      };
      res.on('data', (chunk: Buffer) => {
        body = Buffer.concat([body, chunk]).subarray(0, scrapeBytes);
        if (body.length === scrapeBytes) {
          done();
          req.destroy();
        }
      });
      res.on('end', done);
      res.on('error', reject);
    });
    req.on('timeout', () => req.destroy(new Error(`scrape of ${host}:${port}: no answer within ${scrapeTimeoutMs / 1000} s`)));
    req.on('error', reject);
    req.end();
  });
}

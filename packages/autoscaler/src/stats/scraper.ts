import type { Pod } from '@ebb/shared/api/builtin.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';
import type { Clock } from '@ebb/shared/lib/clock.ts';
import { PodStatsClient, type Stat } from '@ebb/shared/proto/gen/stats.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { type ClientReadableStream, credentials } from '@grpc/grpc-js';
import { sampleSize } from '../core/sample.ts';
import { byRevision, serves } from './pods.ts';

/** A stat older than this says nothing about now. */
const freshMs = 2500;

interface Stream {
  client: PodStatsClient;
  call: ClientReadableStream<Stat>;
  last?: { stat: Stat; at: number };
  broken: boolean;
}

interface Options {
  pods: Cache<Pod>;
  clock: Clock;
  log: Logger;
}

/** Listens to the stats of a sample of each revision's pods: one gRPC stream a pod (contract data-plane 3.5). */
export class Scraper {
  readonly #o: Options;
  readonly #streams = new Map<string, Map<string, Stream>>();

  constructor(options: Options) {
    this.#o = options;
  }

  /**
   * What the pods of a revision report now, as one stat for all of them: the sample's sum, times population over
   * sample. Undefined without pods or before the first word of any.
   */
  sample(key: string): Stat | undefined {
    const pods = this.#o.pods.byIndex(byRevision, key).filter((p) => serves(p) && p.status?.podIP);
    const wanted = sampleSize(pods.length);
    const streams = this.#streams.get(key) ?? new Map<string, Stream>();
    this.#streams.set(key, streams);
    const ips = new Set(pods.map((p) => p.status?.podIP ?? ''));
    for (const [ip, stream] of streams) if (!ips.has(ip) || stream.broken) this.#close(streams, ip, stream);
    // The oldest first: they have seen a whole window.
    const byAge = [...pods].sort((a, b) => ((a.status?.startTime ?? '') < (b.status?.startTime ?? '') ? -1 : 1));
    for (const pod of byAge.slice(0, wanted)) {
      const ip = pod.status?.podIP ?? '';
      if (!streams.has(ip)) streams.set(ip, this.#open(ip));
    }
    if (streams.size === 0) this.#streams.delete(key);
    const now = this.#o.clock.now();
    const fresh = [...streams.values()].flatMap((s) => (s.last && now - s.last.at < freshMs ? [s.last.stat] : []));
    if (fresh.length === 0) return undefined;
    const factor = pods.length / fresh.length;
    const sum = (pick: (s: Stat) => number) => fresh.reduce((n, s) => n + pick(s), 0) * factor;
    return {
      podName: 'service-scraper',
      averageConcurrentRequests: sum((s) => s.averageConcurrentRequests),
      averageProxiedConcurrentRequests: sum((s) => s.averageProxiedConcurrentRequests),
      requestCount: sum((s) => s.requestCount),
      proxiedRequestCount: sum((s) => s.proxiedRequestCount),
      processUptime: 0,
      timestamp: 0,
    };
  }

  forget(key: string): void {
    const streams = this.#streams.get(key);
    for (const [ip, stream] of streams ?? []) if (streams) this.#close(streams, ip, stream);
    this.#streams.delete(key);
  }

  stop(): void {
    for (const key of [...this.#streams.keys()]) this.forget(key);
  }

  #open(ip: string): Stream {
    const client = new PodStatsClient(`${ip}:${ports.autometric}`, credentials.createInsecure(), { 'grpc.max_reconnect_backoff_ms': 1000 });
    const call = client.watch({ periodMs: 1000 });
    const stream: Stream = { client, call, broken: false };
    call.on('data', (stat: Stat) => {
      stream.last = { stat, at: this.#o.clock.now() };
    });
    call.on('error', (error) => {
      stream.broken = true;
      this.#o.log.debug({ ip, err: error.message }, 'stats stream broke');
    });
    call.on('end', () => {
      stream.broken = true;
    });
    return stream;
  }

  #close(streams: Map<string, Stream>, ip: string, stream: Stream): void {
    stream.call.cancel();
    stream.client.close();
    streams.delete(ip);
  }
}

import { type ReportReply, type StatBatch, StatsIngestClient, type WireStatMessage } from '@ebb/shared/proto/gen/stats.ts';
import { type ClientDuplexStream, credentials } from '@grpc/grpc-js';

export interface StreamOptions {
  /** host:port of an autoscaler. */
  address: string;
  /** The stream carries from now on. */
  onReady?: () => void;
  onOwners?: (owners: Record<string, string>) => void;
  onLost?: (error: Error) => void;
}

/** How long the first reply may take, ms; and how long a stream that carries may be silent (the receiver speaks every 5 s). */
const handshakeMs = 3_000;
const silenceMs = 15_000;
/** Reports that may wait in a slow stream: later ones are dropped, they would be too old. */
const waitingAtMost = 64;

/** A report stream to one autoscaler that comes back by itself (contract data-plane 2.8: 100 ms × 1.3, jitter 0.5). */
export class ReportStream {
  readonly #o: StreamOptions;
  readonly #client: StatsIngestClient;
  #call?: ClientDuplexStream<StatBatch, ReportReply>;
  #ready = false;
  #waiting = 0;
  #failures = 0;
  #closed = false;
  #retry?: NodeJS.Timeout;
  #watchdog?: NodeJS.Timeout;

  constructor(options: StreamOptions) {
    this.#o = options;
    this.#client = new StatsIngestClient(options.address, credentials.createInsecure(), {
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 2_000,
      'grpc.dns_min_time_between_resolutions_ms': 2_000,
    });
    this.#open();
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Whether the messages are on their way. They are dropped when the stream is not there or stuck. */
  send(messages: WireStatMessage[]): boolean {
    if (!this.#ready || !this.#call || this.#waiting >= waitingAtMost) return false;
    this.#waiting++;
    this.#call.write({ messages }, () => {
      this.#waiting--;
    });
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#ready = false;
    clearTimeout(this.#retry);
    clearTimeout(this.#watchdog);
    this.#call?.end();
    this.#client.close();
  }

  #open(): void {
    const call = this.#client.report();
    this.#call = call;
    const lost = (error: Error) => {
      if (this.#call !== call || this.#closed) return;
      call.cancel();
      this.#call = undefined;
      this.#ready = false;
      this.#waiting = 0;
      clearTimeout(this.#watchdog);
      this.#o.onLost?.(error);
      const backoff = 100 * 1.3 ** Math.min(this.#failures++, 12) * (1 + Math.random() / 2);
      this.#retry = setTimeout(() => this.#open(), backoff);
    };
    const expect = (ms: number) => {
      clearTimeout(this.#watchdog);
      this.#watchdog = setTimeout(() => lost(new Error(`no word from ${this.#o.address} for ${ms} ms`)), ms);
    };
    expect(handshakeMs);
    call.on('data', (reply: ReportReply) => {
      if (this.#call !== call) return;
      expect(silenceMs);
      this.#o.onOwners?.(reply.owners);
      if (this.#ready) return;
      this.#ready = true;
      this.#failures = 0;
      this.#o.onReady?.();
    });
    call.on('error', lost);
    call.on('end', () => lost(new Error(`${this.#o.address} ended the stream`)));
  }
}

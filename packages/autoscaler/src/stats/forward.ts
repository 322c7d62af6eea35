import { type ReportReply, type StatBatch, StatsIngestClient, type WireStatMessage } from '@ebb/shared/proto/gen/stats.ts';
import { type ClientDuplexStream, credentials, Metadata } from '@grpc/grpc-js';

/** Metadata of a Report stream between autoscalers: what comes by it is not passed on again. */
export const forwardedKey = 'ebb-forwarded';

interface Stream {
  client: StatsIngestClient;
  call: ClientDuplexStream<StatBatch, ReportReply>;
}

/**
 * Passes stats on to the owners of buckets: a reporter may not know them yet. A stream to each, opened when needed. What an
 * owner does not take fast enough is dropped: a second later there is a newer stat.
 */
export class Forwarder {
  readonly #streams = new Map<string, Stream>();

  send(address: string, messages: WireStatMessage[]): void {
    const { call } = this.#streams.get(address) ?? this.#open(address);
    if (!call.writableNeedDrain) call.write({ messages });
  }

  /** Ends the streams to those that own nothing any more. */
  keep(addresses: readonly string[]): void {
    for (const address of [...this.#streams.keys()]) if (!addresses.includes(address)) this.#close(address);
  }

  close(): void {
    this.keep([]);
  }

  #close(address: string): void {
    const stream = this.#streams.get(address);
    this.#streams.delete(address);
    stream?.call.end();
    stream?.client.close();
  }

  #open(address: string): Stream {
    const metadata = new Metadata();
    metadata.set(forwardedKey, 'true');
    const client = new StatsIngestClient(address, credentials.createInsecure());
    const call = client.report(metadata);
    const stream = { client, call };
    this.#streams.set(address, stream);
    const lost = () => {
      if (this.#streams.get(address) === stream) this.#close(address);
    };
    call.on('error', lost);
    call.on('end', lost);
    call.on('data', () => undefined);
    return stream;
  }
}

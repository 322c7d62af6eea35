import { type ReportReply, type StatBatch, StatsIngestClient, type WireStatMessage } from '@ebb/shared/proto/gen/stats.ts';
import { type ClientDuplexStream, credentials, Metadata } from '@grpc/grpc-js';

/** Metadata of a Report stream between autoscalers: what comes by it is not passed on again. */
export const forwardedKey = 'ebb-forwarded';

/**
 * Passes stats on to the owner of the bucket: a reporter may not know it yet. One stream, opened when needed. What an
 * owner does not take fast enough is dropped: a second later there is a newer stat.
 */
export class Forwarder {
  #address = '';
  #client?: StatsIngestClient;
  #call?: ClientDuplexStream<StatBatch, ReportReply>;

  send(address: string, messages: WireStatMessage[]): void {
    if (address !== this.#address) this.close();
    const call = this.#call ?? this.#open(address);
    if (!call.writableNeedDrain) call.write({ messages });
  }

  close(): void {
    const call = this.#call;
    this.#call = undefined;
    call?.end();
    this.#client?.close();
    this.#client = undefined;
    this.#address = '';
  }

  #open(address: string): ClientDuplexStream<StatBatch, ReportReply> {
    const metadata = new Metadata();
    metadata.set(forwardedKey, 'true');
    this.#address = address;
    this.#client = new StatsIngestClient(address, credentials.createInsecure());
    const call = this.#client.report(metadata);
    this.#call = call;
    const lost = () => {
      if (this.#call === call) this.close();
    };
    call.on('error', lost);
    call.on('end', lost);
    call.on('data', () => undefined);
    return call;
  }
}

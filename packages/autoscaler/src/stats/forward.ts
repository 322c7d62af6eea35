import { type ReportReply, type StatBatch, StatsIngestClient, type WireStatMessage } from '@ebb/shared/proto/gen/stats.ts';
import { type ClientDuplexStream, credentials } from '@grpc/grpc-js';

/** Passes stats on to the owner of the bucket: a reporter may not know it yet. One stream, opened when needed. */
export class Forwarder {
  #address = '';
  #client?: StatsIngestClient;
  #call?: ClientDuplexStream<StatBatch, ReportReply>;

  send(address: string, messages: WireStatMessage[]): void {
    if (address !== this.#address) this.close();
    if (!this.#call) {
      this.#address = address;
      this.#client = new StatsIngestClient(address, credentials.createInsecure());
      const call = this.#client.report();
      this.#call = call;
      const lost = () => {
        if (this.#call === call) this.close();
      };
      call.on('error', lost);
      call.on('end', lost);
      call.on('data', () => undefined);
    }
    this.#call?.write({ messages });
  }

  close(): void {
    this.#call?.end();
    this.#client?.close();
    this.#call = undefined;
    this.#client = undefined;
    this.#address = '';
  }
}

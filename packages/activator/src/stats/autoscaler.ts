import type { WireStatMessage } from '@ebb/shared/proto/gen/stats.ts';
import { ownerOf } from '../core/owner.ts';
import { ReportStream } from './stream.ts';

export interface AutoscalerOptions {
  /** host:port of the autoscaler's Service. */
  address: string;
  /** The stream to it carries (again). */
  onReady: () => void;
  onLost: (error: Error) => void;
}

/** The way to the autoscalers: one stream to the Service, and one to each owner of a bucket that its replies name. */
export class Autoscaler {
  readonly #service: ReportStream;
  readonly #direct = new Map<string, ReportStream>();
  #owners: ReadonlyMap<string, string> = new Map();

  constructor(o: AutoscalerOptions) {
    this.#service = new ReportStream({ ...o, onOwners: (owners) => this.#follow(owners) });
  }

  get reachable(): boolean {
    return this.#service.ready;
  }

  /** Whether all of it is on its way. Without a stream to the owner, the Service's replica passes it on. */
  send(messages: WireStatMessage[]): boolean {
    const byStream = Map.groupBy(messages, ({ namespace, name }) => {
      const direct = this.#direct.get(ownerOf(`${namespace}/${name}`, this.#owners) ?? '');
      return direct?.ready ? direct : this.#service;
    });
    return [...byStream].map(([stream, own]) => stream.send(own)).every(Boolean);
  }

  close(): void {
    for (const stream of [this.#service, ...this.#direct.values()]) stream.close();
  }

  #follow(owners: Record<string, string>): void {
    this.#owners = new Map(Object.entries(owners).filter(([, address]) => address !== ''));
    const wanted = new Set(this.#owners.values());
    for (const [address, stream] of this.#direct) {
      if (wanted.has(address)) continue;
      stream.close();
      this.#direct.delete(address);
    }
    for (const address of wanted) if (!this.#direct.has(address)) this.#direct.set(address, new ReportStream({ address }));
  }
}

import type { Election } from '@ebb/shared/kube/leases.ts';
import type { Clock } from '@ebb/shared/lib/clock.ts';
import type { WireStatMessage } from '@ebb/shared/proto/gen/stats.ts';
import type { Deciders } from '../deciders.ts';
import type { Collections } from './collections.ts';
import type { Forwarder } from './forward.ts';

interface Options {
  election: Election;
  /** Where autoscalers take stats. */
  port: number;
  clock: Clock;
  collections: Collections;
  deciders: Deciders;
  forwarder: Pick<Forwarder, 'send'>;
}

export interface Ingest {
  /** Takes a batch: the owner of the bucket records it, another replica passes it on, once. */
  receive(messages: WireStatMessage[], forwarded: boolean): void;
  /** The owners of buckets other than this process, `bucket → host:port`. */
  owners(): Record<string, string>;
}

/** The way of a stat to its windows (contract data-plane 3.12). */
export function createIngest({ election, port, clock, collections, deciders, forwarder }: Options): Ingest {
  /** The identity of a holder ends with its address; '' while there is none. */
  const owner = (): string => {
    const ip = election.holder().split('_').at(-1);
    return ip ? `${ip}:${port}` : '';
  };
  return {
    receive(messages, forwarded) {
      if (!election.leading()) {
        // Two that each take the other for the owner would send it to and fro.
        if (!forwarded && owner()) forwarder.send(owner(), messages);
        return;
      }
      for (const { namespace, name, stat } of messages) {
        if (!stat) continue;
        const key = `${namespace}/${name}`;
        if (stat.currentConcurrentRequests !== undefined) {
          collections.setLevel(key, stat.podName, stat.currentConcurrentRequests, clock.now());
          deciders.jump(key);
          continue;
        }
        collections.record(key, stat, clock.now());
        if (stat.averageConcurrentRequests !== 0) deciders.poke(key);
      }
    },
    owners: () => (election.leading() || !owner() ? {} : { [election.name]: owner() }),
  };
}

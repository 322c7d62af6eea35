import type { Clock } from '@ebb/shared/lib/clock.ts';
import type { Stat, WireStatMessage } from '@ebb/shared/proto/gen/stats.ts';
import type { Deciders } from '../deciders.ts';
import type { Ownership } from '../ownership.ts';
import type { Dropped } from '../telemetry.ts';
import type { Collections } from './collections.ts';
import type { Forwarder } from './forward.ts';

interface Options {
  ownership: Ownership;
  clock: Clock;
  collections: Collections;
  deciders: Deciders;
  forwarder: Pick<Forwarder, 'send'>;
  dropped: (reason: Dropped) => void;
}

/**
 * The way of a batch to its windows (contract data-plane 3.12): what is of this process's buckets is recorded, the rest is
 * passed on to its owners, once: two that each take the other for the owner would send it to and fro.
 */
export function createIngest({ ownership, clock, collections, deciders, forwarder, dropped }: Options) {
  const take = (key: string, stat: Stat): void => {
    const now = clock.now();
    if (stat.currentConcurrentRequests !== undefined) {
      collections.setLevel(key, stat.podName, stat.currentConcurrentRequests, now);
      deciders.jump(key);
      return;
    }
    const reason = collections.record(key, stat, now);
    if (reason) dropped(reason);
    if (stat.averageConcurrentRequests !== 0) deciders.poke(key);
  };
  return (messages: WireStatMessage[], forwarded: boolean): void => {
    const others = new Map<string, WireStatMessage[]>();
    for (const message of messages) {
      const key = `${message.namespace}/${message.name}`;
      if (ownership.leads(key)) {
        if (message.stat) take(key, message.stat);
        continue;
      }
      const owner = forwarded ? '' : ownership.ownerOf(key);
      if (owner) others.set(owner, [...(others.get(owner) ?? []), message]);
      else dropped('nobody owns its bucket');
    }
    for (const [owner, own] of others) forwarder.send(owner, own);
  };
}

import type { EventBus } from '@ebb/shared/events/types.ts';
import { AnnouncementsClient } from '@ebb/shared/proto/gen/announcements.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { credentials, Metadata } from '@grpc/grpc-js';
import type { Announced, AnnouncedPod } from './announced.ts';

export interface PassOnOptions {
  bus: EventBus;
  /** This activator's address. */
  own: string;
  /** Where activators serve announcements. */
  port: number;
  /** Whether an address is an activator's, by the API. */
  isActivator: (address: string) => boolean;
  /** Whether this activator knows no pod that serves of a revision (`namespace/name`). */
  needs: (key: string) => boolean;
  announced: Announced;
  log: Logger;
}

const timeoutMs = 2_000;
/** Connections to other activators are kept: the question is on the way of a cold start. */
const clientsAtMost = 64;

/**
 * The way of an announcement to the other activators. The event is no more than a hint, as anybody may be able to send one:
 * who hears it and knows no pod asks the activator it names, when the API knows that as one, what it has verified.
 */
export function passOn({ bus, own, port, isActivator, needs, announced, log }: PassOnOptions) {
  const clients = new Map<string, AnnouncementsClient>();
  const clientOf = (address: string): AnnouncementsClient => {
    const known = clients.get(address);
    if (known) return known;
    if (clients.size >= clientsAtMost) {
      const [oldest, client] = clients.entries().next().value as [string, AnnouncementsClient];
      client.close();
      clients.delete(oldest);
    }
    const client = new AnnouncementsClient(`${address.includes(':') ? `[${address}]` : address}:${port}`, credentials.createInsecure());
    clients.set(address, client);
    return client;
  };
  const asking = new Set<string>();

  const stop = bus.subscribe('pod.announced', ({ namespace, name: revision, data: { activator } }) => {
    const key = `${namespace}/${revision}`;
    const question = `${key} ${activator}`;
    if (typeof activator !== 'string' || activator === own || asking.has(question) || !needs(key) || !isActivator(activator))
      return undefined;
    asking.add(question);
    clientOf(activator).list({ namespace, revision }, new Metadata(), { deadline: Date.now() + timeoutMs }, (error, reply) => {
      asking.delete(question);
      if (error) log.debug({ err: error.message, activator }, 'another activator did not say which pods were announced');
      for (const pod of reply?.pods ?? []) announced.add(key, pod);
    });
    return undefined;
  });

  return {
    tell(key: string, { pod }: AnnouncedPod): void {
      const slash = key.indexOf('/');
      bus.publish({ type: 'pod.announced', namespace: key.slice(0, slash), name: key.slice(slash + 1), data: { pod, activator: own } });
    },
    close(): void {
      stop();
      for (const client of clients.values()) client.close();
    },
  };
}

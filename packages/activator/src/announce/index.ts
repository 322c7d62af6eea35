import type { Endpoints, Pod } from '@ebb/shared/api/builtin.ts';
import type { EventBus } from '@ebb/shared/events/types.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import type { Clock } from '@ebb/shared/lib/clock.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import type { Registry } from '../revisions/registry.ts';
import { Announcements } from './announcements.ts';
import { passOn } from './pass-on.ts';
import { review } from './review.ts';
import { serveAnnouncements } from './server.ts';

export interface AnnounceOptions {
  /** Where announcements are served, here and by the other activators. */
  port: number;
  host?: string;
  /** This activator's address. */
  own: string;
  registry: Registry;
  pods: Cache<Pod>;
  /** Of the activators' Service. */
  activators: Cache<Endpoints>;
  kube: KubeClient;
  bus: EventBus;
  clock: Clock;
  log: Logger;
}

/**
 * Takes the announcements of pods that the API does not show yet, verifies them, and passes them on to the other activators.
 * What is verified becomes a candidate of its revision: it is asked like any other before a request goes there.
 */
export async function startAnnouncements(o: AnnounceOptions): Promise<{ close(): void }> {
  const { registry, kube, pods, clock, log } = o;
  const { announced } = registry;
  const passing = passOn({
    bus: o.bus,
    own: o.own,
    port: o.port,
    isActivator: (ip) => o.activators.list().some(({ subsets }) => subsets?.some((s) => s.addresses?.some((a) => a.ip === ip))),
    needs: (key) => registry.get(key)?.throttle.capacity === 0,
    announced,
    log,
  });
  const announcements = new Announcements({
    pods,
    natureOf: (key) => registry.get(key)?.nature,
    review: (token) => review(kube, token),
    announced,
    accepted: passing.tell,
    clock,
    log,
  });
  const server = await serveAnnouncements(o, announcements, announced);
  return {
    close() {
      server.close();
      passing.close();
    },
  };
}

import { builtin, type Lease } from '../api/builtin.ts';
import type { LeaderElectionConfig } from '../config/others.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Informers } from './cache.ts';
import { isAlreadyExists, isConflict, isNotFound, type KubeClient } from './client.ts';

/** A lease this process competes for. */
export interface Election {
  readonly name: string;
  leading(): boolean;
  /** The identity of the present holder, '' when nobody holds it. */
  holder(): string;
}

export interface Elector {
  /** Competes for a lease from now on; told of each gain and loss, never before this returns. */
  run(name: string, changed?: (leading: boolean) => void): Election;
  /** Gives up what is held, so that another takes over at once. */
  release(): Promise<void>;
}

interface Options {
  client: KubeClient;
  informers: Informers;
  namespace: string;
  identity: string;
  clock: Clock;
  log: Logger;
  settings: LeaderElectionConfig;
}

const micro = (ms: number): string => new Date(ms).toISOString().replace(/\.(\d{3})Z$/, '.$1000Z');

/**
 * Leader election over Leases (contract control-plane 8.3). A lease is judged by when its change was *seen*, not by the
 * clock of its holder. A released or expired lease is taken at once: leases are watched, not polled.
 */
export function createElector(o: Options): Elector {
  const leases = o.informers.informer(builtin.Lease, { namespace: o.namespace });
  const all: { name: string; stop: () => Promise<void> }[] = [];
  const elections = new Map<string, { election: Election; listeners: ((leading: boolean) => void)[] }>();

  /** One competition a lease, however many in this process ask for it. */
  const run = (name: string, changed: (leading: boolean) => void = () => undefined): Election => {
    const known = elections.get(name);
    if (known) {
      known.listeners.push(changed);
      // Not at once: the caller is still being set up.
      queueMicrotask(() => known.election.leading() && changed(true));
      return known.election;
    }
    const listeners = [changed];
    const election = compete(name, (leading) => {
      for (const listener of listeners) listener(leading);
    });
    elections.set(name, { election, listeners });
    return election;
  };

  const compete = (name: string, changed: (leading: boolean) => void): Election => {
    let seen = { version: '', at: o.clock.now() };
    let leading = false;
    let renewedAt = 0;
    let busy: Promise<void> | undefined;
    let stopped = false;
    const set = (now: boolean) => {
      if (leading === now) return;
      leading = now;
      o.log.info({ lease: name }, now ? 'leading' : 'no longer leading');
      changed(now);
    };

    const expired = () => o.clock.now() - renewedAt > o.settings.renewDeadlineMs;

    const attempt = (): void => {
      if (stopped) return;
      if (leading && expired()) set(false);
      busy ??= renew()
        .catch((error: Error) => {
          // Lost to another replica: the next look at the lease says to whom.
          if (!isConflict(error) && !isAlreadyExists(error)) o.log.warn({ lease: name, err: error.message }, 'cannot renew the lease');
        })
        .finally(() => {
          busy = undefined;
        });
    };

    const renew = async (): Promise<void> => {
      const now = o.clock.now();
      const cached = leases.get(o.namespace, name);
      const spec = {
        holderIdentity: o.identity,
        leaseDurationSeconds: Math.ceil(o.settings.leaseDurationMs / 1000),
        renewTime: micro(now),
        acquireTime: leading ? cached?.spec?.acquireTime : micro(now),
        leaseTransitions: (cached?.spec?.leaseTransitions ?? 0) + (leading ? 0 : 1),
      };
      if (!cached) {
        const fresh: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace: o.namespace }, spec };
        await o.client.create(builtin.Lease, fresh);
      } else {
        if (cached.metadata.resourceVersion !== seen.version) seen = { version: cached.metadata.resourceVersion ?? '', at: now };
        const holder = cached.spec?.holderIdentity ?? '';
        const free = holder === '' || holder === o.identity || now - seen.at > (cached.spec?.leaseDurationSeconds ?? 60) * 1000;
        if (!free) return set(false);
        await o.client.update(builtin.Lease, { ...cached, spec });
      }
      renewedAt = now;
      set(true);
    };

    const timer = setInterval(attempt, o.settings.retryPeriodMs);
    const unwatch = leases.onChange(({ before, after }) => {
      const lease = after ?? before;
      if (lease?.metadata.name !== name) return;
      if (!after || (after.spec?.holderIdentity ?? '') === '') setTimeout(attempt, Math.random() * 100);
    });
    attempt();
    all.push({
      name,
      stop: async () => {
        stopped = true;
        clearInterval(timer);
        unwatch();
        await busy;
        if (!leading) return;
        leading = false;
        const live = await o.client.get(builtin.Lease, o.namespace, name);
        if (live.spec?.holderIdentity === o.identity) {
          await o.client.update(builtin.Lease, { ...live, spec: { ...live.spec, holderIdentity: '', renewTime: micro(o.clock.now()) } });
        }
      },
    });
    return { name, leading: () => leading && !expired(), holder: () => leases.get(o.namespace, name)?.spec?.holderIdentity ?? '' };
  };

  return {
    run,
    async release() {
      const left = await Promise.allSettled(all.map((l) => l.stop()));
      for (const r of left)
        if (r.status === 'rejected' && !isNotFound(r.reason)) o.log.warn({ err: String(r.reason) }, 'a lease was not released');
    },
  };
}

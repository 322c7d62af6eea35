import { builtin, type Lease } from '../api/builtin.ts';
import type { LeaderElectionConfig } from '../config/leader-election.ts';
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
  /** `<pod>_<anything>`: who has the same pod name is this replica before its container started anew. */
  identity: string;
  /** For the times that are written; how long something lasted is measured by a clock that nobody sets. */
  clock: Clock;
  log: Logger;
  settings: LeaderElectionConfig;
}

/** A lease that becomes free is taken after a moment by chance, and this much later for each one held by then: replicas share. */
const chanceMs = 100;
const holdbackMs = 50;

const micro = (ms: number): string => new Date(ms).toISOString().replace(/\.(\d{3})Z$/, '.$1000Z');
/** undefined when somebody else wrote first, or the lease came or went. */
const unlessRaced = (lease: Promise<Lease>): Promise<Lease | undefined> =>
  lease.catch((error) => {
    if (isConflict(error) || isAlreadyExists(error) || isNotFound(error)) return undefined;
    throw error;
  });
const replicaOf = (identity: string): string => identity.split('_', 1)[0] ?? identity;

/**
 * Leader election over Leases (contract control-plane 8.3). A lease is judged by when its change was *seen*, not by the
 * clock of its holder. A released lease, and one of this very pod before its container crashed, is taken at once: leases
 * are watched, not polled.
 */
export function createElector(o: Options): Elector {
  const leases = o.informers.informer(builtin.Lease, { namespace: o.namespace });
  const all: { election: Election; stop: () => Promise<void> }[] = [];
  const elections = new Map<string, { election: Election; listeners: ((leading: boolean) => void)[] }>();
  const holdback = () => holdbackMs * all.filter((l) => l.election.leading()).length;

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
    let seenAt = performance.now();
    let leading = false;
    /** The lease as we last wrote it: the cache may not show it yet. */
    let ours: Lease | undefined;
    let renewedAt = 0;
    let busy: Promise<void> | undefined;
    let stopped = false;
    /** Since when the lease may be taken, were nothing else held. */
    let freeAt = Number.NEGATIVE_INFINITY;
    let waiting: NodeJS.Timeout | undefined;
    const set = (now: boolean) => {
      if (leading === now) return;
      leading = now;
      o.log.info({ lease: name }, now ? 'leading' : 'no longer leading');
      changed(now);
    };

    const expired = () => performance.now() - renewedAt > o.settings.renewDeadlineMs;

    const attempt = (): void => {
      if (stopped) return;
      if (leading && expired()) set(false);
      // What is held grows while others are waited for, so that is asked when the moment has come.
      const earlyMs = leading ? 0 : freeAt + holdback() - performance.now();
      clearTimeout(waiting);
      if (earlyMs > 0) {
        waiting = setTimeout(attempt, earlyMs);
        return;
      }
      busy ??= renew()
        .catch((error: Error) => o.log.warn({ lease: name, err: error.message }, 'cannot renew the lease'))
        .finally(() => {
          busy = undefined;
        });
    };

    const free = ({ spec }: Lease): boolean => {
      const holder = spec?.holderIdentity ?? '';
      const lastedMs = performance.now() - seenAt;
      return holder === '' || replicaOf(holder) === replicaOf(o.identity) || lastedMs > (spec?.leaseDurationSeconds ?? 60) * 1000;
    };

    const renew = async (): Promise<void> => {
      const base = leading && ours ? ours : leases.get(o.namespace, name);
      if (base && base !== ours && !free(base)) return set(false);
      const started = performance.now();
      ours = (await unlessRaced(write(base))) ?? (await reclaim());
      // Keys that came since it expired were left alone: whoever listens must hear that it was lost for a while.
      if (expired()) set(false);
      if (ours) renewedAt = started;
      set(ours !== undefined);
    };

    /** After a race: still ours when the server says so (an answer was lost, the cache was old). */
    const reclaim = async (): Promise<Lease | undefined> => {
      const live = await unlessRaced(o.client.get(builtin.Lease, o.namespace, name));
      return live?.spec?.holderIdentity === o.identity ? unlessRaced(write(live)) : undefined;
    };

    const write = (base: Lease | undefined): Promise<Lease> => {
      const now = micro(o.clock.now());
      const spec = {
        holderIdentity: o.identity,
        leaseDurationSeconds: Math.ceil(o.settings.leaseDurationMs / 1000),
        renewTime: now,
        acquireTime: leading ? (base?.spec?.acquireTime ?? now) : now,
        leaseTransitions: (base?.spec?.leaseTransitions ?? 0) + (leading ? 0 : 1),
      };
      if (base) return o.client.update(builtin.Lease, { ...base, spec });
      const fresh: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace: o.namespace }, spec };
      return o.client.create(builtin.Lease, fresh);
    };

    const timer = setInterval(attempt, o.settings.retryPeriodMs);
    const unwatch = leases.onChange(({ before, after }) => {
      const lease = after ?? before;
      if (lease?.metadata.name !== name) return;
      seenAt = performance.now();
      if (after?.spec?.holderIdentity) return;
      freeAt = seenAt + Math.random() * chanceMs;
      attempt();
    });
    attempt();
    const election: Election = {
      name,
      leading: () => leading && !expired(),
      holder: () => leases.get(o.namespace, name)?.spec?.holderIdentity ?? '',
    };
    const stop = async () => {
      stopped = true;
      clearInterval(timer);
      clearTimeout(waiting);
      unwatch();
      await busy;
      if (!leading || !ours) return;
      leading = false;
      const spec = { ...ours.spec, holderIdentity: '', renewTime: micro(o.clock.now()) };
      await unlessRaced(o.client.update(builtin.Lease, { ...ours, spec }));
    };
    all.push({ election, stop });
    return election;
  };

  return {
    run,
    async release() {
      const left = await Promise.allSettled(all.map((l) => l.stop()));
      for (const r of left) if (r.status === 'rejected') o.log.warn({ err: String(r.reason) }, 'a lease was not released');
    },
  };
}

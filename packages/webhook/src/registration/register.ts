import { builtin } from '@ebb/shared/api/builtin.ts';
import type { Kind } from '@ebb/shared/api/meta.ts';
import type { Cache, Informers } from '@ebb/shared/kube/cache.ts';
import { isConflict, isNotFound, type KubeClient } from '@ebb/shared/kube/client.ts';
import { jsonEqual } from '@ebb/shared/lib/equal.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { type Address, believingConfiguration, type Configuration, desiredConfiguration, registrations } from './desired.ts';

interface Options {
  client: KubeClient;
  informers: Informers;
  log: Logger;
  /** What to register; undefined: nothing yet. */
  address: () => Address | undefined;
  /**
   * Only one replica writes all of it: two versions at once would undo each other's rules for ever. The CA is the same to
   * all of them, so each puts that right: else nothing could be applied until a leader that is gone has a successor.
   */
  leading: () => boolean;
}

export interface Registrar {
  /** Brings the installed objects to what they should be; failures are logged and tried again. */
  sync(): void;
  /** Whether every installed object names this CA. */
  believes(ca: string): boolean;
  stop(): Promise<void>;
}

const retryMs = 1000;

/** Keeps the three webhook objects as they should be; those that are not installed are waited for, not made. */
export function createRegistrar(o: Options): Registrar {
  const caches = registrations.map((r) => ({
    r,
    kind: builtin[r.kind] as unknown as Kind<Configuration>,
    cache: o.informers.informer(builtin[r.kind] as unknown as Kind<Configuration>, {
      fieldSelector: `metadata.name=${r.name}`,
    }) as Cache<Configuration>,
  }));
  let stopped = false;
  let chain = Promise.resolve();
  let retry: NodeJS.Timeout | undefined;

  const one = async ({ r, kind, cache }: (typeof caches)[number]): Promise<void> => {
    const address = o.address();
    const installed = cache.get('', r.name);
    if (!address || !installed || stopped) return;
    const desired = o.leading() ? desiredConfiguration(installed, r, address) : believingConfiguration(installed, r, address.ca);
    if (jsonEqual(desired, installed)) return;
    await o.client.update(kind, desired);
    o.log.info({ webhook: r.name }, 'registered');
  };
  const all = async (): Promise<void> => {
    const results = await Promise.allSettled(caches.map(one));
    const failed = results.filter((r) => r.status === 'rejected').map((r) => r.reason as Error);
    for (const error of failed) if (!isConflict(error) && !isNotFound(error)) o.log.warn({ err: error.message }, 'cannot register');
    if (failed.length && !stopped) {
      clearTimeout(retry);
      retry = setTimeout(sync, retryMs);
    }
  };
  function sync(): void {
    chain = chain.then(all);
  }
  const unwatch = caches.map(({ cache }) => cache.onChange(sync));

  return {
    sync,
    believes: (ca) => {
      const bundle = Buffer.from(ca).toString('base64');
      const entries = caches.flatMap(({ r, cache }) => cache.get('', r.name)?.webhooks?.filter((w) => w.name === r.name) ?? []);
      return entries.every((w) => w.clientConfig.caBundle === bundle);
    },
    async stop() {
      stopped = true;
      clearTimeout(retry);
      for (const stop of unwatch) stop();
      await chain;
    },
  };
}

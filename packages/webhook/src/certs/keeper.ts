import { builtin, type Secret } from '@ebb/shared/api/builtin.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';
import { isConflict, isNotFound, type KubeClient } from '@ebb/shared/kube/client.ts';
import type { Clock } from '@ebb/shared/lib/clock.ts';
import { jsonEqual } from '@ebb/shared/lib/equal.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { certsToData, earlierCA, pemBlocks, readCerts, secretName } from './check.ts';
import { type Certs, issue } from './issue.ts';

interface Options {
  client: KubeClient;
  /** The secret's cache: its changes are how the other replicas' work is learnt of. */
  secrets: Cache<Secret>;
  namespace: string;
  names: readonly string[];
  /** This replica's name among the others. */
  replica: string;
  clock: Clock;
  log: Logger;
  /** Good certificates that differ from those told before. */
  changed: (certs: Certs) => void;
}

export interface Keeper {
  /** Good certificates, made now if there are none. */
  ensure(): Promise<Certs>;
  stop(): Promise<void>;
}

/** Looked at this often for its age; anything else is seen as a change of the secret. */
const checkEveryMs = 60_000;

/**
 * Keeps the secret `webhook-certs`: makes and fills it, renews it before it ends, repairs it. Replicas need no leader: whoever
 * writes first wins (resourceVersion), the others take what was written.
 */
export function keepCerts(o: Options): Keeper {
  let told: Certs | undefined;
  let stopped = false;
  let work: Promise<Certs> | undefined;

  const live = async (): Promise<Secret | undefined> => {
    try {
      return await o.client.get(builtin.Secret, o.namespace, secretName);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };

  const write = async (secret: Secret | undefined, certs: Certs): Promise<void> => {
    const data = certsToData(certs);
    if (secret) await o.client.update(builtin.Secret, { ...secret, data: { ...secret.data, ...data } });
    else {
      const metadata = { name: secretName, namespace: o.namespace };
      // Not created but applied: that is a right that can be given for this name alone. Of two replicas the second gets a
      // conflict, as each is a manager of its own.
      await o.client.apply(builtin.Secret, { apiVersion: 'v1', kind: 'Secret', metadata, data }, o.replica);
    }
  };

  const attempt = async (): Promise<Certs> => {
    for (let tries = 0; ; tries++) {
      const secret = await live();
      const found = readCerts(secret, o.names, o.clock.now());
      if (found.certs) return found.certs;
      const fresh = await issue(o.names, o.clock.now());
      // Until all have changed, replicas serve what the secret held, or what they were told before it was spoilt.
      const known = [fresh.ca, earlierCA(secret, o.clock.now()), pemBlocks(told?.ca ?? '')[0] ?? ''];
      const certs = { ...fresh, ca: [...new Set(known)].join('') };
      try {
        await write(secret, certs);
        o.log.info({ secret: secretName, because: found.why }, 'made new certificates');
        return certs;
      } catch (error) {
        if (tries >= 5 || !(isConflict(error) || isNotFound(error))) throw error;
      }
    }
  };

  const tell = (certs: Certs): Certs => {
    if (!jsonEqual(certs, told) && !stopped) {
      told = certs;
      o.changed(certs);
    }
    return certs;
  };

  /** One at a time, however many ask. */
  const ensure = (): Promise<Certs> => {
    work ??= attempt()
      .then(tell)
      .finally(() => {
        work = undefined;
      });
    return work;
  };
  const look = (): void => {
    const found = readCerts(o.secrets.get(o.namespace, secretName), o.names, o.clock.now());
    if (found.certs) tell(found.certs);
    else ensure().catch((error: Error) => o.log.error({ err: error.message, secret: secretName, because: found.why }, 'no certificates'));
  };

  const timer = setInterval(look, checkEveryMs);
  const unwatch = o.secrets.onChange(({ before, after }) => {
    if ((after ?? before)?.metadata.name === secretName && !stopped && told) look();
  });
  return {
    ensure,
    async stop() {
      stopped = true;
      clearInterval(timer);
      unwatch();
      await work?.catch(() => undefined);
    },
  };
}

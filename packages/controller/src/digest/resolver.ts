import type { Container } from '@ebb/shared/api/builtin.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import type { DeploymentConfig } from '@ebb/shared/config/deployment.ts';
import type { Clock } from '@ebb/shared/lib/clock.ts';
import { parseReference } from './reference.ts';
import { headDigest } from './registry.ts';

type Statuses = { name?: string; imageDigest?: string }[];

/** What is known of a revision's images. */
export type Digests =
  | { state: 'pending' }
  | { state: 'failed'; message: string }
  | { state: 'resolved'; containers: Statuses; initContainers?: Statuses };

export interface DigestResolver {
  /** What is known now; starts looking up what is not, and calls `done` with the revision's key when that changed. */
  resolve(revision: Revision, config: DeploymentConfig): Digests;
  forget(key: string): void;
}

interface Entry {
  digest?: string;
  error?: string;
  busy: boolean;
  /** Do not look up again before. */
  notBefore: number;
  attempts: number;
}

/** Lookups at the same time (contract control-plane 7.3: a pool of 100). */
const poolSize = 100;

/** Resolves tags to digests in the background: a reconcile never waits for a registry. */
export function createDigestResolver(clock: Clock, done: (key: string) => void): DigestResolver {
  const byRevision = new Map<string, Map<string, Entry>>();
  let running = 0;

  const start = (key: string, image: string, entry: Entry, timeoutMs: number) => {
    if (entry.busy || running >= poolSize || clock.now() < entry.notBefore) return;
    entry.busy = true;
    running++;
    const ref = parseReference(image);
    headDigest(ref, timeoutMs)
      .then(
        (digest) => {
          entry.digest = `${ref.registry}/${ref.repository}@${digest}`;
        },
        (error: Error) => {
          const cause = (error.cause as Error | undefined)?.message;
          entry.error = cause ? `${error.message}: ${cause}` : error.message;
          entry.notBefore = clock.now() + Math.min(1000, 2 ** entry.attempts) * 1000;
          entry.attempts++;
        },
      )
      .finally(() => {
        entry.busy = false;
        running--;
        done(key);
      });
  };

  return {
    resolve(revision, config) {
      const { containers, initContainers = [] } = revision.spec;
      const known = revision.status?.containerStatuses ?? [];
      if (known.length + (revision.status?.initContainerStatuses ?? []).length === containers.length + initContainers.length) {
        return { state: 'resolved', containers: known, initContainers: revision.status?.initContainerStatuses };
      }
      const key = `${revision.metadata.namespace}/${revision.metadata.name}`;
      const entries = byRevision.get(key) ?? new Map<string, Entry>();
      let pending = false;
      let failure: string | undefined;
      const one = (container: Container) => {
        const image = container.image ?? '';
        const ref = parseReference(image);
        if (ref.digest) return image;
        if (config.registriesSkippingTagResolving.includes(ref.registry)) return '';
        const entry = entries.get(image) ?? { busy: false, notBefore: 0, attempts: 0 };
        entries.set(image, entry);
        byRevision.set(key, entries);
        if (entry.digest) return entry.digest;
        if (entry.error) failure ??= `Unable to fetch image ${JSON.stringify(image)}: failed to resolve image to digest: ${entry.error}`;
        start(key, image, entry, config.digestResolutionTimeoutMs);
        pending = true;
        return '';
      };
      const statuses = (list: Container[]) => list.map((c) => ({ name: c.name, imageDigest: one(c) }));
      const resolved = { containers: statuses(containers), initContainers: initContainers.length ? statuses(initContainers) : undefined };
      if (failure) return { state: 'failed', message: failure };
      if (pending) return { state: 'pending' };
      byRevision.delete(key);
      return { state: 'resolved', ...resolved };
    },
    forget: (key) => {
      byRevision.delete(key);
    },
  };
}

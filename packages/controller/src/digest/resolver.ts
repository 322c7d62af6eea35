import type { Container } from '@ebb/shared/api/builtin.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import type { DeploymentConfig } from '@ebb/shared/config/deployment.ts';
import type { Lookups } from './lookups.ts';
import { parseReference } from './reference.ts';

type Statuses = { name?: string; imageDigest?: string }[];

/** What is known of a revision's images. */
export type Digests =
  | { state: 'pending' }
  /** Asked again by itself after `retryInMs`; undefined: it is being asked, or asking again would not help. */
  | { state: 'failed'; message: string; retryInMs?: number }
  | { state: 'resolved'; containers: Statuses; initContainers?: Statuses };

export interface DigestResolver {
  /** What is known now; starts looking up what is not. */
  resolve(revision: Revision, config: DeploymentConfig): Digests;
  forget(key: string): void;
}

/** Resolves tags to digests in the background: a reconcile never waits for a registry (contract control-plane 7.3). */
export function createDigestResolver(lookups: Lookups): DigestResolver {
  return {
    resolve(revision, config) {
      const { containers, initContainers = [] } = revision.spec;
      const { namespace, name } = revision.metadata;
      const key = `${namespace}/${name}`;
      const known = revision.status?.containerStatuses ?? [];
      if (known.length + (revision.status?.initContainerStatuses ?? []).length === containers.length + initContainers.length) {
        // Not sooner: until the cache shows the status that was written, the digests are asked for again.
        lookups.forget(key);
        return { state: 'resolved', containers: known, initContainers: revision.status?.initContainerStatuses };
      }
      const scope = {
        namespace,
        serviceAccountName: revision.spec.serviceAccountName ?? '',
        imagePullSecrets: (revision.spec.imagePullSecrets ?? []).flatMap((s) => s.name ?? []),
        timeoutMs: config.digestResolutionTimeoutMs,
      };
      let pending = false;
      let failure: string | undefined;
      const retries: number[] = [];
      const one = (container: Container): string => {
        const image = container.image ?? '';
        try {
          const ref = parseReference(image);
          if (ref.digest) return image;
          if (config.registriesSkippingTagResolving.includes(ref.registry)) return '';
          const found = lookups.get(key, { image, ref, ...scope });
          if (found.digest) return `${ref.registry}/${ref.repository}@${found.digest}`;
          if (found.retryInMs !== undefined) retries.push(found.retryInMs);
          if (found.error) throw new Error(found.error);
          pending = true;
        } catch (error) {
          failure ??= `Unable to fetch image ${JSON.stringify(image)}: failed to resolve image to digest: ${(error as Error).message}`;
        }
        return '';
      };
      const statuses = (list: readonly Container[]) => list.map((c) => ({ name: c.name, imageDigest: one(c) }));
      const resolved = { containers: statuses(containers), initContainers: initContainers.length ? statuses(initContainers) : undefined };
      if (failure) return { state: 'failed', message: failure, retryInMs: retries.length ? Math.min(...retries) : undefined };
      if (pending) return { state: 'pending' };
      return { state: 'resolved', ...resolved };
    },
    forget: lookups.forget,
  };
}

import type { Kind, KubeObject } from '../api/meta.ts';
import type { Informers } from './cache.ts';
import type { KubeClient } from './client.ts';

/**
 * A client whose writes are in the caches when they return. Otherwise the reconcile that a write sets off would often run
 * before the watch has told of it, decide the same once more and meet a conflict.
 */
export function showingOwnWrites(client: KubeClient, informers: Informers): KubeClient {
  const shown = async <T extends KubeObject>(kind: Kind<T>, writing: Promise<T>): Promise<T> => {
    const object = await writing;
    informers.wrote(kind, object);
    return object;
  };
  /** A Scale has the version of the object it is of, and the one field of it that changed. */
  const shownScale = <T extends KubeObject>(kind: Kind<T>, scale: T): T => {
    const { metadata, spec } = scale as { metadata: KubeObject['metadata']; spec?: { replicas?: number } };
    const cached = informers.informer(kind).get(metadata.namespace, metadata.name) as (T & { spec?: object }) | undefined;
    if (cached) {
      const { resourceVersion } = metadata;
      informers.wrote(kind, {
        ...cached,
        metadata: { ...cached.metadata, resourceVersion },
        spec: { ...cached.spec, replicas: spec?.replicas ?? 0 },
      });
    }
    return scale;
  };
  return {
    ...client,
    create: (kind, object, options) => {
      const writing = client.create(kind, object, options);
      return options?.dryRun ? writing : shown(kind, writing);
    },
    update: (kind, object) => shown(kind, client.update(kind, object)),
    updateStatus: (kind, object) => shown(kind, client.updateStatus(kind, object)),
    patch: (kind, namespace, name, type, body, subresource) => {
      const writing = client.patch(kind, namespace, name, type, body, subresource);
      if (subresource === 'scale') return writing.then((scale) => shownScale(kind, scale));
      // Other subresources answer with other kinds.
      return subresource === undefined || subresource === 'status' ? shown(kind, writing) : writing;
    },
  };
}

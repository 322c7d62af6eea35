import type { ConfigMap, Endpoints, KubeService, Secret } from '@ebb/shared/api/builtin.ts';
import type { Ingress } from '@ebb/shared/api/kinds.ts';
import type { KubeObject } from '@ebb/shared/api/meta.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';

/** What of the cluster the gateway serves by. */
export interface Cluster {
  configMaps: Cache<ConfigMap>;
  services: Cache<KubeService>;
  endpoints: Cache<Endpoints>;
  secrets: Cache<Secret>;
  ingresses: Cache<Ingress>;
}

/** In the order in which a worker is told of them: what an Ingress names comes before it. */
export const cacheNames = ['configMaps', 'services', 'endpoints', 'secrets', 'ingresses'] as const satisfies readonly (keyof Cluster)[];

/** What the main process tells a worker. Messages arrive in the order in which they were sent. */
export type ToWorker =
  | { type: 'changed'; cache: keyof Cluster; object: KubeObject }
  | { type: 'gone'; cache: keyof Cluster; namespace: string; name: string }
  /** All workers serve this spec of an Ingress (`namespace/name`); without a hash: they no longer serve the same. */
  | { type: 'agreed'; ingress: string; hash?: string }
  /** What there was at the start has been told: serve. */
  | { type: 'listed' }
  | { type: 'metrics' }
  /** Are you there? */
  | { type: 'ping' }
  | { type: 'drain' };

/** What a worker tells the main process. */
export type ToMain =
  /** It serves this spec of an Ingress, and reaches its backends. */
  | { type: 'serves'; ingress: string; hash: string }
  | { type: 'listening' }
  | { type: 'pong' }
  /** Its metrics as Prometheus text. */
  | { type: 'metrics'; text: string };

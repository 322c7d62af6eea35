import type { Endpoints, KubeService } from '@ebb/shared/api/builtin.ts';

const metadataOf = ({ metadata: { name, namespace, uid, resourceVersion } }: KubeService | Endpoints) => ({
  name,
  namespace,
  uid,
  resourceVersion,
});

/** What of a Service is kept in memory: a cluster has many, and most are not backends. */
export function slimService(service: KubeService): KubeService {
  const { type, ports, externalName } = service.spec ?? {};
  return { apiVersion: 'v1', kind: 'Service', metadata: metadataOf(service), spec: { type, ports, externalName } };
}

/** What of Endpoints is kept: the ready addresses and the ports. */
export function slimEndpoints(endpoints: Endpoints): Endpoints {
  const subsets = endpoints.subsets?.map(({ addresses, ports }) => ({ addresses: addresses?.map(({ ip }) => ({ ip })), ports }));
  return { apiVersion: 'v1', kind: 'Endpoints', metadata: metadataOf(endpoints), subsets };
}

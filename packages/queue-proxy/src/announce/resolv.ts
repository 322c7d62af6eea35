import { defaultClusterDomain } from '@ebb/shared/api/system.ts';

/**
 * The cluster's domain by the search path the kubelet wrote (`default.svc.cluster.local svc.cluster.local …`). With the whole
 * name of a Service one question to the DNS is enough, by the search path it takes three.
 */
export function clusterDomainOf(resolvConf: string): string {
  const search = /^search\s+(.*)$/m.exec(resolvConf)?.[1]?.split(/\s+/) ?? [];
  return search.find((domain) => domain.startsWith('svc.'))?.slice('svc.'.length) ?? defaultClusterDomain;
}

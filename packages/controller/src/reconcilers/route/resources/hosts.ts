import type { KubeService } from '@ebb/shared/api/builtin.ts';
import type { Route } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { serviceHost } from '@ebb/shared/api/system.ts';
import { type DomainConfig, lookupDomain } from '@ebb/shared/config/domain.ts';
import type { NetworkConfig } from '@ebb/shared/config/network.ts';
import { renderTemplate } from '@ebb/shared/lib/go-template.ts';

/** Where one traffic target is reached. */
export interface Target {
  /** '' for the Route's own. */
  tag: string;
  /** The name of its placeholder Service. */
  hostname: string;
  local: boolean;
  /** External host, or the cluster-local one. */
  host: string;
  url: string;
}

export interface Naming {
  network: NetworkConfig;
  domain: DomainConfig;
  clusterDomain: string;
}

/** The target of a tag (contract control-plane 7.5.3). Throws `domain name error: …` or a template's error. */
export function targetOf(route: Route, tag: string, placeholder: KubeService | undefined, naming: Naming): Target {
  const { network, clusterDomain } = naming;
  const { name, namespace } = route.metadata;
  const hostname = tag === '' ? name : renderTemplate(network.tagTemplate, { Tag: tag, Name: name });
  const domain = lookupDomain(naming.domain, route.metadata.labels, clusterDomain);
  const hidden = (placeholder?.metadata.labels?.[labels.visibility] ?? '') !== '';
  const local = domain === `svc.${clusterDomain}` || hidden;
  const host = local
    ? serviceHost(hostname, namespace, clusterDomain)
    : renderTemplate(network.domainTemplate, {
        Name: hostname,
        Namespace: namespace,
        Domain: domain,
        Annotations: route.metadata.annotations ?? {},
        Labels: route.metadata.labels ?? {},
      });
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/.test(host) || host.length > 253) {
    throw new Error(
      `domain name error: invalid domain name ${JSON.stringify(host)}: want at least two labels of lower case letters, digits and '-', separated by dots`,
    );
  }
  return { tag, hostname, local, host, url: `${local ? 'http' : network.defaultExternalScheme}://${host}` };
}

/** The three names a target has inside the cluster, sorted (contract 4.3). */
export function localHosts(hostname: string, namespace: string, clusterDomain: string): string[] {
  return [`${hostname}.${namespace}`, `${hostname}.${namespace}.svc`, serviceHost(hostname, namespace, clusterDomain)].sort();
}

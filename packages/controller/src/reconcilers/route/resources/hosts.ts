import type { KubeService } from '@ebb/shared/api/builtin.ts';
import type { Route } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { serviceHost } from '@ebb/shared/api/system.ts';
import { fullDomainName } from '@ebb/shared/api/validate/names.ts';
import { type DomainConfig, lookupDomain } from '@ebb/shared/config/domain.ts';
import type { NetworkConfig } from '@ebb/shared/config/network.ts';

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

const badName = (what: string) => new Error(`domain name error: ${what}`);

/** The name of a tag's placeholder Service, the Route's own for ''. Throws `domain name error: …`. */
export function hostnameOf(route: Route, tag: string, { network }: Naming): string {
  if (tag === '') return route.metadata.name;
  try {
    return network.templates.tag({ Tag: tag, Name: route.metadata.name });
  } catch (error) {
    throw badName(`error executing the TagTemplate: ${(error as Error).message}`);
  }
}

/**
 * The target of a tag (contract control-plane 7.5.3). `placeholder`: its Service, if there is one; a visibility label on it
 * hides this target alone. Throws `domain name error: …`.
 */
export function targetOf(route: Route, tag: string, placeholder: KubeService | undefined, naming: Naming): Target {
  const { network, clusterDomain } = naming;
  const hostname = hostnameOf(route, tag, naming);
  const domain = lookupDomain(naming.domain, route.metadata.labels, clusterDomain);
  const hidden = (placeholder?.metadata.labels?.[labels.visibility] ?? '') !== '';
  const local = domain === `svc.${clusterDomain}` || hidden;
  const host = local ? serviceHost(hostname, route.metadata.namespace, clusterDomain) : externalHost(route, hostname, domain, network);
  const wrong = fullDomainName('url', host);
  if (wrong.length)
    throw badName(`invalid domain name ${JSON.stringify(host)}: ${wrong.length === 1 ? wrong[0] : `[${wrong.join(', ')}]`}`);
  return { tag, hostname, local, host, url: `${local ? 'http' : network.defaultExternalScheme}://${host}` };
}

function externalHost(route: Route, hostname: string, domain: string, network: NetworkConfig): string {
  const { namespace, annotations = {}, labels: own = {} } = route.metadata;
  try {
    return network.templates.domain({ Name: hostname, Namespace: namespace, Domain: domain, Annotations: annotations, Labels: own });
  } catch (error) {
    throw badName(`error executing the DomainTemplate: ${(error as Error).message}`);
  }
}

/** The three names a target has inside the cluster, sorted (contract 4.3). */
export function localHosts(hostname: string, namespace: string, clusterDomain: string): string[] {
  return [`${hostname}.${namespace}`, `${hostname}.${namespace}.svc`, serviceHost(hostname, namespace, clusterDomain)].sort();
}

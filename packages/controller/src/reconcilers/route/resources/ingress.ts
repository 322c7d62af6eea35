import { annotations, findAnnotation } from '@ebb/shared/api/annotations.ts';
import type { Ingress, IngressPath, IngressRule, IngressSplit, Route } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { ownerReference } from '@ebb/shared/api/meta.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import { childName } from '@ebb/shared/lib/child-name.ts';
import { protocolOf } from '../../revision/resources/containers.ts';
import { localHosts, type Naming, type Target } from './hosts.ts';
import type { Share } from './traffic.ts';

export interface IngressInput extends Naming {
  targets: Target[];
  shares: Map<string, Share[]>;
  tagHeaders: boolean;
}

function splitsOf(route: Route, shares: Share[]): IngressSplit[] {
  const { namespace } = route.metadata;
  return shares
    .filter((s) => s.percent > 0)
    .map(({ revision, percent }) => ({
      serviceNamespace: namespace,
      serviceName: revision.metadata.name,
      servicePort: protocolOf(revision.spec) === 'h2c' ? ports.serviceH2c : ports.serviceHttp,
      percent,
      appendHeaders: { 'Knative-Serving-Revision': revision.metadata.name, 'Knative-Serving-Namespace': namespace },
    }));
}

function pathsOf(route: Route, tag: string, input: IngressInput): IngressPath[] {
  const path: IngressPath = { splits: splitsOf(route, input.shares.get(tag) ?? []) };
  if (!input.tagHeaders) return [path];
  if (tag !== '') return [{ ...path, appendHeaders: { 'Knative-Serving-Tag': tag } }];
  const tags = [...input.shares.keys()].filter((t) => t !== '').sort();
  const byHeader = tags.map(
    (t): IngressPath => ({ headers: { 'Knative-Serving-Tag': { exact: t } }, splits: splitsOf(route, input.shares.get(t) ?? []) }),
  );
  return [...byHeader, { ...path, appendHeaders: { 'Knative-Serving-Default-Route': 'true' } }];
}

/** `''`, `Enabled` or `Redirected` (contract 7.5.5). Throws on an annotation that is neither. */
export function httpOptionOf(route: Route, configured: string): '' | 'Enabled' | 'Redirected' {
  const own = findAnnotation(route.metadata.annotations, 'httpOption')?.value;
  const value = (own ?? configured).toLowerCase();
  if (value === 'enabled') return 'Enabled';
  if (value === 'redirected') return 'Redirected';
  if (own !== undefined) throw new Error(`incorrect http-protocol annotation: ${own}`);
  return '';
}

/** The rollout annotation's baseline: which revision each configuration's share is on (contract 7.5.6). */
export function rolloutOf(shares: Map<string, Share[]>): string {
  const configurations = [...shares.entries()]
    .flatMap(([tag, list]) =>
      list
        .filter((s) => s.latestRevision && s.percent > 0)
        .map((s) => ({
          configurationName: s.configuration,
          ...(tag ? { tag } : {}),
          percent: s.percent,
          revisions: [{ revisionName: s.revision.metadata.name, percent: s.percent }],
        })),
    )
    .sort((a, b) => ((a.tag ?? '') + a.configurationName < (b.tag ?? '') + b.configurationName ? -1 : 1));
  return JSON.stringify(configurations.length ? { configurations } : {});
}

/** The Ingress of a Route: per target a cluster-local rule and, unless it is local, an external one. */
export function ingressOf(route: Route, input: IngressInput): Ingress {
  const { namespace } = route.metadata;
  const targets = [...input.targets].sort((a, b) => (a.tag < b.tag ? -1 : 1));
  const rules = targets.flatMap((t): IngressRule[] => {
    const http = { paths: pathsOf(route, t.tag, input) };
    const inside: IngressRule = { hosts: localHosts(t.hostname, namespace, input.clusterDomain), visibility: 'ClusterLocal', http };
    return t.local ? [inside] : [inside, { hosts: [t.host], visibility: 'ExternalIP', http }];
  });
  const tags = Object.fromEntries(
    targets
      .filter((t) => t.tag !== '')
      .map((t) => [t.tag, [localHosts(t.hostname, namespace, input.clusterDomain).at(-1) ?? '', ...(t.local ? [] : [t.host])]]),
  );
  const dropped: readonly string[] = [annotations.lastApplied[0], annotations.certificateClass[1], annotations.ingressClass[1]];
  const inherited = Object.fromEntries(Object.entries(route.metadata.annotations ?? {}).filter(([k]) => !dropped.includes(k)));
  return {
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'Ingress',
    metadata: {
      name: childName(route.metadata.name, ''),
      namespace,
      labels: { ...route.metadata.labels, [labels.route]: route.metadata.name, [labels.routeNamespace]: namespace },
      annotations: {
        [annotations.ingressClass[0]]: findAnnotation(route.metadata.annotations, 'ingressClass')?.value ?? input.network.ingressClass,
        [annotations.rollout[0]]: rolloutOf(input.shares),
        ...(Object.keys(tags).length ? { [annotations.tagToHost[0]]: JSON.stringify(tags) } : {}),
        ...inherited,
      },
      ownerReferences: [ownerReference(route)],
    },
    spec: { rules, httpOption: httpOptionOf(route, input.network.httpProtocol) },
  };
}

import { annotations } from '@ebb/shared/api/annotations.ts';
import { asWritten, headers } from '@ebb/shared/api/headers.ts';
import type { Ingress, IngressPath, IngressRule, IngressSplit, Revision, Route } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { ownerReference } from '@ebb/shared/api/meta.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import { childName } from '@ebb/shared/lib/child-name.ts';
import { httpOptionOf, ingressAnnotations } from '../../ingress.ts';
import { protocolOf } from '../../revision/resources/containers.ts';
import { type Rollout, rolloutOf } from '../rollout.ts';
import { formatRollout } from '../rollout-annotation.ts';
import { localHosts, type Naming, type Target } from './hosts.ts';
import type { Share } from './traffic.ts';

const tagHeader = asWritten(headers.tag);

export interface IngressInput extends Naming {
  targets: Target[];
  shares: Map<string, Share[]>;
  rollout: Rollout;
  tagHeaders: boolean;
  revision(name: string): Revision | undefined;
}

function split(namespace: string, revision: Revision | undefined, name: string, percent: number): IngressSplit {
  return {
    serviceNamespace: namespace,
    serviceName: name,
    // With system-internal-tls it is 443, whatever the protocol.
    servicePort: revision && protocolOf(revision.spec) === 'h2c' ? ports.serviceH2c : ports.serviceHttp,
    percent,
    appendHeaders: { [asWritten(headers.revision)]: name, [asWritten(headers.namespace)]: namespace },
  };
}

/** Where a target's requests go: each share to its revision, one that is rolled out to all revisions of its rollout. */
function splitsOf(route: Route, tag: string, input: IngressInput): IngressSplit[] {
  const { namespace } = route.metadata;
  const present = (input.shares.get(tag) ?? []).filter((s) => s.percent > 0);
  return present.flatMap(({ revision, percent, latestRevision, configuration }) => {
    const rolled = latestRevision ? rolloutOf(input.rollout, tag, configuration) : undefined;
    if (!rolled || rolled.revisions.length < 2) return [split(namespace, revision, revision.metadata.name, percent)];
    return rolled.revisions.map((r) => split(namespace, input.revision(r.revisionName), r.revisionName, r.percent));
  });
}

function pathsOf(route: Route, tag: string, input: IngressInput): IngressPath[] {
  const path: IngressPath = { splits: splitsOf(route, tag, input) };
  if (!input.tagHeaders) return [path];
  if (tag !== '') return [{ ...path, appendHeaders: { [tagHeader]: tag } }];
  const tags = [...input.shares.keys()].filter((t) => t !== '').sort();
  const byHeader = tags.map((t): IngressPath => ({ headers: { [tagHeader]: { exact: t } }, splits: splitsOf(route, t, input) }));
  return [...byHeader, { ...path, appendHeaders: { [asWritten(headers.defaultRoute)]: 'true' } }];
}

/** The Ingress of a Route: per target a cluster-local rule and, unless it is local, an external one. */
export function ingressOf(route: Route, input: IngressInput): Ingress {
  const { name, namespace } = route.metadata;
  const targets = [...input.targets].sort((a, b) => (a.tag < b.tag ? -1 : 1));
  const inside = (t: Target) => localHosts(t.hostname, namespace, input.clusterDomain);
  // Challenges of certificates get their paths here, before the target's own.
  const rules = targets.flatMap((t): IngressRule[] => {
    const http = { paths: pathsOf(route, t.tag, input) };
    const local: IngressRule = { hosts: inside(t), visibility: 'ClusterLocal', http };
    return t.local ? [local] : [local, { hosts: [t.host], visibility: 'ExternalIP', http }];
  });
  const tagged = targets.filter((t) => t.tag !== '');
  const hosts = Object.fromEntries(tagged.map((t) => [t.tag, [inside(t).at(-1) ?? '', ...(t.local ? [] : [t.host])]]));
  return {
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'Ingress',
    metadata: {
      name: childName(name, ''),
      namespace,
      labels: { ...route.metadata.labels, [labels.route]: name, [labels.routeNamespace]: namespace },
      annotations: {
        ...ingressAnnotations(route, input.network, { [annotations.rollout[0]]: formatRollout(input.rollout) }),
        ...(tagged.length ? { [annotations.tagToHost[0]]: JSON.stringify(hosts) } : {}),
      },
      ownerReferences: [ownerReference(route)],
    },
    spec: { rules, ...httpOptionOf(route, input.network) },
  };
}

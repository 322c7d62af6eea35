import { builtin } from '@ebb/shared/api/builtin.ts';
import { type ClusterDomainClaim, type DomainMapping, kinds } from '@ebb/shared/api/kinds.ts';
import { apiVersionOf, type Kind, type KubeObject, keyOf } from '@ebb/shared/api/meta.ts';
import type { Caches, Watches } from '@ebb/shared/kube/reconciler.ts';

const byReference = 'domainmapping-references';
const byDomain = 'domainmapping-domain';

const referenceOf = ({ spec: { ref }, metadata }: DomainMapping): string =>
  `${ref.apiVersion}/${ref.kind}/${ref.namespace || metadata.namespace}/${ref.name}`;

/** The DomainMappings that lead to an object. */
export const mappingsTo = (kind: Kind, object: KubeObject, caches: Caches): string[] =>
  caches
    .of(kinds.DomainMapping)
    .byIndex(byReference, `${apiVersionOf(kind)}/${kind.kind}/${keyOf(object)}`)
    .map(keyOf);

/** What a DomainMapping may lead to without asking the API server what it is. */
export const knownReferents: readonly Kind[] = [builtin.Service, kinds.Service, kinds.Route];

/** DomainMapping → Ingress and claim of the domain (contract control-plane 7.9). */
export const watches: Watches<DomainMapping> = {
  queue: 'knative.dev.serving.pkg.reconciler.domainmapping.reconciler',
  source: 'domainmapping-controller',
  reconciles: kinds.DomainMapping,
  finalizer: 'domainmappings.serving.knative.dev',
  owns: [kinds.Ingress],
  tracks: [
    ...knownReferents.map((kind) => ({ kind, keys: (object: KubeObject, caches: Caches) => mappingsTo(kind, object, caches) })),
    // The Go original does not watch claims: there a freed one is found by retries.
    {
      kind: kinds.ClusterDomainClaim,
      keys: ({ metadata }: ClusterDomainClaim, caches: Caches) =>
        caches.of(kinds.DomainMapping).byIndex(byDomain, metadata.name).map(keyOf),
    },
  ],
  indexes: [
    {
      kind: kinds.DomainMapping,
      indexes: { [byReference]: (m: DomainMapping) => [referenceOf(m)], [byDomain]: (m: DomainMapping) => [m.metadata.name] },
    },
  ],
  config: ['config-network'],
};

import { type DomainMapping, kinds } from '@ebb/shared/api/kinds.ts';
import type { ConfigStore } from '@ebb/shared/config/store.ts';
import type { Caches, Reconciler } from '@ebb/shared/kube/reconciler.ts';
import { childName } from '@ebb/shared/lib/child-name.ts';
import type { Defaulter } from '../defaults.ts';
import { type Input, plan } from './plan.ts';
import type { Referents } from './referents.ts';
import { watches } from './watches.ts';

interface Options {
  config: ConfigStore;
  defaults: Defaulter;
  referents: Referents;
  clusterDomain: string;
}

export function domainMappingReconciler({ config, defaults, referents, clusterDomain }: Options): Reconciler<DomainMapping, Input> {
  const refer = async ({ metadata, spec }: DomainMapping, caches: Caches): Promise<Pick<Input, 'referent' | 'referentError'>> => {
    // Nothing of it matters any more, and its kind may be gone.
    if (metadata.deletionTimestamp) return {};
    try {
      return { referent: await referents.find(spec.ref, spec.ref.namespace || metadata.namespace, caches) };
    } catch (error) {
      return { referentError: (error as Error).message };
    }
  };
  return {
    watches,
    conditions: ['Ready', 'DomainClaimed', 'ReferenceResolved', 'IngressReady', 'CertificateProvisioned'],
    prepare: (mapping) => defaults('DomainMapping', mapping),
    gather: async (mapping, caches) => ({
      network: config.get('config-network'),
      clusterDomain,
      claim: caches.of(kinds.ClusterDomainClaim).get('', mapping.metadata.name),
      ingress: caches.of(kinds.Ingress).get(mapping.metadata.namespace, childName(mapping.metadata.name, '')),
      ...(await refer(mapping, caches)),
    }),
    plan,
  };
}

import { builtin } from '@ebb/shared/api/builtin.ts';
import { isReady } from '@ebb/shared/api/conditions.ts';
import type { Ingress } from '@ebb/shared/api/kinds.ts';
import { keyOf } from '@ebb/shared/api/meta.ts';
import type { Caches, Reconciler } from '@ebb/shared/kube/reconciler.ts';
import { addressesOf } from '../../core/backend.ts';
import { specHash } from '../../core/fingerprint.ts';
import { gatewayServices } from '../../core/names.ts';
import type { Prober } from '../../probing/prober.ts';
import type { Routing } from '../../state/routing.ts';
import { type Input, plan } from './plan.ts';
import type { State } from './status.ts';
import { watches } from './watches.ts';

interface Options {
  routing: Routing;
  prober: Prober;
  systemNamespace: string;
  clusterDomain: string;
}

export function ingressReconciler({ routing, prober, systemNamespace, clusterDomain }: Options): Reconciler<Ingress, Input> {
  const stateOf = async (ingress: Ingress, caches: Caches): Promise<State> => {
    const key = keyOf(ingress);
    const why = routing.problem(key);
    if (why !== undefined) return { is: 'refused', why };
    if (routing.table.conflicted(key)) return { is: 'conflicted' };
    // Replicas that came since list everything before they serve.
    if (isReady(ingress)) {
      prober.forget(key);
      return { is: 'programmed' };
    }
    // The listener for the cluster's own pods serves all rules, and from the same table.
    const service = gatewayServices.local;
    const replicas = addressesOf(
      caches.of(builtin.Service).get(systemNamespace, service),
      caches.of(builtin.Endpoints).get(systemNamespace, service),
      '80',
    );
    // Every rule of an Ingress is served by one step of the table: one host tells for all.
    const host = ingress.spec.rules?.find((r) => r.hosts?.length)?.hosts?.[0] ?? '';
    const served = await prober.check(key, { hash: specHash(ingress), host, replicas });
    return { is: served ? 'programmed' : 'waiting' };
  };
  return {
    watches: watches({ systemNamespace, claimants: (hosts) => routing.table.claimants(hosts) }),
    conditions: ['Ready', 'NetworkConfigured', 'LoadBalancerReady'],
    gather: async (ingress, caches) => ({ state: await stateOf(ingress, caches), systemNamespace, clusterDomain }),
    plan,
    removed: (namespace, name) => prober.forget(`${namespace}/${name}`),
  };
}

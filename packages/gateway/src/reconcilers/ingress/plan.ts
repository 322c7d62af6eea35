import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { marking } from '@ebb/shared/api/conditions.ts';
import type { Ingress } from '@ebb/shared/api/kinds.ts';
import type { Plan } from '@ebb/shared/kube/reconciler.ts';
import { follow, loadBalancers, type State } from './status.ts';

export interface Input {
  state: State;
  systemNamespace: string;
  clusterDomain: string;
}

/** What an Ingress says of itself. Nothing else is written: the routes are in the replicas' memory. */
export function plan(ingress: Ingress, { state, systemNamespace, clusterDomain }: Input): Plan<NonNullable<Ingress['status']>> {
  const marks = marking(conditionSets.Ingress, ingress.status?.conditions);
  follow(marks, state);
  const balancers = loadBalancers(systemNamespace, clusterDomain);
  const reached = state.is === 'programmed' ? { publicLoadBalancer: balancers.public, privateLoadBalancer: balancers.private } : {};
  return { writes: [], status: { ...ingress.status, ...reached, conditions: marks.conditions } };
}

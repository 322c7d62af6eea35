import type { Marks } from '@ebb/shared/api/conditions.ts';
import type { LoadBalancer } from '@ebb/shared/api/kinds.ts';
import { serviceHost } from '@ebb/shared/api/system.ts';
import { gatewayServices } from '../../core/names.ts';

/** How an Ingress stands. */
export type State =
  /** Its spec cannot be served. */
  | { is: 'refused'; why: string }
  /** Another Ingress owns one of its hosts. */
  | { is: 'conflicted' }
  /** Not every replica of the gateway serves this spec yet. */
  | { is: 'waiting' }
  | { is: 'programmed' };

/** The conditions in the contract's words (data-plane 4.1, 4.8). */
export function follow(marks: Marks, state: State): void {
  const failed = (reason: string, message: string) => marks.false('LoadBalancerReady', reason, message);
  if (state.is === 'refused') failed('ReconcileIngressFailed', `Ingress reconciliation failed: ${state.why}`);
  else if (state.is === 'conflicted') failed('DomainConflict', 'Ingress rejected: ingress has a conflicting domain with another ingress');
  else {
    marks.true('NetworkConfigured');
    if (state.is === 'programmed') marks.true('LoadBalancerReady');
    else marks.unknown('LoadBalancerReady', 'Uninitialized', 'Waiting for load balancer to be ready');
  }
}

/** Where the gateway is reached from inside the cluster, for rules of either visibility. */
export function loadBalancers(systemNamespace: string, clusterDomain: string): { public: LoadBalancer; private: LoadBalancer } {
  const at = (service: string): LoadBalancer => ({ ingress: [{ domainInternal: serviceHost(service, systemNamespace, clusterDomain) }] });
  return { public: at(gatewayServices.external), private: at(gatewayServices.local) };
}

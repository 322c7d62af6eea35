import { kinds } from '../api/kinds.ts';
import type { Informers } from '../kube/cache.ts';
import { isConflict, isNotFound, type KubeClient } from '../kube/client.ts';
import { untilAnswered } from './until-answered.ts';

/** Plays an ingress that is at once done with whatever an Ingress asks for. `onFailure` is told of what should not happen. */
export function playIngress(client: KubeClient, informers: Informers, onFailure: (error: Error) => void): void {
  const ingress = [{ domainInternal: 'gateway.knative-serving.svc.cluster.local' }];
  const conditions = ['LoadBalancerReady', 'NetworkConfigured', 'Ready'].map((type) => ({ type, status: 'True' as const }));
  informers.informer(kinds.Ingress).onChange(({ after }) => {
    if (!after || after.metadata.deletionTimestamp || after.status?.observedGeneration === after.metadata.generation) return;
    const { namespace, name, generation } = after.metadata;
    const status = { observedGeneration: generation, conditions, publicLoadBalancer: { ingress }, privateLoadBalancer: { ingress } };
    untilAnswered(() => client.patch(kinds.Ingress, namespace, name, 'merge', { status }, 'status')).catch((error) => {
      if (!isNotFound(error) && !isConflict(error)) onFailure(error);
    });
  });
}

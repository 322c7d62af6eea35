import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import type { Prober } from '../probing/prober.ts';
import type { Routing } from '../state/routing.ts';
import { ingressReconciler } from './ingress/index.ts';

interface Options {
  routing: Routing;
  prober: Prober;
  systemNamespace: string;
  clusterDomain: string;
}

/** What the gateway reconciles. */
export function reconcilers(options: Options): readonly Reconciler<never, never>[] {
  return [ingressReconciler(options)] as unknown as readonly Reconciler<never, never>[];
}

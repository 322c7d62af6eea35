import { builtin } from '@ebb/shared/api/builtin.ts';
import { type Access, eventAccess, leaseAccess, read, reconcilerAccess, settingsAccess } from '@ebb/shared/kube/access.ts';
import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import { hpaReconciler } from './reconcilers/hpa/index.ts';
import { metricReconciler } from './reconcilers/metric/index.ts';
import { podAutoscalerReconciler } from './reconcilers/podautoscaler/index.ts';

/** The reconcilers for the sake of their declarations: these need nothing that runs. */
const declared = [
  podAutoscalerReconciler({} as Parameters<typeof podAutoscalerReconciler>[0]),
  hpaReconciler({} as Parameters<typeof hpaReconciler>[0]),
  metricReconciler({} as Parameters<typeof metricReconciler>[0], {} as Parameters<typeof metricReconciler>[1]),
] as unknown as readonly Reconciler<never, never>[];

/** What the autoscaler does in the cluster. */
export const access: readonly Access[] = [
  settingsAccess,
  leaseAccess,
  eventAccess,
  ...reconcilerAccess(declared),
  { kind: builtin.Pod, verbs: read },
  { kind: builtin.Service, verbs: read },
  { kind: builtin.Service, verbs: ['create'], system: true },
  { kind: builtin.EndpointSlice, verbs: ['get', 'create', 'update'], system: true },
  { kind: builtin.Deployment, subresource: 'scale', verbs: ['patch'] },
];

import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import { hpaReconciler } from './hpa/index.ts';
import { metricReconciler } from './metric/index.ts';
import { podAutoscalerReconciler } from './podautoscaler/index.ts';

/** The reconcilers of the autoscaler. */
export const reconcilers = (options: Parameters<typeof podAutoscalerReconciler>[0]): readonly Reconciler<never, never>[] =>
  [
    podAutoscalerReconciler(options),
    hpaReconciler(options.config),
    metricReconciler(options.collections),
  ] as unknown as readonly Reconciler<never, never>[];

import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import type { Scraper } from '../stats/scraper.ts';
import { hpaReconciler } from './hpa/index.ts';
import { metricReconciler } from './metric/index.ts';
import { podAutoscalerReconciler } from './podautoscaler/index.ts';

type Options = Parameters<typeof podAutoscalerReconciler>[0] & { scraper: Scraper };

/** The reconcilers of the autoscaler. */
export const reconcilers = (options: Options): readonly Reconciler<never, never>[] =>
  [
    podAutoscalerReconciler(options),
    hpaReconciler(options.config),
    metricReconciler(options.collections, options.scraper),
  ] as unknown as readonly Reconciler<never, never>[];

import { kinds, type Metric } from '@ebb/shared/api/kinds.ts';
import { keyOf } from '@ebb/shared/api/meta.ts';
import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import type { Collections } from '../../stats/collections.ts';
import type { Scraper } from '../../stats/scraper.ts';
import { type Input, plan } from './plan.ts';

export const metricQueue = 'knative.dev.serving.pkg.reconciler.metric.reconciler';

/** Says whether a revision's metrics are collected (contract control-plane 7.12). */
export const metricReconciler = (collections: Pick<Collections, 'has'>, scraper: Pick<Scraper, 'problem'>): Reconciler<Metric, Input> => ({
  watches: { queue: metricQueue, source: 'metric-controller', reconciles: kinds.Metric },
  conditions: ['Ready'],
  gather: (metric) => ({ collecting: collections.has(keyOf(metric)), problem: scraper.problem(keyOf(metric)) }),
  plan,
});

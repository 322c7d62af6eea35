import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { marking } from '@ebb/shared/api/conditions.ts';
import { kinds, type Metric } from '@ebb/shared/api/kinds.ts';
import { keyOf } from '@ebb/shared/api/meta.ts';
import type { Plan, Reconciler } from '@ebb/shared/kube/reconciler.ts';
import type { Collections } from '../../stats/collections.ts';

interface Input {
  collecting: boolean;
}

type Status = NonNullable<Metric['status']>;

function plan(metric: Metric, input: Input): Plan<Status> {
  const marks = marking(conditionSets.Metric, metric.status?.conditions);
  if (input.collecting) marks.true('Ready');
  else marks.unknown('Ready', 'NoEndpoints');
  return { writes: [], status: { ...metric.status, conditions: marks.conditions }, requeueAfterMs: input.collecting ? undefined : 1000 };
}

/** Says whether a revision's metrics are collected (contract control-plane 7.12). */
export const metricReconciler = (collections: Collections): Reconciler<Metric, Input> => ({
  watches: { queue: 'knative.dev.serving.pkg.reconciler.metric.reconciler', source: 'metric-controller', reconciles: kinds.Metric },
  conditions: ['Ready'],
  gather: (metric) => ({ collecting: collections.has(keyOf(metric)) }),
  plan,
});

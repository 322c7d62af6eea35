import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { marking } from '@ebb/shared/api/conditions.ts';
import type { Metric } from '@ebb/shared/api/kinds.ts';
import type { Plan } from '@ebb/shared/kube/reconciler.ts';

export interface Input {
  /** The windows of this Metric's revision exist. */
  collecting: boolean;
}

type Status = NonNullable<Metric['status']>;

/** What a Metric says of itself (contract data-plane 3.11, control-plane 7.12). */
export function plan(metric: Metric, { collecting }: Input): Plan<Status> {
  const marks = marking(conditionSets.Metric, metric.status?.conditions);
  if (collecting) marks.true('Ready');
  // After a restart its PodAutoscaler comes a moment later: what was collected then is not unsaid in between.
  else if (!marks.is('Ready', 'True')) marks.unknown('Ready', 'NoEndpoints');
  return { writes: [], status: { ...metric.status, conditions: marks.conditions } };
}

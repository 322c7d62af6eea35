import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { marking } from '@ebb/shared/api/conditions.ts';
import type { Metric } from '@ebb/shared/api/kinds.ts';
import type { Plan } from '@ebb/shared/kube/reconciler.ts';
import type { ScrapeProblem } from '../../stats/scraper.ts';

export interface Input {
  /** The windows of this Metric's revision exist. */
  collecting: boolean;
  /** Its pods give nothing. */
  problem?: ScrapeProblem;
}

type Status = NonNullable<Metric['status']>;

/** Reason and message of each problem, as the peer's scraper has them. */
const problems: Record<ScrapeProblem, [reason: string, message: string]> = {
  'no pod reports': ['DidNotReceiveStat', 'did not receive stat from an unscraped pod'],
  'no pod answers': ['CollectionFailed', 'Failed to reconcile metric collection: pods exhausted'],
};

/** What a Metric says of itself (contract data-plane 3.11, control-plane 7.12). */
export function plan(metric: Metric, { collecting, problem }: Input): Plan<Status> {
  const marks = marking(conditionSets.Metric, metric.status?.conditions);
  if (collecting && problem) marks.false('Ready', ...problems[problem]);
  else if (collecting) marks.true('Ready');
  // After a restart its PodAutoscaler comes a moment later: what was collected then is not unsaid in between.
  else if (!marks.is('Ready', 'True')) marks.unknown('Ready', 'NoEndpoints', 'failed to get endpoints');
  return { writes: [], status: { ...metric.status, conditions: marks.conditions } };
}

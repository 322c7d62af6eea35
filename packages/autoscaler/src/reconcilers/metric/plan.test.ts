import type { Condition } from '@ebb/shared/api/meta.ts';
import { expect, test } from 'vitest';
import type { ScrapeProblem } from '../../stats/scraper.ts';
import { plan } from './plan.ts';

const metric = (conditions: Condition[]) => ({
  apiVersion: 'autoscaling.internal.knative.dev/v1alpha1',
  kind: 'Metric',
  metadata: { name: 'one', namespace: 'default' },
  spec: { stableWindow: 60e9, panicWindow: 6e9, scrapeTarget: 'one-private' },
  status: { conditions },
});

test.each<[string, Condition, boolean, Partial<Condition>]>([
  ['collected', { type: 'Ready', status: 'Unknown' }, true, { status: 'True' }],
  ['not collected', { type: 'Ready', status: 'Unknown' }, false, { status: 'Unknown', reason: 'NoEndpoints' }],
  ['collected before a restart', { type: 'Ready', status: 'True' }, false, { status: 'True' }],
])('a Metric that is %s', (_, before, collecting, after) => {
  expect(plan(metric([before]), { collecting })).toMatchObject({ writes: [], status: { conditions: [after] } });
});

test.each<[ScrapeProblem, Partial<Condition>]>([
  ['no pod reports', { status: 'False', reason: 'DidNotReceiveStat' }],
  ['no pod answers', { status: 'False', reason: 'CollectionFailed', message: 'Failed to reconcile metric collection: pods exhausted' }],
])('%s', (problem, after) => {
  const { status, error } = plan(metric([{ type: 'Ready', status: 'True' }]), { collecting: true, problem });
  expect(status.conditions).toMatchObject([after]);
  expect(error).toBeUndefined();
  expect(plan(metric(status.conditions as Condition[]), { collecting: true }).status.conditions).toMatchObject([{ status: 'True' }]);
});

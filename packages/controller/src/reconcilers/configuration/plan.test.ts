import type { Configuration } from '@ebb/shared/api/kinds.ts';
import { KubeError } from '@ebb/shared/kube/client.ts';
import { expect, test } from 'vitest';
import { plan } from './plan.ts';

test('a revision that is there although no cache shows it: nothing is said of it', () => {
  const conditions = [{ type: 'Ready', status: 'Unknown' as const, reason: 'NewObservedGenFailure', message: 'unsuccessfully observed' }];
  const configuration: Configuration = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Configuration',
    metadata: { name: 'hello', namespace: 'default', generation: 1 },
    spec: { template: { spec: { containers: [{ name: 'user-container', image: 'example.com/hello' }] } } },
    status: { conditions },
  };
  const { writes, status } = plan(configuration, { revisions: [] }, 0);
  const outcome = writes[0]?.failed?.(new KubeError(409, 'AlreadyExists', 'revisions.serving.knative.dev "hello-00001" already exists'));
  expect(outcome?.event).toBeUndefined();
  expect(outcome?.status?.(status as never)).toEqual({ conditions });
});

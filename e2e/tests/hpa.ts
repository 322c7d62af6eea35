import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { expect } from 'vitest';
import { kube, tryKubectl } from './support/cluster.ts';
import { explain } from './support/explain.ts';
import { answerOf, steadily } from './support/requests.ts';
import { conditionOf, pods, ready } from './support/services.ts';
import { story } from './support/story.ts';
import { until } from './support/until.ts';

const { namespace, step, apply } = story(import.meta.url);
const host = `busy.${namespace}.localhost`;
const name = 'busy-00001';

step('its HorizontalPodAutoscaler says what its annotations say, and it is always active', async () => {
  await apply('busy');
  await ready(namespace, 'busy', name);
  const { metadata, spec } = await kube.get(builtin.HorizontalPodAutoscaler, namespace, name);
  expect(metadata.ownerReferences).toMatchObject([{ kind: 'PodAutoscaler', name, controller: true }]);
  expect(spec).toMatchObject({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: `${name}-deployment` },
    minReplicas: 1,
    maxReplicas: 2,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 20 } } }],
  });
  const pa = await kube.get(kinds.PodAutoscaler, namespace, name);
  expect(conditionOf(pa, 'Active').status).toBe('True');
  const sks = await kube.get(kinds.ServerlessService, namespace, name);
  expect(sks.spec).toMatchObject({ mode: 'Serve' });
  expect(await answerOf(host)).toBe('Hello World v1!');
});

step('under load it climbs, and the PodAutoscaler tells how far', async (skip) => {
  const measured = await tryKubectl(['get', '--raw', '/apis/metrics.k8s.io/v1beta1/nodes']);
  if (measured.code !== 0) skip('the cluster has no metrics-server: npm run cluster -- up --metrics');
  const load = steadily(host, 20);
  try {
    await pods(namespace, 'busy', 2, 300_000);
    const told = async () => {
      const { status } = await kube.get(kinds.PodAutoscaler, namespace, name);
      expect(status).toMatchObject({ desiredScale: 2, actualScale: 2 });
    };
    await until('the PodAutoscaler tells of two', told, { timeoutMs: 90_000, explain: () => explain(namespace) });
  } finally {
    await load.stop();
  }
  expect(load.tally.failures).toEqual([]);
});

import { builtin, type HorizontalPodAutoscaler } from '@ebb/shared/api/builtin.ts';
import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { getCondition } from '@ebb/shared/api/conditions.ts';
import type { PodAutoscaler, ServerlessService } from '@ebb/shared/api/kinds.ts';
import { configTables } from '@ebb/shared/config/tables.ts';
import { describe, expect, test } from 'vitest';
import { specOf } from '../../core/spec.ts';
import { serverlessServiceOf } from '../podautoscaler/resources/children.ts';
import { type Input, plan } from './plan.ts';
import { hpaOf, says } from './resources/hpa.ts';

function podAutoscaler(own: Record<string, string> = {}, reachability = 'Reachable'): PodAutoscaler {
  const annotations = Object.fromEntries(
    Object.entries({ class: 'hpa.autoscaling.knative.dev', ...own }).map(([k, v]) => [`autoscaling.knative.dev/${k}`, v]),
  );
  return {
    apiVersion: 'autoscaling.internal.knative.dev/v1alpha1',
    kind: 'PodAutoscaler',
    metadata: { name: 'one', namespace: 'default', uid: 'uid-of-one', generation: 1, labels: { a: 'b' }, annotations },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'one-deployment' }, protocolType: 'http1', reachability },
    status: { conditions: conditionSets.PodAutoscaler.init([]) },
  } as unknown as PodAutoscaler;
}

const specFor = (pa: PodAutoscaler) =>
  specOf(pa, configTables['config-autoscaler'].parse({}), configTables['config-deployment'].parse({ 'queue-sidecar-image': 'queue' }));
const made = (own?: Record<string, string>, reachability?: string) => {
  const pa = podAutoscaler(own, reachability);
  return hpaOf(pa, specFor(pa));
};
const planOf = (pa: PodAutoscaler, rest: Omit<Input, 'spec'> = {}) => plan(pa, { spec: specFor(pa), ...rest });
const readySKS = (pa: PodAutoscaler): ServerlessService =>
  ({
    ...serverlessServiceOf(pa, 'Serve', 0),
    status: { serviceName: 'one', privateServiceName: 'one-private', conditions: [{ type: 'Ready', status: 'True' }] },
  }) as unknown as ServerlessService;
const running = (pa: PodAutoscaler, currentReplicas: number): HorizontalPodAutoscaler =>
  ({ ...hpaOf(pa, specFor(pa)), status: { currentReplicas, desiredReplicas: 5 } }) as HorizontalPodAutoscaler;

describe('the HorizontalPodAutoscaler', () => {
  test('named, labelled and annotated as the PodAutoscaler, owned by it, no limit but the type’s', () => {
    expect(made()).toMatchObject({
      apiVersion: 'autoscaling/v2',
      metadata: {
        name: 'one',
        namespace: 'default',
        labels: { a: 'b' },
        ownerReferences: [{ kind: 'PodAutoscaler', name: 'one', controller: true }],
      },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'one-deployment' }, maxReplicas: 2147483647 },
    });
    expect(Object.keys(made().spec ?? {})).toEqual(['scaleTargetRef', 'maxReplicas']);
  });
  test.each<[string, Record<string, string>, object]>([
    ['bounds', { 'min-scale': '2', 'max-scale': '10' }, { minReplicas: 2, maxReplicas: 10 }],
    [
      'cpu is the default, rounded up',
      { target: '74.2' },
      { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 75 } } }] },
    ],
    [
      'memory in Mi, cut off',
      { metric: 'memory', target: '200.9' },
      { metrics: [{ type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '200Mi' } } }] },
    ],
    [
      'another',
      { metric: 'queue-length', target: '7.5' },
      { metrics: [{ type: 'Pods', pods: { metric: { name: 'queue-length' }, target: { type: 'AverageValue', averageValue: '7' } } }] },
    ],
    [
      'window',
      { window: '20s' },
      { behavior: { scaleUp: { stabilizationWindowSeconds: 20 }, scaleDown: { stabilizationWindowSeconds: 20 } } },
    ],
  ])('%s', (_, own, spec) => {
    expect(made(own).spec).toMatchObject(spec);
  });
  test('min-scale does not count while unreachable', () => {
    expect(made({ 'min-scale': '2' }, 'Unreachable').spec?.minReplicas).toBeUndefined();
  });
  test('what the API server fills in is no difference; what was asked for is', () => {
    const wanted = made({ window: '20s' }).spec!;
    const rules = { stabilizationWindowSeconds: 20, selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };
    const metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
    const live = { ...wanted, minReplicas: 1, metrics, behavior: { scaleUp: rules, scaleDown: rules } };
    expect(says(live, wanted)).toBe(true);
    const others: Record<string, string>[] = [
      { window: '21s' },
      { target: '50', window: '20s' },
      { 'min-scale': '2', window: '20s' },
      { 'max-scale': '2', window: '20s' },
      {},
    ];
    for (const own of others) expect(says(live, made(own).spec!)).toBe(false);
  });
});

test('new: both children are created; active at once, ready when its Service is', () => {
  const { writes, status } = planOf(podAutoscaler());
  expect(writes.map((w) => [w.verb, w.kind.kind])).toEqual([
    ['create', 'HorizontalPodAutoscaler'],
    ['create', 'ServerlessService'],
  ]);
  expect(writes[1]).toMatchObject({ object: { spec: { mode: 'Serve', numActivators: 0 } } });
  expect(getCondition(status.conditions, 'Active')).toMatchObject({ status: 'True' });
  expect(getCondition(status.conditions, 'SKSReady')).toMatchObject({
    status: 'Unknown',
    reason: 'NotReady',
    message: 'SKS Services are not ready yet',
  });
});

test('settled: nothing to write; scales as Kubernetes says, initialized with min-scale pods', () => {
  const pa = podAutoscaler({ 'min-scale': '3' });
  const at = (replicas: number) =>
    planOf(pa, { hpa: running(pa, replicas), sks: { ...readySKS(pa), metadata: { ...readySKS(pa).metadata, generation: undefined } } });
  expect(at(3)).toMatchObject({
    writes: [],
    status: { desiredScale: 5, actualScale: 3, serviceName: 'one', metricsServiceName: 'one-private' },
  });
  expect(getCondition(at(2).status.conditions, 'ScaleTargetInitialized')?.status).toBe('Unknown');
  expect(getCondition(at(3).status.conditions, 'Ready')?.status).toBe('True');
});

test.each(['min-scale', 'target'])('a change of %s is written', (name) => {
  const before = podAutoscaler();
  const { writes } = planOf(podAutoscaler({ [name]: '7' }), { hpa: running(before, 1), sks: readySKS(before) });
  expect(writes.map((w) => [w.verb, w.kind.kind])).toContainEqual(['update', 'HorizontalPodAutoscaler']);
});

test.each([
  ['HorizontalPodAutoscaler', 'HPA'],
  ['ServerlessService', 'ServerlessService'],
])('somebody else’s %s is left alone', (kind, short) => {
  const pa = podAutoscaler();
  const foreign = {
    ...(kind === 'ServerlessService' ? readySKS(pa) : running(pa, 1)),
    metadata: { name: 'one', namespace: 'default' },
    kind,
  };
  const { writes, status, error } = planOf(
    pa,
    kind === 'ServerlessService' ? { sks: foreign as ServerlessService } : { hpa: foreign as HorizontalPodAutoscaler },
  );
  expect(writes).toEqual([]);
  expect(error).toBe(`PodAutoscaler: "one" does not own ${short}: "one"`);
  expect(getCondition(status.conditions, 'Active')).toMatchObject({
    status: 'False',
    reason: 'NotOwned',
    message: `There is an existing ${kind} "one" that we do not own.`,
  });
});

test('a creation that fails is told', () => {
  const { writes, status } = planOf(podAutoscaler());
  const [create] = writes;
  const after = create?.failed?.(new Error('quota'))?.status as ((s: typeof status) => typeof status) | undefined;
  expect(create?.kind).toBe(builtin.HorizontalPodAutoscaler);
  expect(getCondition(after?.(status).conditions, 'Active')).toMatchObject({
    status: 'False',
    reason: 'FailedCreate',
    message: 'Failed to create HorizontalPodAutoscaler "one".',
  });
});

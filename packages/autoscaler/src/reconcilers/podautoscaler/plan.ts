import { builtin, type Deployment } from '@ebb/shared/api/builtin.ts';
import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { getCondition, isReady, marking } from '@ebb/shared/api/conditions.ts';
import { kinds, type Metric, type PodAutoscaler, type ServerlessService } from '@ebb/shared/api/kinds.ts';
import { isOwnedBy } from '@ebb/shared/api/meta.ts';
import type { Plan, Write } from '@ebb/shared/kube/reconciler.ts';
import { jsonEqual } from '@ebb/shared/lib/equal.ts';
import { activatorsFor } from '../../core/decide.ts';
import { scale } from '../../core/scale.ts';
import type { Spec } from '../../core/spec.ts';
import { markActivity } from '../../core/status.ts';
import type { Made } from '../../deciders.ts';
import { metricOf, serverlessServiceOf } from './resources/children.ts';

export interface Input {
  spec: Spec;
  desired: number;
  excessBurstCapacity: number;
  readyPods: number;
  deployment?: Deployment;
  sks?: ServerlessService;
  metric?: Metric;
  activatorAnswers: boolean;
  last?: Made;
}

type Status = NonNullable<PodAutoscaler['status']>;
const quote = JSON.stringify;

/** What a PodAutoscaler needs done, and what it says of itself (contract control-plane 7.8). */
export function plan(pa: PodAutoscaler, input: Input, now: number): Plan<Status> {
  const marks = marking(conditionSets.PodAutoscaler, pa.status?.conditions);
  const { spec, sks, readyPods } = input;
  const writes: Write[] = [];
  const status: Status = {
    ...pa.status,
    serviceName: pa.status?.serviceName ?? '',
    metricsServiceName: pa.status?.metricsServiceName ?? '',
  };
  let requeueAfterMs: number | undefined;
  const announce: NonNullable<Plan<Status>['announce']> = [];
  const done = (error?: string): Plan<Status> => ({
    writes,
    requeueAfterMs,
    announce,
    error,
    status: { ...status, conditions: marks.conditions },
  });

  for (const [kind, object] of [
    ['ServerlessService', sks],
    ['Metric', input.metric],
  ] as const) {
    if (!object || isOwnedBy(object, pa)) continue;
    marks.false('Active', 'NotOwned', `There is an existing ${kind} ${quote(object.metadata.name)} that we do not own.`);
    return done(`PodAutoscaler: ${quote(pa.metadata.name)} does not own ${kind}: ${quote(object.metadata.name)}`);
  }
  const privateName = sks?.status?.privateServiceName ?? '';
  const metric = metricOf(pa, spec, spec.targetBurstCapacity === -1 ? '' : privateName);
  if (!sks || privateName === '') {
    if (!sks) writes.push({ verb: 'create', kind: kinds.ServerlessService, object: serverlessServiceOf(pa, 'Proxy', 2) });
    marks.unknown('SKSReady', 'NotReady', 'No Private Service Name');
    finish(-1);
    return done();
  }
  status.metricsServiceName = privateName;
  if (!input.metric) writes.push({ verb: 'create', kind: kinds.Metric, object: metric });
  else if (!jsonEqual(input.metric.spec, metric.spec))
    writes.push({ verb: 'update', kind: kinds.Metric, object: { ...input.metric, spec: metric.spec } as Metric });

  const active = getCondition(marks.conditions, 'Active');
  const before = getCondition(pa.status?.conditions, 'Active');
  const since = before?.lastTransitionTime && before.status === active?.status ? Date.parse(before.lastTransitionTime) : now;
  const proxied = getCondition(sks.status?.conditions, 'ActivatorEndpointsPopulated');
  const replicas = input.deployment?.spec?.replicas ?? 0;
  const scaled = scale(spec, {
    desired: input.desired,
    replicas,
    active: active?.status ?? 'Unknown',
    activeForMs: now - since,
    initialized: marks.is('ScaleTargetInitialized', 'True'),
    sksMode: sks.spec.mode ?? 'Proxy',
    proxyForMs: proxied?.status === 'True' && proxied.lastTransitionTime ? now - Date.parse(proxied.lastTransitionTime) : undefined,
    activatorAnswers: input.activatorAnswers,
  });
  requeueAfterMs = scaled.requeueAfterMs;
  if (scaled.apply !== undefined && input.deployment && scaled.apply !== replicas) {
    const { namespace, name } = input.deployment.metadata;
    const body = [{ op: 'add', path: '/spec/replicas', value: scaled.apply }];
    writes.unshift({ verb: 'patch', kind: builtin.Deployment, namespace, name, type: 'json', body, subresource: 'scale' });
    const { stable, panic, panicking } = input.last ?? {};
    announce.push({
      type: 'revision.scaled',
      data: { from: replicas, to: scaled.apply, readyPods, stable, panic, panicking, target: spec.targetValue, clamped: scaled.clamped },
    });
  }
  const mode = scaled.want > 0 && input.excessBurstCapacity >= 0 ? 'Serve' : 'Proxy';
  const wanted = serverlessServiceOf(pa, mode, activatorsFor(spec, readyPods));
  if (!jsonEqual(sks.spec, wanted.spec) || !jsonEqual(sks.metadata.annotations ?? {}, wanted.metadata.annotations)) {
    const metadata = { ...sks.metadata, annotations: wanted.metadata.annotations };
    writes.push({ verb: 'update', kind: kinds.ServerlessService, object: { ...sks, metadata, spec: wanted.spec } as ServerlessService });
  }
  status.serviceName = sks.status?.serviceName ?? '';
  if (isReady(sks)) marks.true('SKSReady');
  else marks.unknown('SKSReady', 'NotReady', getCondition(sks.status?.conditions, 'Ready')?.message);
  const wasActive = active?.status === 'True';
  finish(scaled.want);
  if (wasActive && marks.is('Active', 'False')) announce.push({ type: 'revision.idle', data: { stableWindowMs: spec.stableWindowMs } });
  return done();

  function finish(want: number): void {
    markActivity(marks, spec, { want, readyPods, serviceName: status.serviceName });
    status.actualScale = readyPods;
    if (want >= 0 || status.desiredScale === undefined || status.desiredScale < 0) status.desiredScale = want;
  }
}

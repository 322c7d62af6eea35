import { builtin, type Deployment } from '@ebb/shared/api/builtin.ts';
import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { marking } from '@ebb/shared/api/conditions.ts';
import { kinds, type Metric, type PodAutoscaler, type ServerlessService } from '@ebb/shared/api/kinds.ts';
import { isOwnedBy } from '@ebb/shared/api/meta.ts';
import type { Plan, Write } from '@ebb/shared/kube/reconciler.ts';
import { jsonEqual } from '@ebb/shared/lib/equal.ts';
import { activatorsFor } from '../../core/decide.ts';
import { explain, inputsOf } from '../../core/explain.ts';
import { type Scaled, scale } from '../../core/scale.ts';
import { markActivity } from '../../core/status.ts';
import type { Decider } from '../../deciders.ts';
import { metricOf, serverlessServiceOf } from './resources/children.ts';
import { activityOf, followSKS } from './status.ts';

export interface Input {
  decider: Decider;
  readyPods: number;
  deployment?: Deployment;
  sks?: ServerlessService;
  metric?: Metric;
  /** The activator answers at the revision's address; false when it was not asked. */
  activatorAnswers: boolean;
}

type Status = NonNullable<PodAutoscaler['status']>;
const quote = JSON.stringify;

/** What a PodAutoscaler needs done, and what it says of itself (contract control-plane 7.8). */
export function plan(pa: PodAutoscaler, input: Input, now: number): Plan<Status> {
  const { decider, sks, readyPods } = input;
  const { spec, state } = decider;
  const marks = marking(conditionSets.PodAutoscaler, pa.status?.conditions);
  const status: Status = {
    ...pa.status,
    serviceName: pa.status?.serviceName ?? '',
    metricsServiceName: pa.status?.metricsServiceName ?? '',
  };
  const writes: Write[] = [];
  const announce: NonNullable<Plan<Status>['announce']> = [];
  const done = (rest: Partial<Plan<Status>> = {}) => ({ writes, announce, status: { ...status, conditions: marks.conditions }, ...rest });
  const finish = (want: number) => {
    markActivity(marks, spec, { want, readyPods, serviceName: status.serviceName });
    status.actualScale = readyPods;
    if (want >= 0 || (status.desiredScale ?? -1) < 0) status.desiredScale = want;
  };

  const foreign = [sks, input.metric].find((child) => child && !isOwnedBy(child, pa));
  if (foreign) {
    const { kind, metadata } = foreign;
    marks.false('Active', 'NotOwned', `There is an existing ${kind} ${quote(metadata.name)} that we do not own.`);
    return done({ error: `PodAutoscaler: ${quote(pa.metadata.name)} does not own ${kind}: ${quote(metadata.name)}` });
  }
  const privateName = sks?.status?.privateServiceName ?? '';
  if (!sks || privateName === '') {
    if (!sks)
      writes.push({ verb: 'create', kind: kinds.ServerlessService, object: serverlessServiceOf(pa, 'Proxy', activatorsFor(spec, 0)) });
    marks.unknown('SKSReady', 'NotReady', 'No Private Service Name');
    finish(-1);
    return done();
  }
  const wasActive = marks.is('Active', 'True');
  const scaled = scale(spec, {
    desired: state.desired,
    replicas: input.deployment?.spec?.replicas ?? 0,
    ...activityOf(pa, sks, now),
    observedForMs: now - decider.since,
    initialized: marks.is('ScaleTargetInitialized', 'True'),
    activatorAnswers: input.activatorAnswers,
  });
  // First of all writes: a request may be waiting for this one.
  if (input.deployment && scaled.apply !== undefined) {
    writes.push({ ...scaleOf(input.deployment, scaled.apply), announce: { type: 'revision.scaled', data: whyScaled(input, scaled) } });
  }
  const metric = metricOf(pa, spec, spec.targetBurstCapacity === -1 ? '' : privateName);
  if (!input.metric) writes.push({ verb: 'create', kind: kinds.Metric, object: metric });
  else if (!jsonEqual(input.metric.spec, metric.spec)) {
    const changed: Metric = { ...input.metric, spec: metric.spec };
    writes.push({ verb: 'update', kind: kinds.Metric, object: changed });
  }
  const mode = scaled.want > 0 && state.excessBurstCapacity >= 0 ? 'Serve' : 'Proxy';
  const wanted = serverlessServiceOf(pa, mode, activatorsFor(spec, readyPods));
  const { annotations } = wanted.metadata;
  if (!jsonEqual(sks.spec, wanted.spec) || !jsonEqual(sks.metadata.annotations ?? {}, annotations)) {
    const changed: ServerlessService = { ...sks, metadata: { ...sks.metadata, annotations }, spec: wanted.spec };
    writes.push({ verb: 'update', kind: kinds.ServerlessService, object: changed });
  }
  status.metricsServiceName = privateName;
  status.serviceName = sks.status?.serviceName ?? '';
  followSKS(marks, sks);
  finish(scaled.want);
  if (wasActive && marks.is('Active', 'False')) announce.push({ type: 'revision.idle', data: { stableWindowMs: spec.stableWindowMs } });
  return done({ requeueAfterMs: scaled.requeueAfterMs });
}

/** The write of contract data-plane 3.7: a JSON patch of the Deployment's scale. */
function scaleOf({ metadata: { namespace, name } }: Deployment, replicas: number): Write {
  const body = [{ op: 'add', path: '/spec/replicas', value: replicas }];
  return { verb: 'patch', kind: builtin.Deployment, namespace, name, type: 'json', body, subresource: 'scale' };
}

/** Why a revision is scaled: the data of the event `revision.scaled`. */
function whyScaled({ decider: { spec, state, last }, readyPods, deployment }: Input, { apply, clamped }: Scaled): Record<string, unknown> {
  return {
    from: deployment?.spec?.replicas ?? 0,
    to: apply,
    desired: state.desired,
    clamped,
    why: last && explain(spec, last, clamped),
    ...(last && inputsOf(spec, last)),
    readyPods,
  };
}

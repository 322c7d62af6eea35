import { builtin, type HorizontalPodAutoscaler } from '@ebb/shared/api/builtin.ts';
import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { isReady, marking } from '@ebb/shared/api/conditions.ts';
import { kinds, type PodAutoscaler, type ServerlessService } from '@ebb/shared/api/kinds.ts';
import { isOwnedBy } from '@ebb/shared/api/meta.ts';
import type { Plan, Write } from '@ebb/shared/kube/reconciler.ts';
import { jsonEqual } from '@ebb/shared/lib/equal.ts';
import type { Spec } from '../../core/spec.ts';
import { leastReady } from '../../core/status.ts';
import { serverlessServiceOf } from '../podautoscaler/resources/children.ts';
import { hpaOf, says } from './resources/hpa.ts';

export interface Input {
  spec: Spec;
  hpa?: HorizontalPodAutoscaler;
  sks?: ServerlessService;
}

type Status = NonNullable<PodAutoscaler['status']>;
const quote = JSON.stringify;

/** What a PodAutoscaler of class HPA needs done: Kubernetes scales it, and it is always active (contract data-plane 3.10). */
export function plan(pa: PodAutoscaler, { spec, hpa, sks }: Input): Plan<Status> {
  const marks = marking(conditionSets.PodAutoscaler, pa.status?.conditions);
  const status = { ...pa.status, serviceName: pa.status?.serviceName ?? '', metricsServiceName: pa.status?.metricsServiceName ?? '' };
  const writes: Write[] = [];
  const done = (rest: Partial<Plan<Status>> = {}): Plan<Status> => ({
    writes,
    status: { ...status, conditions: marks.conditions } as Status,
    ...rest,
  });

  const foreign = [hpa, sks].find((child) => child && !isOwnedBy(child, pa));
  if (foreign) {
    const { kind, metadata } = foreign;
    marks.false('Active', 'NotOwned', `There is an existing ${kind} ${quote(metadata.name)} that we do not own.`);
    const short = kind === 'HorizontalPodAutoscaler' ? 'HPA' : kind;
    return done({ error: `PodAutoscaler: ${quote(pa.metadata.name)} does not own ${short}: ${quote(metadata.name)}` });
  }
  const wanted = hpaOf(pa, spec);
  if (!hpa)
    writes.push({ verb: 'create', kind: builtin.HorizontalPodAutoscaler, object: wanted, failed: notCreated(wanted.metadata.name) });
  else if (!hpa.spec || !wanted.spec || !says(hpa.spec, wanted.spec)) {
    writes.push({
      verb: 'update',
      kind: builtin.HorizontalPodAutoscaler,
      object: { ...hpa, spec: wanted.spec } as HorizontalPodAutoscaler,
    });
  }
  // 0 activators: all of them.
  const service = serverlessServiceOf(pa, 'Serve', 0);
  const { annotations } = service.metadata;
  if (!sks) writes.push({ verb: 'create', kind: kinds.ServerlessService, object: service });
  else if (!jsonEqual(sks.spec, service.spec) || !jsonEqual(sks.metadata.annotations ?? {}, annotations)) {
    const changed: ServerlessService = { ...sks, metadata: { ...sks.metadata, annotations }, spec: service.spec };
    writes.push({ verb: 'update', kind: kinds.ServerlessService, object: changed });
  }
  const { currentReplicas = 0, desiredReplicas = 0 } = hpa?.status ?? {};
  status.metricsServiceName = sks?.status?.privateServiceName ?? '';
  status.serviceName = sks?.status?.serviceName ?? '';
  if (sks && isReady(sks)) {
    marks.true('SKSReady');
    const initialized = marks.is('ScaleTargetInitialized', 'True');
    if (!initialized && currentReplicas >= leastReady(spec, initialized)) marks.true('ScaleTargetInitialized');
  } else marks.unknown('SKSReady', 'NotReady', 'SKS Services are not ready yet');
  marks.true('Active');
  Object.assign(status, { desiredScale: desiredReplicas, actualScale: currentReplicas });
  return done();
}

/** The status when the HorizontalPodAutoscaler cannot be created. */
const notCreated = (name: string) => () => ({
  status: (status: Status): Status => {
    const marks = marking(conditionSets.PodAutoscaler, status.conditions);
    marks.false('Active', 'FailedCreate', `Failed to create HorizontalPodAutoscaler ${quote(name)}.`);
    return { ...status, conditions: marks.conditions } as Status;
  },
});

import { annotations } from '@ebb/shared/api/annotations.ts';
import { builtin, type Deployment, type Pod } from '@ebb/shared/api/builtin.ts';
import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { getCondition, isFalse, isReady, type Marks, marking } from '@ebb/shared/api/conditions.ts';
import { type Image, kinds, type PodAutoscaler, type Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { isOwnedBy } from '@ebb/shared/api/meta.ts';
import type { EventText, Plan, Write } from '@ebb/shared/kube/reconciler.ts';
import { jsonEqual } from '@ebb/shared/lib/equal.ts';
import type { Digests } from '../../digest/resolver.ts';
import { deploymentName, deploymentOf, updatedDeployment } from './resources/deployment.ts';
import { imagesOf, podAutoscalerOf } from './resources/others.ts';
import type { Settings } from './resources/queue-proxy.ts';
import { followAutoscaler, followDeployment, followPod } from './status.ts';

export interface Input {
  settings: Settings;
  digests: Digests;
  deployment?: Deployment;
  /** One pod of the Deployment, looked up only while none is available. */
  pod?: Pod;
  autoscaler?: PodAutoscaler;
  images: Image[];
}

type Status = NonNullable<Revision['status']>;
const quote = JSON.stringify;

/** What a Revision needs done, and what it says of itself (contract control-plane 7.3). */
export function plan(original: Revision, input: Input): Plan<Status> {
  const marks = marking(conditionSets.Revision, original.status?.conditions);
  const status: Status = { ...original.status };
  const writes: Write[] = [];
  const revision: Revision = { ...original, status };
  const wasReady = isReady(original);
  const done = (error?: string): Plan<Status> => {
    const becomes = !error && !wasReady && marks.is('Ready', 'True');
    const fails = !isFalse(original.status?.conditions, 'Ready') && marks.is('Ready', 'False');
    const { reason, message } = marks.get('Ready') ?? {};
    return {
      writes,
      error,
      status: { ...status, conditions: marks.conditions },
      events: becomes
        ? [{ type: 'Normal', reason: 'RevisionReady', message: 'Revision becomes ready upon all resources being ready' }]
        : [],
      announce: [
        ...(becomes ? [{ type: 'revision.ready', data: {} }] : []),
        ...(fails ? [{ type: 'revision.failed', data: { reason, message } }] : []),
      ],
      requeueAfterMs: waitsForPod(input, marks) ? lookAgainMs : undefined,
    };
  };

  const template = input.settings['config-observability'].revisionUrlTemplate;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder of the contract
  status.logUrl = template ? template.replaceAll('${REVISION_UID}', original.metadata.uid ?? '') : undefined;

  if (input.digests.state === 'pending') {
    marks.unknown('ResourcesAvailable', 'ResolvingDigests');
    return done();
  }
  if (input.digests.state === 'failed') {
    // Tried again by its own back-off: an error would come back sooner, for nothing. Told once, as an error would be.
    const { message, retryInMs } = input.digests;
    const before = getCondition(original.status?.conditions, 'ContainerHealthy');
    marks.false('ContainerHealthy', 'ContainerMissing', message);
    const news = before?.message !== message;
    const events: EventText[] = news ? [{ type: 'Warning', reason: 'InternalError', message }] : [];
    return { ...done(), events, requeueAfterMs: retryInMs };
  }
  status.containerStatuses = input.digests.containers;
  status.initContainerStatuses = input.digests.initContainers;

  const refused = deploymentStep(revision, input, marks, writes);
  if (refused) return done(refused);
  const error = autoscalerStep(revision, input, marks, status, writes);
  // Last: nobody waits for them, and the pods wait for the autoscaler.
  for (const object of imagesOf(revision)) {
    if (input.images.some((i) => i.metadata.name === object.metadata.name)) continue;
    writes.push({ verb: 'create', kind: kinds.Image, object, doing: `failed to create image cache ${quote(object.metadata.name)}` });
  }
  return done(error);
}

/** How often a pod that does not become available is looked at: that its container ended changes no object we watch. */
const lookAgainMs = 3000;

const withoutPods = ({ deployment }: Input): boolean =>
  (deployment?.spec?.replicas ?? 0) > 0 && (deployment?.status?.availableReplicas ?? 0) === 0;

/** Pods are wanted, none is available, and nothing says why yet. */
function waitsForPod(input: Input, marks: Marks): boolean {
  return withoutPods(input) && !marks.is('ContainerHealthy', 'False') && !marks.is('ResourcesAvailable', 'False');
}

function deploymentStep(revision: Revision, input: Input, marks: Marks, writes: Write[]): string | undefined {
  const { deployment, settings } = input;
  const name = deploymentName(revision);
  const wanted = deploymentOf(revision, settings);
  if (!deployment) {
    marks.unknown('ResourcesAvailable', 'Deploying');
    marks.unknown('ContainerHealthy', 'Deploying');
    writes.push({ verb: 'create', kind: builtin.Deployment, object: wanted, doing: `failed to create deployment ${quote(name)}` });
    return undefined;
  }
  if (!isOwnedBy(deployment, revision)) {
    marks.false('ResourcesAvailable', 'NotOwned', `There is an existing Deployment ${quote(name)} that we do not own.`);
    return `revision: ${quote(revision.metadata.name)} does not own Deployment: ${quote(name)}`;
  }
  if (deployment.metadata.labels?.[labels.deploymentHash] !== wanted.metadata.labels?.[labels.deploymentHash]) {
    const object = updatedDeployment(deployment, wanted);
    writes.push({ verb: 'update', kind: builtin.Deployment, object, doing: `failed to update deployment ${quote(name)}` });
  }
  followDeployment(marks, deployment);
  if (withoutPods(input)) {
    followPod(marks, deployment, input.pod, settings['config-deployment'].podIsAlwaysSchedulable);
  }
  if ((deployment.status?.readyReplicas ?? 0) > 0) marks.true('ContainerHealthy');
  return undefined;
}

/** Whether traffic can come to the revision: what lets it keep its minimum scale (contract 7.3, "Reachability"). */
function reachability(revision: Revision, deployment: Deployment | undefined, marks: Marks): PodAutoscaler['spec']['reachability'] {
  const broken = marks.is('ResourcesAvailable', 'False') || marks.is('ContainerHealthy', 'False');
  if (broken && (deployment?.spec?.replicas ?? 0) > 0 && (deployment?.status?.readyReplicas ?? 0) === 0) return 'Unreachable';
  const state = revision.metadata.labels?.[labels.routingState];
  return state === 'active' ? 'Reachable' : state === 'reserve' ? 'Unreachable' : '';
}

function autoscalerStep(revision: Revision, input: Input, marks: Marks, status: Status, writes: Write[]): string | undefined {
  const { autoscaler, settings } = input;
  const { name } = revision.metadata;
  if (autoscaler && !isOwnedBy(autoscaler, revision)) {
    marks.false('ResourcesAvailable', 'NotOwned', `There is an existing PodAutoscaler ${quote(name)} that we do not own.`);
    return `revision: ${quote(name)} does not own PodAutoscaler: ${quote(name)}`;
  }
  followAutoscaler(marks, status, autoscaler ?? {});
  const wanted = podAutoscalerOf(revision, reachability(revision, input.deployment, marks));
  if (!autoscaler) {
    const defaulted = { [annotations.class[0]]: settings['config-autoscaler'].podAutoscalerClass };
    const metadata = { ...wanted.metadata, annotations: { ...defaulted, ...wanted.metadata.annotations } };
    writes.push({
      verb: 'create',
      kind: kinds.PodAutoscaler,
      object: { ...wanted, metadata },
      doing: `failed to create PA ${quote(name)}`,
    });
    return undefined;
  }
  const merged = mergedAnnotations(autoscaler, wanted);
  if (
    !jsonEqual({ ...unset, ...autoscaler.spec }, { ...unset, ...wanted.spec }) ||
    !jsonEqual(autoscaler.metadata.annotations ?? {}, merged)
  ) {
    const object = { ...autoscaler, metadata: { ...autoscaler.metadata, annotations: merged }, spec: wanted.spec };
    writes.push({ verb: 'update', kind: kinds.PodAutoscaler, object, doing: `failed to update PA ${quote(name)}` });
  }
  return undefined;
}

/** What a spec that does not say it says. */
const unset: Partial<PodAutoscaler['spec']> = { containerConcurrency: 0, reachability: '' };

/** The revision's annotations; of autoscaling only those, but class and metric, which may have been defaulted. */
function mergedAnnotations(live: PodAutoscaler, wanted: PodAutoscaler): Record<string, string> {
  const defaulted: readonly string[] = [...annotations.class, ...annotations.metric];
  const kept = Object.entries(live.metadata.annotations ?? {}).filter(
    ([k]) => !k.startsWith('autoscaling.knative.dev') || defaulted.includes(k),
  );
  return { ...Object.fromEntries(kept), ...wanted.metadata.annotations };
}

import { annotations, findAnnotation } from '@ebb/shared/api/annotations.ts';
import type { Deployment, PodSpec } from '@ebb/shared/api/builtin.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { ownerReference } from '@ebb/shared/api/meta.ts';
import { lookupRuntimeClass } from '@ebb/shared/config/runtime-class.ts';
import { childName } from '@ebb/shared/lib/child-name.ts';
import { parseDuration } from '@ebb/shared/lib/duration.ts';
import { stableJson } from '@ebb/shared/lib/equal.ts';
import { fnv1a32 } from '@ebb/shared/lib/hash.ts';
import { servingContainer, userContainers } from './containers.ts';
import { childAnnotations, childLabels } from './metadata.ts';
import { queueProxyContainer, type Settings } from './queue-proxy.ts';
import { logVolume, queueVolumes, withLogs } from './volumes.ts';

export const deploymentName = (revision: Revision): string => childName(revision.metadata.name, '-deployment');

/** How long the revision may take to become ready, in seconds. */
export function progressDeadlineSeconds(revision: Revision, settings: Settings): number {
  const own = findAnnotation(revision.metadata.annotations, 'progressDeadline')?.value;
  return (own ? parseDuration(own) : settings['config-deployment'].progressDeadlineMs) / 1000;
}

function initialScale(revision: Revision, settings: Settings): number {
  const own = findAnnotation(revision.metadata.annotations, 'initialScale')?.value;
  return own === undefined ? settings['config-autoscaler'].initialScale : Number(own);
}

function podSpec(revision: Revision, settings: Settings): PodSpec {
  const { containerConcurrency, timeoutSeconds, responseStartTimeoutSeconds, idleTimeoutSeconds, ...spec } = revision.spec;
  const spread = settings['config-deployment'].defaultAffinityType !== 'none';
  const affinity: PodSpec['affinity'] = {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: {
            topologyKey: 'kubernetes.io/hostname',
            labelSelector: { matchLabels: { [labels.revision]: revision.metadata.name } },
          },
        },
      ],
    },
  };
  const multiProbing = settings['config-features']['multi-container-probing'] === 'Enabled';
  const collects = settings['config-observability'].enableVarLogCollection;
  const users = userContainers(revision, multiProbing).map((c) => (collects ? withLogs(c) : c));
  const volumes = [
    ...((spec as PodSpec).volumes ?? []),
    ...queueVolumes(revision, settings).map(({ volume }) => volume),
    ...(collects ? [logVolume] : []),
  ];
  const runtimeClassName =
    (spec as PodSpec).runtimeClassName ?? lookupRuntimeClass(settings['config-deployment'].runtimeClasses, revision.metadata.labels);
  return {
    ...(spec as PodSpec),
    ...(volumes.length > 0 ? { volumes } : {}),
    ...(runtimeClassName ? { runtimeClassName } : {}),
    containers: [...users, queueProxyContainer(revision, settings)],
    terminationGracePeriodSeconds: timeoutSeconds ?? settings['config-defaults'].revisionTimeoutSeconds,
    enableServiceLinks: spec.enableServiceLinks ?? settings['config-defaults'].enableServiceLinks,
    ...(spec.affinity || !spread ? {} : { affinity }),
  };
}

/** The Deployment of a revision (contract control-plane 7.4). Its hash label says when an update is due. */
export function deploymentOf(revision: Revision, settings: Settings): Deployment {
  const metadataLabels = childLabels(revision);
  const metadataAnnotations = childAnnotations(revision);
  const serving = servingContainer(revision.spec)?.name;
  const spec: Deployment['spec'] = {
    replicas: initialScale(revision, settings),
    selector: { matchLabels: { [labels.revisionUID]: revision.metadata.uid ?? '' } },
    progressDeadlineSeconds: progressDeadlineSeconds(revision, settings),
    revisionHistoryLimit: 0,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } },
    template: {
      metadata: {
        labels: metadataLabels,
        annotations: { ...metadataAnnotations, ...(serving ? { [annotations.defaultContainer[0]]: serving } : {}) },
      },
      spec: podSpec(revision, settings),
    },
  };
  const hash = fnv1a32(stableJson({ spec, annotations: metadataAnnotations, labels: metadataLabels })).toString(36);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: deploymentName(revision),
      namespace: revision.metadata.namespace,
      labels: { ...metadataLabels, [labels.deploymentHash]: hash },
      annotations: metadataAnnotations,
      ownerReferences: [ownerReference(revision)],
    },
    spec,
  };
}

const foreign = (key: string): boolean => key !== labels.app && !key.includes('knative.dev/');
const foreignOf = (values: Record<string, string> | undefined) =>
  Object.fromEntries(Object.entries(values ?? {}).filter(([k]) => foreign(k)));

/** The update that brings a live Deployment to the wanted one, keeping replicas, selector and others' labels. */
export function updatedDeployment(live: Deployment, wanted: Deployment): Deployment {
  const template = wanted.spec?.template;
  const liveTemplate = live.spec?.template;
  return {
    ...live,
    metadata: {
      ...live.metadata,
      labels: { ...foreignOf(live.metadata.labels), ...wanted.metadata.labels },
      annotations: { ...foreignOf(live.metadata.annotations), ...wanted.metadata.annotations },
    },
    spec: {
      ...wanted.spec,
      replicas: live.spec?.replicas,
      selector: live.spec?.selector ?? {},
      template: {
        ...template,
        metadata: {
          ...template?.metadata,
          labels: { ...foreignOf(liveTemplate?.metadata?.labels), ...template?.metadata?.labels },
          annotations: { ...foreignOf(liveTemplate?.metadata?.annotations), ...template?.metadata?.annotations },
        },
      },
    },
  };
}

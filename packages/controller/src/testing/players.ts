import { builtin, type Deployment, type KubeService } from '@ebb/shared/api/builtin.ts';
import { kinds, type PodAutoscaler } from '@ebb/shared/api/kinds.ts';
import { controllerOf, type Kind, type KubeObject, ownerReference } from '@ebb/shared/api/meta.ts';
import type { Informers } from '@ebb/shared/kube/cache.ts';
import { isAlreadyExists, isNotFound, type KubeClient } from '@ebb/shared/kube/client.ts';
import { playIngress } from '@ebb/shared/testing/ingress.ts';
import { untilAnswered } from '@ebb/shared/testing/until-answered.ts';

/** What a test decides of how things go: by the name of the revision. */
export interface Fate {
  /** The conditions of its Deployment; undefined: its pods become available. */
  deployment?: (revision: string) => { type: string; status: string; reason: string; message: string }[] | undefined;
}

const quietly = (write: () => Promise<unknown>): void => {
  untilAnswered(write).catch((error) => {
    if (!isNotFound(error) && !isAlreadyExists(error)) throw error;
  });
};

/**
 * Plays those a Service needs besides the controller: Kubernetes' Deployment and Endpoints controllers, the autoscaler
 * and an ingress. Each does the least the controller can observe, and only when something changes.
 */
export function play(client: KubeClient, informers: Informers, fate: Fate = {}): void {
  const ready = [{ type: 'Ready', status: 'True' }];
  const status = (kind: Kind, object: KubeObject, value: Record<string, unknown>) => {
    const body = { status: { observedGeneration: object.metadata.generation, ...value } };
    quietly(() => client.patch(kind, object.metadata.namespace, object.metadata.name, 'merge', body, 'status'));
  };

  informers.informer(builtin.Deployment).onChange(({ after }) => {
    const deployment = after as Deployment | undefined;
    if (!deployment || deployment.status?.observedGeneration === deployment.metadata.generation) return;
    const conditions = fate.deployment?.(controllerOf(deployment)?.name ?? '');
    const replicas = deployment.spec?.replicas ?? 0;
    const up = conditions ? 0 : replicas;
    const progressing = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: '' };
    const counts = { replicas, updatedReplicas: replicas, readyReplicas: up, availableReplicas: up, unavailableReplicas: replicas - up };
    status(builtin.Deployment, deployment, { ...counts, conditions: conditions ?? [progressing] });
  });

  const scaled = (pa: PodAutoscaler | undefined): void => {
    if (!pa || pa.metadata.deletionTimestamp) return;
    const { name, namespace, labels } = pa.metadata;
    const objectRef = pa.spec.scaleTargetRef;
    quietly(() =>
      client.create(kinds.ServerlessService, {
        apiVersion: '',
        kind: '',
        metadata: { name, namespace, labels, ownerReferences: [ownerReference(pa)] },
        spec: { mode: 'Serve', objectRef, protocolType: pa.spec.protocolType, numActivators: 2 },
      }),
    );
    const deployment = informers.informer(builtin.Deployment).get(namespace, objectRef.name ?? '');
    if (!deployment?.status?.readyReplicas || pa.status?.actualScale) return;
    const conditions = [...ready, { type: 'ScaleTargetInitialized', status: 'True' }];
    const names = { serviceName: name, metricsServiceName: `${name}-private` };
    status(kinds.PodAutoscaler, pa, { ...names, desiredScale: 1, actualScale: 1, conditions });
  };
  informers.informer(kinds.PodAutoscaler).onChange(({ after }) => scaled(after));
  informers.informer(builtin.Deployment).onChange(({ after }) => {
    const revision = after && controllerOf(after)?.name;
    if (revision) scaled(informers.informer(kinds.PodAutoscaler).get(after.metadata.namespace, revision));
  });

  informers.informer(builtin.Service).onChange(({ after }) => {
    const service = after as KubeService | undefined;
    if (!service?.spec?.selector) return;
    const { name, namespace, labels } = service.metadata;
    const ports = (service.spec.ports ?? [])
      .filter((p) => typeof p.targetPort === 'number')
      .map((p) => ({ name: p.name, port: Number(p.targetPort) }));
    const subsets = ['10.1.0.9', '10.1.0.10'].map((ip) => ({ addresses: [{ ip }], ports }));
    quietly(() =>
      client.create(builtin.Endpoints, { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace, labels }, subsets }),
    );
  });

  playIngress(client, informers, (error) => {
    throw error;
  });
}

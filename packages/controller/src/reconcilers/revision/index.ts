import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds, type Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import type { DigestResolver } from '../../digest/resolver.ts';
import type { Defaulter } from '../defaults.ts';
import { type Input, plan } from './plan.ts';
import { deploymentName } from './resources/deployment.ts';
import { imagesOf } from './resources/others.ts';
import type { Settings } from './resources/queue-proxy.ts';
import { watches } from './watches.ts';

interface Options {
  client: KubeClient;
  settings: () => Settings;
  digests: DigestResolver;
  defaults: Defaulter;
}

export function revisionReconciler({ client, settings, digests, defaults }: Options): Reconciler<Revision, Input> {
  return {
    watches,
    conditions: ['Ready', 'ResourcesAvailable', 'ContainerHealthy'],
    unhurried: { but: ['containerStatuses', 'initContainerStatuses'] },
    prepare: (revision) => defaults('Revision', revision),
    async gather(revision, caches) {
      const { namespace, name } = revision.metadata;
      const config = settings();
      const found = digests.resolve(revision, config['config-deployment']);
      const deployment = caches.of(builtin.Deployment).get(namespace, deploymentName(revision));
      const without = (deployment?.spec?.replicas ?? 0) > 0 && (deployment?.status?.availableReplicas ?? 0) === 0;
      const labelSelector = `${labels.revisionUID}=${revision.metadata.uid}`;
      // What a pod says is a hint: without it the Deployment still speaks.
      const pods = without ? await client.list(builtin.Pod, { namespace, labelSelector, limit: 1 }).catch(() => undefined) : undefined;
      const pod = pods?.items[0];
      const known =
        found.state === 'resolved'
          ? {
              ...revision,
              status: { ...revision.status, containerStatuses: found.containers, initContainerStatuses: found.initContainers },
            }
          : revision;
      const images = imagesOf(known).flatMap((i) => caches.of(kinds.Image).get(namespace, i.metadata.name) ?? []);
      return { settings: config, digests: found, deployment, pod, autoscaler: caches.of(kinds.PodAutoscaler).get(namespace, name), images };
    },
    plan,
    removed: (namespace, name) => digests.forget(`${namespace}/${name}`),
  };
}

import { builtin, type Pod } from '@ebb/shared/api/builtin.ts';
import type { Informers } from '@ebb/shared/kube/cache.ts';
import { isConflict, isNotFound, type KubeClient } from '@ebb/shared/kube/client.ts';

/**
 * Plays a node without containers: every pod runs and is ready at once. Its address is one that is refused without a
 * packet (TCP to a multicast address), so that whoever asks it for metrics hears at once that nobody is there.
 */
export function playKubelet(client: KubeClient, informers: Informers, onFailure: (error: Error) => void): void {
  let pods = 0;
  informers.informer(builtin.Pod).onChange(({ before, after }) => {
    const pod = after as Pod | undefined;
    if (before || !pod || pod.metadata.deletionTimestamp || pod.status?.podIP) return;
    const n = ++pods;
    const podIP = `239.1.${n >> 8}.${n & 255}`;
    const startTime = `${new Date().toISOString().slice(0, 19)}Z`;
    const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: startTime,
    }));
    const containerStatuses = (pod.spec?.containers ?? []).map(({ name, image }) => ({
      name,
      image: image ?? '',
      imageID: '',
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: startTime } },
    }));
    const status = { phase: 'Running', podIP, podIPs: [{ ip: podIP }], startTime, conditions, containerStatuses };
    const { namespace, name } = pod.metadata;
    client.patch(builtin.Pod, namespace, name, 'merge', { status }, 'status').catch((error) => {
      if (!isNotFound(error) && !isConflict(error)) onFailure(error);
    });
  });
}

import { builtin, type Pod } from '@ebb/shared/api/builtin.ts';
import { ctr } from '../../cluster/daemons.ts';
import { localKubeconfig } from '../../cluster/paths.ts';
import { kube, kubectl, system } from './cluster.ts';
import { explain } from './explain.ts';
import { until } from './until.ts';

/** What is installed by itself: the folders of deploy/ that run something. */
export const components = ['controller', 'autoscaler', 'activator', 'webhook', 'gateway', 'nats'] as const;
export type Component = (typeof components)[number];

const isReady = (pod: Pod): boolean =>
  !pod.metadata.deletionTimestamp && (pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false);

/** The pods of a component, those on their way out included. */
export async function componentPods(component: Component): Promise<Pod[]> {
  return (await kube.list(builtin.Pod, { namespace: system, labelSelector: `app=${component}` })).items;
}

interface Workload {
  kind: string;
  metadata: { name: string; uid: string; generation: number };
  spec: { replicas?: number };
  status?: { observedGeneration?: number; replicas?: number; updatedReplicas?: number; currentRevision?: string; updateRevision?: string };
}

/** The Deployment or StatefulSet of a component. */
export async function workloadOf(component: Component): Promise<Workload> {
  const text = await kubectl(['get', 'deployments,statefulsets', '-n', system, '-o', 'json']);
  const found = (JSON.parse(text) as { items: Workload[] }).items.find((w) => w.metadata.name === component);
  if (!found) throw new Error(`no Deployment or StatefulSet ${component} in ${system}`);
  return found;
}

/** Waits until a component has as many ready pods as it wants. `without`: a UID that does not count (a StatefulSet uses names again). `settled`: and none on its way out. */
export async function recovered(component: Component, options: { without?: string; settled?: boolean } = {}): Promise<void> {
  const look = async () => {
    const { kind, spec, status, metadata } = await workloadOf(component);
    // A rollout that has not begun looks like one that is over. A StatefulSet counts updated pods only while it updates.
    const wanted = spec.replicas ?? 1;
    const updated = kind === 'StatefulSet' ? status?.currentRevision === status?.updateRevision : status?.updatedReplicas === wanted;
    if (status?.observedGeneration !== metadata.generation || !updated || status.replicas !== wanted)
      throw new Error(`${component} generation ${metadata.generation}: ${JSON.stringify(status)}`);
    const all = await componentPods(component);
    const ready = all.filter((p) => isReady(p) && p.metadata.uid !== options.without);
    const tell = all.map((p) => `${p.metadata.name} ${p.metadata.deletionTimestamp ? 'going' : isReady(p) ? 'ready' : p.status?.phase}`);
    if (ready.length < wanted) throw new Error(`${ready.length} of ${wanted} ready: ${tell.join(', ')}`);
    if (options.settled && all.some((p) => p.metadata.deletionTimestamp)) throw new Error(tell.join(', '));
  };
  await until(`${component} is back`, look, { timeoutMs: 240_000, explain: () => explain(system) });
}

/**
 * Kills a pod as a crash of its node does: its processes have no time to let go of anything. Where containerd is not at
 * hand (a cluster elsewhere), as far as the API can: by force.
 */
export async function killPod(pod: Pod): Promise<void> {
  const ids = (pod.status?.containerStatuses ?? []).flatMap((c) => c.containerID?.replace('containerd://', '') ?? []);
  if (process.env.KUBECONFIG === localKubeconfig) for (const id of ids) await ctr('tasks', 'kill', '-s', 'SIGKILL', id);
  await kubectl(['delete', 'pod', pod.metadata.name, '-n', system, '--grace-period=0', '--force']);
}

/** Deletes one pod the way an eviction or a drain does: the pod has its grace period. */
export async function deletePod(pod: Pod): Promise<void> {
  await kube.delete(builtin.Pod, system, pod.metadata.name, { uid: pod.metadata.uid });
}

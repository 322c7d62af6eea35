import { builtin, type Pod } from '@ebb/shared/api/builtin.ts';
import { getCondition, isFailed, isReady } from '@ebb/shared/api/conditions.ts';
import { kinds, type Service } from '@ebb/shared/api/kinds.ts';
import type { Condition, KubeObject } from '@ebb/shared/api/meta.ts';
import { kube } from './cluster.ts';
import { explain } from './explain.ts';
import { until } from './until.ts';

/** The condition of a type in words: `Ready=False RevisionFailed message`. */
export function conditionOf(object: KubeObject, type: string): Condition {
  const found = getCondition((object.status as { conditions?: Condition[] } | undefined)?.conditions, type);
  if (!found) throw new Error(`${object.kind} ${object.metadata.name} has no condition ${type}`);
  return found;
}

/** Waits until a Service is Ready at its present generation and its latest revision is `revision`. */
export async function ready(namespace: string, name: string, revision: string, timeoutMs = 90_000): Promise<Service> {
  const look = async () => {
    const service = await kube.get(kinds.Service, namespace, name);
    const latest = service.status?.latestReadyRevisionName;
    if (!isReady(service) || latest !== revision)
      throw new Error(`latest ready revision ${latest}, ${JSON.stringify(service.status?.conditions)}`);
    return service;
  };
  return until(`Service ${name} is Ready with revision ${revision}`, look, { timeoutMs, explain: () => explain(namespace) });
}

/** Waits until a Service is Ready=False at its present generation. */
export async function failed(namespace: string, name: string, timeoutMs = 90_000): Promise<Service> {
  const look = async () => {
    const service = await kube.get(kinds.Service, namespace, name);
    if (!isFailed(service)) throw new Error(JSON.stringify(service.status?.conditions));
    return service;
  };
  return until(`Service ${name} is Ready=False`, look, { timeoutMs, explain: () => explain(namespace) });
}

/** The external host of a Service, out of its URL. */
export function hostOf(service: Service): string {
  const url = service.status?.url;
  if (!url) throw new Error(`Service ${service.metadata.name} has no URL`);
  return new URL(url).host;
}

/** The pods of a Service. */
export async function podsOf(namespace: string, service: string): Promise<Pod[]> {
  return (await kube.list(builtin.Pod, { namespace, labelSelector: `serving.knative.dev/service=${service}` })).items;
}

/** Waits until a Service has exactly `count` pods, those on their way out included. */
export async function pods(namespace: string, service: string, count: number, timeoutMs = 150_000): Promise<void> {
  const look = async () => {
    const found = (await podsOf(namespace, service)).map(
      (p) => `${p.metadata.name} ${p.metadata.deletionTimestamp ? 'going' : p.status?.phase}`,
    );
    if (found.length !== count) throw new Error(`${found.length} pods: ${found.join(', ')}`);
  };
  await until(`Service ${service} has ${count} pods`, look, { timeoutMs, explain: () => explain(namespace) });
}

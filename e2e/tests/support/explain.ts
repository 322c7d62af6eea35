import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import type { Condition, Kind, KubeObject } from '@ebb/shared/api/meta.ts';
import { kube, tryKubectl } from './cluster.ts';

const told: readonly Kind[] = [
  kinds.Service,
  kinds.Configuration,
  kinds.Revision,
  kinds.Route,
  kinds.PodAutoscaler,
  kinds.ServerlessService,
  kinds.Ingress,
  builtin.Deployment,
];

const line = (c: Condition): string => `    ${c.type}=${c.status} ${c.reason ?? ''} ${c.message ?? ''}`.trimEnd();

function tellObject(object: KubeObject): string {
  const status = (object.status ?? {}) as { observedGeneration?: number; conditions?: Condition[] };
  const head = `  ${object.kind} ${object.metadata.name} generation ${object.metadata.generation} observed ${status.observedGeneration}`;
  return [head, ...(status.conditions ?? []).map(line)].join('\n');
}

/** All conditions in a namespace, its pods and its latest events: what a failed expectation needs beside it. */
export async function explain(namespace: string): Promise<string> {
  const lists = await Promise.all(told.map((kind) => kube.list(kind, { namespace }).catch(() => ({ items: [] }))));
  const get = async (...args: string[]) => (await tryKubectl(['get', '-n', namespace, ...args])).output.trim();
  const pods = await get('pods', '-o', 'wide');
  const events = (await get('events', '--sort-by=.lastTimestamp')).split('\n').slice(-25).join('\n');
  const objects = lists.flatMap((l) => l.items).map(tellObject);
  return [`namespace ${namespace}:`, ...objects, pods, events].join('\n');
}

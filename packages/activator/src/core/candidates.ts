import type { Endpoints, Pod } from '@ebb/shared/api/builtin.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import { ports } from '@ebb/shared/api/ports.ts';

/** A pod that may serve: `ready` is Kubernetes' opinion of it. */
export interface Candidate {
  dest: string;
  ready: boolean;
  /** The name of the pod when only its announcement tells of it: who answers there must be it. */
  announced?: string;
}

/** What of a revision decides about its backends; fixed when the revision is first seen (contract data-plane 2.4). */
export interface Nature {
  containerConcurrency: number;
  protocol: 'http1' | 'h2c';
  /** Only Kubernetes can tell readiness: an exec readiness probe or a startup probe (contract 2.5, "Probe optimisation"). */
  onlyKubernetesKnows: boolean;
}

export function natureOf({ spec }: Revision): Nature {
  const containers = spec.containers;
  const main = containers.length === 1 ? containers[0] : containers.find((c) => (c.ports?.length ?? 0) > 0);
  return {
    containerConcurrency: spec.containerConcurrency ?? 0,
    protocol: main?.ports?.[0]?.name?.startsWith('h2c') ? 'h2c' : 'http1',
    onlyKubernetesKnows: main?.readinessProbe?.exec !== undefined || containers.some((c) => c.startupProbe !== undefined),
  };
}

const isReady = (pod: Pod): boolean => pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
const isOver = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp !== undefined || pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';

/** The address of a destination; IPv6 in brackets. */
export const destOf = (ip: string, port: number): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);

/**
 * The pods worth asking (contract data-plane 2.5): ready and not ready addresses of the private Endpoints, and the pods
 * themselves, which the API shows before the Endpoints controller has followed. A pod on its way out is none. Then those
 * that announced themselves, which the API does not show yet.
 */
export function candidatesOf(
  nature: Nature,
  endpoints: Endpoints | undefined,
  pods: readonly Pod[],
  announced: readonly { pod: string; address: string }[] = [],
): Candidate[] {
  const ready = new Map<string, boolean>();
  const portName = nature.protocol === 'h2c' ? 'http2' : 'http';
  for (const subset of endpoints?.subsets ?? []) {
    const port = subset.ports?.find((p) => p.name === portName)?.port;
    if (port === undefined) continue;
    for (const { ip } of subset.notReadyAddresses ?? []) ready.set(destOf(ip, port), false);
    for (const { ip } of subset.addresses ?? []) ready.set(destOf(ip, port), true);
  }
  const port = nature.protocol === 'h2c' ? ports.h2c : ports.http1;
  // Those on their way out first: a new pod may have got the address of an old one.
  for (const pod of [...pods.filter(isOver), ...pods.filter((p) => !isOver(p))]) {
    const ip = pod.status?.podIP;
    if (!ip) continue;
    const dest = destOf(ip, port);
    if (isOver(pod)) ready.delete(dest);
    else ready.set(dest, isReady(pod) || (ready.get(dest) ?? false));
  }
  const names = new Map(announced.map(({ pod, address }) => [destOf(address, port), pod]));
  for (const dest of names.keys()) {
    if (ready.has(dest)) names.delete(dest);
    else ready.set(dest, false);
  }
  return [...ready]
    .filter(([, isReady]) => isReady || !nature.onlyKubernetesKnows)
    .map(([dest, ready]) => (names.has(dest) ? { dest, ready, announced: names.get(dest) } : { dest, ready }))
    .sort((a, b) => (a.dest < b.dest ? -1 : 1));
}

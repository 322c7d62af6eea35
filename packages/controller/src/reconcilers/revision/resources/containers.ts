import type { Container } from '@ebb/shared/api/builtin.ts';
import type { Revision, RevisionSpec } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import { livenessProbe } from './probes.ts';

/** The container that serves: the only one, or the one with a port. */
export function servingContainer(spec: RevisionSpec): Container | undefined {
  return spec.containers.length === 1 ? spec.containers[0] : spec.containers.find((c) => (c.ports?.length ?? 0) > 0);
}

export const userPort = (spec: RevisionSpec): number => servingContainer(spec)?.ports?.[0]?.containerPort || ports.userDefault;

/** `h2c` when the serving port is named so. */
export function protocolOf(spec: RevisionSpec): 'http1' | 'h2c' {
  return servingContainer(spec)?.ports?.[0]?.name === 'h2c' ? 'h2c' : 'http1';
}

/**
 * The user's containers as they run (contract control-plane 7.4, items 3 and 4). `multiProbing`: a liveness probe may have
 * a port of its own.
 */
export function userContainers(revision: Revision, multiProbing: boolean): Container[] {
  const serving = servingContainer(revision.spec);
  const port = userPort(revision.spec);
  return revision.spec.containers.map((container, index): Container => {
    const { readinessProbe, ...rest } = container;
    const served = container === serving;
    const { metadata } = revision;
    const identity = [
      { name: 'K_REVISION', value: metadata.name },
      { name: 'K_CONFIGURATION', value: metadata.labels?.[labels.configuration] ?? '' },
      { name: 'K_SERVICE', value: metadata.labels?.[labels.service] ?? '' },
    ];
    const out: Container = {
      ...rest,
      image: revision.status?.containerStatuses?.[index]?.imageDigest || container.image,
      lifecycle: { preStop: { httpGet: { port: ports.queueAdmin, path: '/wait-for-drain' } } },
      env: [...(container.env ?? []), ...(served ? [{ name: 'PORT', value: String(port) }] : []), ...identity],
      stdin: false,
      tty: false,
      terminationMessagePolicy: container.terminationMessagePolicy ?? 'FallbackToLogsOnError',
    };
    if (served) out.ports = [{ name: 'user-port', containerPort: port }];
    // Only exec probes are the kubelet's to run; queue-proxy runs the others.
    if (readinessProbe?.exec) out.readinessProbe = readinessProbe;
    if (served && out.livenessProbe) out.livenessProbe = livenessProbe(out.livenessProbe, port, multiProbing);
    return out;
  });
}

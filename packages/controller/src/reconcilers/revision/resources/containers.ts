import type { Container, Probe } from '@ebb/shared/api/builtin.ts';
import type { Revision, RevisionSpec } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { ports } from '@ebb/shared/api/ports.ts';

/** The container that serves: the only one, or the one with a port. */
export function servingContainer(spec: RevisionSpec): Container | undefined {
  return spec.containers.length === 1 ? spec.containers[0] : spec.containers.find((c) => (c.ports?.length ?? 0) > 0);
}

export const userPort = (spec: RevisionSpec): number => servingContainer(spec)?.ports?.[0]?.containerPort ?? ports.userDefault;

/** `h2c` when the serving port is named so. */
export function protocolOf(spec: RevisionSpec): 'http1' | 'h2c' {
  return servingContainer(spec)?.ports?.[0]?.name?.startsWith('h2c') ? 'h2c' : 'http1';
}

/** The user's containers as they run (contract control-plane 7.4, items 3 and 4). */
export function userContainers(revision: Revision): Container[] {
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
    if (served && out.livenessProbe) out.livenessProbe = onPort(out.livenessProbe, port);
    return out;
  });
}

function onPort(probe: Probe, port: number): Probe {
  if (probe.httpGet) return { ...probe, httpGet: { ...probe.httpGet, port } };
  if (probe.tcpSocket) return { ...probe, tcpSocket: { ...probe.tcpSocket, port } };
  return probe;
}

/** SERVING_READINESS_PROBE: the serving container's probe as queue-proxy runs it (contract 7.4); '' when there is none. */
export function encodeReadinessProbe(spec: RevisionSpec): string {
  const probe = servingContainer(spec)?.readinessProbe;
  if (!probe) return '';
  const port = userPort(spec);
  const { exec, httpGet, tcpSocket, grpc, ...rest } = probe;
  const numeric = (p: number | string | undefined): number => (typeof p === 'number' && p !== 0 ? p : Number(p) || port);
  const out: Record<string, unknown> = { ...rest };
  if (httpGet) out.httpGet = { ...httpGet, host: '127.0.0.1', port: numeric(httpGet.port), scheme: httpGet.scheme ?? 'HTTP' };
  else if (grpc) out.grpc = { ...grpc, port: grpc.port || port };
  else out.tcpSocket = { host: '127.0.0.1', port: exec ? port : numeric(tcpSocket?.port) };
  if ((probe.periodSeconds ?? 0) > 0 && !((probe.timeoutSeconds ?? 0) >= 1)) out.timeoutSeconds = 1;
  return JSON.stringify(out);
}

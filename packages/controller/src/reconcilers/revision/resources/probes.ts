import type { Container, Probe } from '@ebb/shared/api/builtin.ts';
import type { RevisionSpec } from '@ebb/shared/api/kinds.ts';
import { servingContainer, userPort } from './containers.ts';
import { goJson } from './go-json.ts';

type Given = Partial<Probe> | undefined;

const local = '127.0.0.1';

/** The port of a probe when it is a number; a name, 0 and nothing are none. */
function numericPort(probe: Given): number | undefined {
  const port = Number(probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port);
  return port > 0 ? port : undefined;
}

/** A liveness probe as the kubelet runs it: on the user's port, unless ports of one's own are allowed and it has one. */
export function livenessProbe(probe: Probe, port: number, ownPort: boolean): Probe {
  if (ownPort && numericPort(probe) !== undefined) return probe;
  if (probe.httpGet) return { ...probe, httpGet: { ...probe.httpGet, port } };
  if (probe.tcpSocket) return { ...probe, tcpSocket: { ...probe.tcpSocket, port } };
  return probe;
}

/** A readiness probe as queue-proxy runs it. Its fields are in the order Go writes them: another order would roll pods. */
function encoded(probe: Probe, port: number): unknown {
  const { exec, httpGet, tcpSocket, grpc, initialDelaySeconds, timeoutSeconds, periodSeconds, successThreshold, failureThreshold } = probe;
  const timeout = (periodSeconds ?? 0) > 0 ? Math.max(1, timeoutSeconds ?? 0) : timeoutSeconds;
  return {
    httpGet: httpGet && {
      path: httpGet.path || undefined,
      port,
      host: local,
      scheme: httpGet.scheme || 'HTTP',
      httpHeaders: httpGet.httpHeaders?.length ? httpGet.httpHeaders.map(({ name, value }) => ({ name, value })) : undefined,
    },
    // The kubelet runs the user's command; that the port is open is seen from queue-proxy.
    tcpSocket: !httpGet && (tcpSocket || exec) ? { port, host: local } : undefined,
    grpc: grpc && { port, service: grpc.service ?? null },
    initialDelaySeconds: initialDelaySeconds || undefined,
    timeoutSeconds: timeout || undefined,
    periodSeconds: periodSeconds || undefined,
    successThreshold: successThreshold || undefined,
    failureThreshold: failureThreshold || undefined,
    terminationGracePeriodSeconds: probe.terminationGracePeriodSeconds || undefined,
  };
}

/**
 * SERVING_READINESS_PROBE (contract control-plane 7.4): the serving container's probe, '' when there is none. With
 * `multi-container-probing` a list: `null` for a serving container without one, then the sidecars' but those the kubelet
 * runs. Throws the contract's text for a sidecar's probe without a port.
 */
export function readinessProbes(spec: RevisionSpec, multi: boolean): string {
  const serving = servingContainer(spec) as Container | undefined;
  const own = serving?.readinessProbe as Probe | undefined;
  const first = own && encoded(own, numericPort(own) ?? userPort(spec));
  if (!multi) return first ? goJson(first) : '';
  const sidecars = (spec.containers as Container[]).filter((c) => c !== serving && !c.ports?.length);
  const others = sidecars.flatMap(({ name, readinessProbe: probe }) => {
    if (!probe) return [];
    const port = numericPort(probe);
    if (port !== undefined) return [encoded(probe, port)];
    if (probe.exec) return [];
    throw new Error(`sidecar readiness probe does not define probe port on container: ${name}`);
  });
  return goJson([first ?? null, ...others]);
}

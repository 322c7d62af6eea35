import type { Endpoints, KubeService } from '@ebb/shared/api/builtin.ts';
import type { Target } from '@ebb/shared/proxy/forward.ts';

/** What a split sends to: a port of a Service. */
export interface Backend {
  namespace: string;
  service: string;
  /** The port's number or name, as the split has it. */
  port: string;
}

/** One text per backend: the key of its pool of addresses. */
export const backendKey = (b: Backend): string => `${b.namespace}/${b.service}:${b.port}`;

/** What an ExternalName Service stands for: a port of another Service of this cluster, or of a host that DNS knows. */
export type Alias = { of: Backend } | { host: Target };

const portOf = (service: KubeService | undefined, port: string) => {
  const ports = service?.spec?.ports ?? [];
  return ports.find((p) => String(p.port) === port) ?? ports.find((p) => p.name === port);
};

/**
 * What a port of a Service stands for; undefined where the Service has addresses of its own. So DomainMappings lead on: the
 * placeholder of a route is such a name, of the gateway itself.
 */
export function aliasOf(service: KubeService | undefined, port: string, clusterDomain: string): Alias | undefined {
  const { type, externalName = '' } = service?.spec ?? {};
  if (type !== 'ExternalName') return undefined;
  // Kubernetes lets such a Service have no ports at all: then it is the one that was asked for.
  const number = portOf(service, port)?.port ?? Number(port);
  const suffix = `.svc.${clusterDomain}`;
  const [name = '', namespace, ...more] = externalName.endsWith(suffix) ? externalName.slice(0, -suffix.length).split('.') : [];
  if (namespace === undefined || more.length) return { host: { host: externalName, port: number } };
  return { of: { namespace, service: name, port: String(number) } };
}

/** What a backend speaks; undefined: whatever the client spoke. */
export type Protocol = 'http1' | 'h2c' | undefined;

/** What a port of a Service speaks: HTTP/2 where its name or its appProtocol says so (contract data-plane 4.7, 4.8). */
export function protocolOf(service: KubeService | undefined, port: string): 'http1' | 'h2c' {
  const { name, appProtocol } = portOf(service, port) ?? {};
  return name === 'http2' || name === 'h2c' || appProtocol === 'kubernetes.io/h2c' ? 'h2c' : 'http1';
}

/**
 * The ready addresses behind a port of a Service. The Service tells the port's name, the Endpoints what number each
 * subset has under it.
 */
export function addressesOf(service: KubeService | undefined, endpoints: Endpoints | undefined, port: string): Target[] {
  const declared = service?.spec?.type === 'ExternalName' ? undefined : portOf(service, port);
  if (!declared) return [];
  const name = declared.name ?? '';
  return (endpoints?.subsets ?? []).flatMap((subset) => {
    const number = subset.ports?.find((p) => (p.name ?? '') === name)?.port;
    return number === undefined ? [] : (subset.addresses ?? []).map(({ ip }) => ({ host: ip, port: number }));
  });
}

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

/**
 * The ready addresses behind a port of a Service. The Service tells the port's name, the Endpoints what number each
 * subset has under it. ExternalName Services (the placeholders of routes) lead back to a gateway and are no backends.
 */
export function addressesOf(service: KubeService | undefined, endpoints: Endpoints | undefined, port: string): Target[] {
  if (!service || service.spec?.type === 'ExternalName') return [];
  const declared = service.spec?.ports?.find((p) => String(p.port) === port) ?? service.spec?.ports?.find((p) => p.name === port);
  if (!declared) return [];
  const name = declared.name ?? '';
  return (endpoints?.subsets ?? []).flatMap((subset) => {
    const number = subset.ports?.find((p) => (p.name ?? '') === name)?.port;
    return number === undefined ? [] : (subset.addresses ?? []).map(({ ip }) => ({ host: ip, port: number }));
  });
}

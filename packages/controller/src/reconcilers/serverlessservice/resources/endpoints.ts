import type { EndpointSubset, Endpoints } from '@ebb/shared/api/builtin.ts';
import type { ServerlessService } from '@ebb/shared/api/kinds.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import { jsonEqual, stableJson } from '@ebb/shared/lib/equal.ts';
import { chooseSubset } from '@ebb/shared/lib/ring.ts';
import { metadataOf, portName, targetPort } from './services.ts';

export const readyAddresses = (endpoints: Endpoints | undefined): number =>
  (endpoints?.subsets ?? []).reduce((n, s) => n + (s.addresses?.length ?? 0), 0);

/** Whether the same addresses are behind the same ports: the API server regroups and reorders what it is given. */
export function sameSubsets(a: Endpoints, b: Endpoints): boolean {
  const flat = ({ subsets = [] }: Endpoints): string[] =>
    subsets
      .flatMap((s) => (s.ports ?? []).flatMap((p) => (s.addresses ?? []).map((x) => stableJson([x, p.name, p.port, p.appProtocol]))))
      .sort();
  return jsonEqual(flat(a), flat(b));
}

/** Ports with our names, so that activators and pods are swappable behind the same Service (contract data-plane 3.8, 7.4). */
function onlyPorts(sks: ServerlessService, subsets: EndpointSubset[]): EndpointSubset[] {
  return subsets.flatMap((s) => {
    const serving =
      s.ports?.find((p) => p.port === targetPort(sks) && p.name === portName(sks)) ?? s.ports?.find((p) => p.port === targetPort(sks));
    const https = s.ports?.find((p) => p.port === ports.https);
    if (!serving || !s.addresses?.length) return [];
    const kept = [
      { name: portName(sks), port: serving.port, protocol: 'TCP' },
      ...(https ? [{ name: 'https', port: https.port, protocol: 'TCP' }] : []),
    ];
    return [{ addresses: [...s.addresses].sort((a, b) => (a.ip < b.ip ? -1 : 1)), ports: kept }];
  });
}

/** Which side serves: pods only while there are some, activators only while there are some (contract 7.8, overrides). */
export function sideOf(sks: ServerlessService, privateReady: number, activators: number): 'Serve' | 'Proxy' {
  if (activators === 0) return 'Serve';
  return sks.spec.mode === 'Serve' && privateReady > 0 ? 'Serve' : 'Proxy';
}

/** The public Endpoints: the pods, or a subset of the activators. */
export function publicEndpointsOf(sks: ServerlessService, pods: Endpoints | undefined, activators: Endpoints | undefined): Endpoints {
  const side = sideOf(sks, readyAddresses(pods), readyAddresses(activators));
  let subsets = pods?.subsets ?? [];
  if (side === 'Proxy') {
    const all = (activators?.subsets ?? []).flatMap((s) => s.addresses ?? []).map((a) => a.ip);
    const chosen = new Set(chooseSubset([...new Set(all)], sks.spec.numActivators ?? 0, sks.metadata.name));
    subsets = (activators?.subsets ?? []).map((s) => ({ ...s, addresses: s.addresses?.filter((a) => chosen.has(a.ip)) }));
  }
  return { apiVersion: 'v1', kind: 'Endpoints', metadata: metadataOf(sks, sks.metadata.name, 'Public'), subsets: onlyPorts(sks, subsets) };
}

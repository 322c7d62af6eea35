import type { Ingress } from '@ebb/shared/api/kinds.ts';
import { hostOf } from './host.ts';
import type { RouteTable, Visibility } from './table.ts';

/** Host, or `*.` and a domain → the secret (`namespace/name`) with its certificate; the first entry that names a host counts. */
export function certificatesOf({ metadata, spec }: Ingress): Map<string, string> {
  const secrets = new Map<string, string>();
  for (const { hosts = [], secretName = '', secretNamespace } of spec.tls ?? []) {
    for (const host of hosts.map(hostOf)) {
      if (!secrets.has(host)) secrets.set(host, `${secretNamespace || metadata.namespace}/${secretName}`);
    }
  }
  return secrets;
}

/**
 * The secret with the certificate for a server name (SNI); undefined when nobody serves it at this listener, or not over
 * TLS. Who may have a host decides about its certificate, too.
 */
export function certificateFor(table: RouteTable, visibility: Visibility, serverName: string): string | undefined {
  const host = serverName.toLowerCase();
  const claim = table.lookup(host);
  if (!claim || !(visibility === 'external' ? claim.routes.external : claim.routes.local)) return undefined;
  return certificateAmong(claim.owner.certificates, host);
}

/** The secret for a host (lower case, no port): its own, or one for all hosts beside it. */
export const certificateAmong = (certificates: ReadonlyMap<string, string>, host: string): string | undefined =>
  certificates.get(host) ?? certificates.get(`*${host.slice(host.indexOf('.'))}`);

import type { DomainMapping } from '@ebb/shared/api/kinds.ts';
import type { KubeObject } from '@ebb/shared/api/meta.ts';
import { serviceHost } from '@ebb/shared/api/system.ts';
import { kindOf, type Reference } from './referents.ts';

/** Where a DomainMapping leads: a host inside the cluster, and the Service of that name in its own namespace. */
export interface Backend {
  host: string;
  service: string;
}

interface Addressable {
  address?: { url?: string };
  addresses?: { name?: string; url?: string }[];
}

const quote = JSON.stringify;

/**
 * Where what a reference names is reached (contract control-plane 7.9): a Kubernetes Service by its name, anything else as its
 * `status.addresses` or `status.address` say. Throws the text of condition ReferenceResolved.
 */
export function backendOf(mapping: DomainMapping, referent: KubeObject | undefined, clusterDomain: string): Backend {
  const { namespace } = mapping.metadata;
  const uri = uriOf({ ...mapping.spec.ref, namespace: mapping.spec.ref.namespace || namespace }, referent, clusterDomain);
  const { host, path } = partsOf(uri);
  if (path.replace(/\/$/, '') !== '') throw new Error(`resolved URI ${quote(uri)} contains a path`);
  const suffix = `.svc.${clusterDomain}`;
  const [service = '', of, ...more] = host.endsWith(suffix) ? host.slice(0, -suffix.length).split('.') : [];
  if (of === undefined || more.length) throw new Error(`resolved URI ${quote(uri)} must be of the form {name}.{namespace}${suffix}`);
  if (of !== namespace) throw new Error(`resolved URI ${quote(uri)} must be in same namespace as DomainMapping`);
  return { host, service };
}

function uriOf(reference: Reference, referent: KubeObject | undefined, clusterDomain: string): string {
  const { apiVersion, kind, name, namespace = '', address } = reference;
  if (!referent) {
    const { group, plural } = kindOf(reference);
    throw new Error(`failed to get object ${namespace}/${name}: ${group ? `${plural}.${group}` : plural} ${quote(name)} not found`);
  }
  if (apiVersion === 'v1' && kind === 'Service') return `http://${serviceHost(name, namespace, clusterDomain)}`;
  const { addresses = [], address: only } = (referent.status ?? {}) as Addressable;
  if (!only && !addresses.length) throw new Error(`address not set for ${shown(reference)}`);
  const named = addresses.find((a) => a.name === address);
  if (address && !named) throw new Error(`address with name ${quote(address)} not found for ${shown(reference)}`);
  const { url } = (address ? named : (addresses[0] ?? only)) ?? {};
  if (!url) throw new Error(`URL missing in address of ${shown(reference)}`);
  if (!partsOf(url).host) throw new Error(`hostname missing in address of ${shown(reference)}`);
  return url;
}

/** Host with port, and path, of a URL; empty where it has none. */
function partsOf(url: string): { host: string; path: string } {
  const [, host = '', path = ''] = /^(?:[a-z][a-z0-9+.-]*:)?(?:\/\/([^/?#]*))?([^?#]*)/i.exec(url) ?? [];
  return { host, path };
}

/** A reference as the contract's messages have it. */
const shown = (r: Reference): string =>
  `Kind = ${r.kind}, Namespace = ${r.namespace ?? ''}, Name = ${r.name}, APIVersion = ${r.apiVersion ?? ''}, Group = ${r.group ?? ''}, Address = ${r.address ?? ''}`;

import type { Ingress, IngressPath, IngressSplit } from '@ebb/shared/api/kinds.ts';
import { keyOf } from '@ebb/shared/api/meta.ts';
import { type Backend, backendKey } from './backend.ts';
import { certificatesOf } from './certificate.ts';
import { specHash } from './fingerprint.ts';
import { hostOf } from './host.ts';

/** A share of a path's requests. */
export interface Split {
  /** Key of the pool of addresses. */
  backend: string;
  /** Weights of this and all splits before it: the first split whose `upTo` exceeds the draw gets the request. */
  upTo: number;
  /** Set over the client's: the path's, then the split's (contract data-plane 4.1: "append" overwrites). Lower case names. */
  headers: Readonly<Record<string, string>>;
}

export interface RoutePath {
  prefix: string;
  /** Request headers that must have exactly these values. */
  match: readonly (readonly [name: string, value: string])[];
  rewriteHost?: string;
  splits: readonly Split[];
}

/** What one Ingress says of one host. */
export interface HostRoutes {
  /** What the external listener serves; absent where every rule is ClusterLocal. */
  external?: readonly RoutePath[];
  /** What the cluster-local listener serves: all rules. */
  local: readonly RoutePath[];
}

/** An Ingress as the request path needs it. */
export interface Routes {
  /** `namespace/name` */
  key: string;
  /** Fingerprint of the spec (contract 4.2). */
  hash: string;
  createdAt: string;
  /** The external listener answers 301 to https for hosts with a certificate. */
  redirect: boolean;
  hosts: ReadonlyMap<string, HostRoutes>;
  /** Host → the secret with its certificate (`certificatesOf`). */
  certificates: ReadonlyMap<string, string>;
  /** Everything with a weight, each once. */
  backends: readonly Backend[];
}

/** A spec that cannot be served; the message names the field, the value and what would be right. */
export class SpecError extends Error {}

const lowerCase = (headers: Record<string, string> | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));

/** A single split without a percent takes everything (contract control-plane part 3, defaulting). */
const weightOf = (split: IngressSplit, all: IngressSplit[]): number => split.percent || (all.length === 1 ? 100 : 0);

/** Longest prefix first, then most header matches, then as written. */
export const byPrecedence = (a: RoutePath, b: RoutePath): number => b.prefix.length - a.prefix.length || b.match.length - a.match.length;

/** Translates an Ingress (contract data-plane 4.1). Throws SpecError. */
export function compile(ingress: Ingress): Routes {
  const { namespace } = ingress.metadata;
  const backends = new Map<string, Backend>();

  const splitsOf = (path: IngressPath, field: string): Split[] => {
    let upTo = 0;
    const all = path.splits ?? [];
    return all.flatMap((split, i) => {
      if (split.serviceNamespace !== namespace)
        throw new SpecError(
          `${field}.splits[${i}].serviceNamespace is ${JSON.stringify(split.serviceNamespace)}; the Ingress's own, ${JSON.stringify(namespace)}, would be right`,
        );
      const weight = weightOf(split, all);
      if (weight <= 0) return [];
      const backend: Backend = { namespace, service: split.serviceName, port: String(split.servicePort) };
      const key = backendKey(backend);
      backends.set(key, backend);
      upTo += weight;
      return [{ backend: key, upTo, headers: { ...lowerCase(path.appendHeaders), ...lowerCase(split.appendHeaders) } }];
    });
  };

  const pathOf = (path: IngressPath, field: string): RoutePath => ({
    prefix: path.path || '/',
    match: Object.entries(path.headers ?? {}).map(([name, { exact }]) => [name.toLowerCase(), exact] as const),
    ...(path.rewriteHost ? { rewriteHost: path.rewriteHost } : {}),
    splits: splitsOf(path, field),
  });

  const hosts = new Map<string, { external?: RoutePath[]; local: RoutePath[] }>();
  (ingress.spec.rules ?? []).forEach((rule, i) => {
    if (!rule.http?.paths?.length) throw new SpecError(`spec.rules[${i}].http.paths is empty; at least one path would be right`);
    const paths = rule.http.paths.map((p, j) => pathOf(p, `spec.rules[${i}].http.paths[${j}]`));
    for (const host of rule.hosts ?? []) {
      const routes = hosts.get(hostOf(host)) ?? { local: [] };
      routes.local.push(...paths);
      if (rule.visibility !== 'ClusterLocal') routes.external = [...(routes.external ?? []), ...paths];
      hosts.set(hostOf(host), routes);
    }
  });
  for (const routes of hosts.values()) {
    routes.local.sort(byPrecedence);
    routes.external?.sort(byPrecedence);
  }
  return {
    key: keyOf(ingress),
    hash: specHash(ingress),
    createdAt: ingress.metadata.creationTimestamp ?? '',
    redirect: ingress.spec.httpOption === 'Redirected',
    hosts,
    certificates: certificatesOf(ingress),
    backends: [...backends.values()],
  };
}

import type { Endpoints, KubeService, Secret } from '@ebb/shared/api/builtin.ts';
import type { Ingress } from '@ebb/shared/api/kinds.ts';
import { type KubeObject, keyOf } from '@ebb/shared/api/meta.ts';
import { defaultClusterDomain } from '@ebb/shared/api/system.ts';
import type { Cache, Change } from '@ebb/shared/kube/cache.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { backendKey } from '../core/backend.ts';
import { isOurs } from '../core/class.ts';
import { compile, type Routes } from '../core/compile.ts';
import { RouteTable } from '../core/table.ts';
import { Certificates } from './certificates.ts';
import { Pools } from './pools.ts';

/** How long a changed Ingress waits for addresses of a new backend while what it replaces still works. */
export const holdMs = 5000;

interface Options {
  ingresses: Cache<Ingress>;
  services: Cache<KubeService>;
  endpoints: Cache<Endpoints>;
  secrets: Cache<Secret>;
  log: Logger;
  /** `cluster.local` when absent. */
  clusterDomain?: string;
  /** Told when the present spec of an Ingress (`namespace/name`) began to be served, backends and all. */
  served?: (key: string) => void;
}

/**
 * Keeps the route table and the pools as the caches change. Watches of different kinds are not in step: an Ingress may
 * name a backend whose Endpoints come a moment later. So a changed Ingress replaces a working one when its backends have
 * addresses, or after `holdMs`.
 */
export class Routing {
  readonly table = new RouteTable();
  readonly pools: Pools;
  readonly certificates: Certificates;
  readonly #log: Logger;
  readonly #held = new Map<string, { routes: Routes; timer: NodeJS.Timeout }>();
  readonly #problems = new Map<string, string>();
  /** Backend key, or `namespace/name` of a secret → what is served or held and names it. */
  readonly #users = new Map<string, Set<Routes>>();
  readonly #served: (key: string) => void;

  constructor({ ingresses, services, endpoints, secrets, log, clusterDomain = defaultClusterDomain, served = () => undefined }: Options) {
    this.#log = log;
    this.#served = served;
    this.certificates = new Certificates({ secrets, log });
    this.pools = new Pools({ services, endpoints, clusterDomain });
    const refresh = ({ before, after }: Change<KubeObject>) => {
      const { namespace, name } = (after ?? before)!.metadata;
      this.#came(this.pools.refresh(namespace, name));
    };
    secrets.onChange(({ before, after }) => {
      const key = keyOf((after ?? before)!);
      if (this.certificates.refresh(key, after)) this.#came([key]);
    });
    services.onChange(refresh);
    endpoints.onChange(refresh);
    ingresses.onChange(({ before, after }) => {
      if (after && isOurs(after)) this.#changed(after);
      else if (before) this.#removed(keyOf(before));
    });
  }

  /** Why the present spec of an Ingress cannot be served; what was served before stays. */
  problem(key: string): string | undefined {
    return this.#problems.get(key);
  }

  /** Whether everything it sends to has an address, and all its certificates are there. */
  reachable({ backends, certificates }: Routes): boolean {
    const certified = [...certificates.values()].every((secret) => this.certificates.get(secret));
    return certified && backends.every((b) => (this.pools.get(backendKey(b))?.size ?? 0) > 0);
  }

  /** Stops waiting for anything. */
  close(): void {
    for (const { timer } of this.#held.values()) clearTimeout(timer);
    this.#held.clear();
  }

  #changed(ingress: Ingress): void {
    const key = keyOf(ingress);
    let routes: Routes;
    try {
      routes = compile(ingress);
    } catch (error) {
      this.#unhold(key);
      this.#problems.set(key, (error as Error).message);
      this.#log.warn({ ingress: key, err: (error as Error).message }, 'not served; what was served before stays');
      return;
    }
    this.#problems.delete(key);
    const same = (known: Routes | undefined) => known?.hash === routes.hash && known.createdAt === routes.createdAt;
    // A change of its status, say.
    if (same(this.#held.get(key)?.routes)) return;
    this.#unhold(key);
    const served = this.table.get(key);
    if (same(served)) return;
    this.#use(routes);
    if (!served || this.reachable(routes) || !this.reachable(served)) {
      this.#serve(routes);
      return;
    }
    const timer = setTimeout(() => this.#serve(routes), holdMs);
    this.#held.set(key, { routes, timer });
  }

  /** One synchronous step: a request sees the old or the new. */
  #serve(routes: Routes): void {
    const held = this.#held.get(routes.key);
    clearTimeout(held?.timer);
    this.#held.delete(routes.key);
    const before = this.table.get(routes.key);
    this.table.put(routes);
    if (before) this.#release(before);
    this.#served(routes.key);
  }

  #unhold(key: string): void {
    const held = this.#held.get(key);
    if (!held) return;
    clearTimeout(held.timer);
    this.#held.delete(key);
    this.#release(held.routes);
  }

  #removed(key: string): void {
    this.#unhold(key);
    this.#problems.delete(key);
    const served = this.table.get(key);
    if (!served) return;
    this.table.remove(key);
    this.#release(served);
  }

  /** Backends got their first addresses, or certificates came. */
  #came(keys: readonly string[]): void {
    const users = keys.flatMap((key) => [...(this.#users.get(key) ?? [])]);
    for (const routes of new Set(users)) this.#filled(routes);
  }

  #filled(routes: Routes): void {
    if (!this.reachable(routes)) return;
    if (this.#held.get(routes.key)?.routes === routes) this.#serve(routes);
    else if (!this.#held.has(routes.key)) this.#served(routes.key);
  }

  #use(routes: Routes): void {
    const use = (key: string) => this.#users.set(key, (this.#users.get(key) ?? new Set()).add(routes));
    for (const backend of routes.backends) {
      use(backendKey(backend));
      this.pools.ensure(backend);
    }
    for (const secret of routes.certificates.values()) {
      use(secret);
      this.certificates.ensure(secret);
    }
  }

  #release(routes: Routes): void {
    const unused = (key: string): boolean => {
      const users = this.#users.get(key);
      users?.delete(routes);
      if (users?.size) return false;
      this.#users.delete(key);
      return true;
    };
    for (const backend of routes.backends) if (unused(backendKey(backend))) this.pools.release(backend);
    for (const secret of new Set(routes.certificates.values())) if (unused(secret)) this.certificates.release(secret);
  }
}

import type { Endpoints, KubeService } from '@ebb/shared/api/builtin.ts';
import type { Ingress } from '@ebb/shared/api/kinds.ts';
import { type KubeObject, keyOf } from '@ebb/shared/api/meta.ts';
import type { Cache, Change } from '@ebb/shared/kube/cache.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { backendKey } from '../core/backend.ts';
import { isOurs } from '../core/class.ts';
import { compile, type Routes } from '../core/compile.ts';
import { RouteTable } from '../core/table.ts';
import { Pools } from './pools.ts';

/** How long a changed Ingress waits for addresses of a new backend while what it replaces still works. */
export const holdMs = 5000;

interface Options {
  ingresses: Cache<Ingress>;
  services: Cache<KubeService>;
  endpoints: Cache<Endpoints>;
  log: Logger;
}

/**
 * Keeps the route table and the pools as the caches change. Watches of different kinds are not in step: an Ingress may
 * name a backend whose Endpoints come a moment later. So a changed Ingress replaces a working one when its backends have
 * addresses, or after `holdMs`.
 */
export class Routing {
  readonly table = new RouteTable();
  readonly pools: Pools;
  readonly #log: Logger;
  readonly #held = new Map<string, { routes: Routes; timer: NodeJS.Timeout }>();
  readonly #problems = new Map<string, string>();
  /** Backend key → how many Ingresses, served or held, name it. */
  readonly #users = new Map<string, number>();

  constructor({ ingresses, services, endpoints, log }: Options) {
    this.#log = log;
    this.pools = new Pools({ services, endpoints });
    const refresh = ({ before, after }: Change<KubeObject>) => {
      const { namespace, name } = (after ?? before)!.metadata;
      if (this.pools.refresh(namespace, name))
        for (const { routes } of [...this.#held.values()]) if (this.reachable(routes)) this.#serve(routes);
    };
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

  /** Whether everything it sends to has an address. */
  reachable(routes: Routes): boolean {
    return routes.backends.every((b) => (this.pools.get(backendKey(b))?.size ?? 0) > 0);
  }

  /** Stops waiting for anything. */
  close(): void {
    for (const { timer } of this.#held.values()) clearTimeout(timer);
    this.#held.clear();
  }

  #changed(ingress: Ingress): void {
    const key = keyOf(ingress);
    this.#unhold(key);
    let routes: Routes;
    try {
      routes = compile(ingress);
      this.#problems.delete(key);
    } catch (error) {
      this.#problems.set(key, (error as Error).message);
      this.#log.warn({ ingress: key, err: (error as Error).message }, 'not served; what was served before stays');
      return;
    }
    const served = this.table.get(key);
    if (served?.hash === routes.hash && served.createdAt === routes.createdAt) return;
    this.#use(routes, 1);
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
    if (before) this.#use(before, -1);
  }

  #unhold(key: string): void {
    const held = this.#held.get(key);
    if (!held) return;
    clearTimeout(held.timer);
    this.#held.delete(key);
    this.#use(held.routes, -1);
  }

  #removed(key: string): void {
    this.#unhold(key);
    this.#problems.delete(key);
    const served = this.table.get(key);
    if (!served) return;
    this.table.remove(key);
    this.#use(served, -1);
  }

  #use(routes: Routes, by: 1 | -1): void {
    for (const backend of routes.backends) {
      const key = backendKey(backend);
      const users = (this.#users.get(key) ?? 0) + by;
      if (users > 0) {
        this.#users.set(key, users);
        this.pools.ensure(backend);
      } else {
        this.#users.delete(key);
        this.pools.release(backend);
      }
    }
  }
}

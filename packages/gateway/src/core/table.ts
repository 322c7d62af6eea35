import type { HostRoutes, Routes } from './compile.ts';

/** Which listener a request came in by. The external one serves ExternalIP rules only (contract data-plane 4.1, 4.8). */
export type Visibility = 'external' | 'local';

interface Claim {
  owner: Routes;
  routes: HostRoutes;
}

/** Who claims a host first keeps it: the older Ingress, by name where they are as old. All replicas decide alike. */
const byAge = (a: Claim, b: Claim): number => {
  if (a.owner.createdAt !== b.owner.createdAt) return a.owner.createdAt < b.owner.createdAt ? -1 : 1;
  return a.owner.key < b.owner.key ? -1 : 1;
};

/**
 * Host → the Ingress that serves it. An Ingress is put or removed in one synchronous step that touches its own hosts
 * only, so a request sees all of it or nothing.
 */
export class RouteTable {
  readonly #ingresses = new Map<string, Routes>();
  readonly #hosts = new Map<string, Claim[]>();

  get size(): number {
    return this.#ingresses.size;
  }

  /** What is served of an Ingress (`namespace/name`) at present. */
  get(key: string): Routes | undefined {
    return this.#ingresses.get(key);
  }

  put(routes: Routes): void {
    this.remove(routes.key);
    this.#ingresses.set(routes.key, routes);
    for (const [host, of] of routes.hosts) {
      this.#hosts.set(host, [...(this.#hosts.get(host) ?? []), { owner: routes, routes: of }].sort(byAge));
    }
  }

  remove(key: string): void {
    for (const host of this.#ingresses.get(key)?.hosts.keys() ?? []) {
      const left = (this.#hosts.get(host) ?? []).filter((c) => c.owner.key !== key);
      if (left.length) this.#hosts.set(host, left);
      else this.#hosts.delete(host);
    }
    this.#ingresses.delete(key);
  }

  /** Who serves a host (lower case, no port). */
  lookup(host: string): Claim | undefined {
    return this.#hosts.get(host)?.[0];
  }

  /** The Ingresses that claim one of these hosts (lower case, no port). */
  claimants(hosts: readonly string[]): string[] {
    return [...new Set(hosts.flatMap((h) => (this.#hosts.get(h) ?? []).map((c) => c.owner.key)))];
  }

  /** Whether another Ingress owns one of its hosts. */
  conflicted(key: string): boolean {
    return [...(this.#ingresses.get(key)?.hosts.keys() ?? [])].some((h) => this.lookup(h)?.owner.key !== key);
  }
}

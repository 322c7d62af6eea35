import type { Endpoints, KubeService } from '@ebb/shared/api/builtin.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';
import { addressesOf, aliasOf, type Backend, backendKey, protocolOf } from '../core/backend.ts';
import { Pool } from '../core/pool.ts';

interface Options {
  services: Cache<KubeService>;
  endpoints: Cache<Endpoints>;
  clusterDomain: string;
}

const serviceKey = ({ namespace, service }: Pick<Backend, 'namespace' | 'service'>): string => `${namespace}/${service}`;

/** The pools of the backends that routes name, kept as Services and Endpoints change. */
export class Pools {
  readonly #options: Options;
  readonly #pools = new Map<string, Pool>();
  /** `namespace/service` → the backends that are ports of it, or stand for one. */
  readonly #backends = new Map<string, Map<string, Backend>>();
  /** Backend → the `namespace/service` it stands for. */
  readonly #aliases = new Map<string, string>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** By `backendKey`; undefined for what `ensure` was never called for. */
  get(key: string): Pool | undefined {
    return this.#pools.get(key);
  }

  ensure(backend: Backend): Pool {
    const key = backendKey(backend);
    let pool = this.#pools.get(key);
    if (!pool) {
      pool = new Pool();
      this.#pools.set(key, pool);
      this.#register(serviceKey(backend), key, backend);
      this.#fill(key, pool, backend);
    }
    return pool;
  }

  release(backend: Backend): void {
    const key = backendKey(backend);
    this.#pools.delete(key);
    this.#standFor(key, backend, undefined);
    this.#unregister(serviceKey(backend), key);
  }

  /** A Service or its Endpoints changed. Returns the backends that have addresses now and had none. */
  refresh(namespace: string, service: string): string[] {
    const filled: string[] = [];
    for (const [key, backend] of [...(this.#backends.get(serviceKey({ namespace, service })) ?? [])]) {
      const pool = this.#pools.get(key) as Pool;
      const before = pool.size;
      this.#fill(key, pool, backend);
      if (before === 0 && pool.size > 0) filled.push(key);
    }
    return filled;
  }

  #fill(key: string, pool: Pool, backend: Backend): void {
    const { services, endpoints, clusterDomain } = this.#options;
    const named = services.get(backend.namespace, backend.service);
    const alias = aliasOf(named, backend.port, clusterDomain);
    const at = alias && 'of' in alias ? alias.of : undefined;
    this.#standFor(key, backend, at);
    const { namespace, service, port } = at ?? backend;
    const protocol = protocolOf(named, backend.port);
    if (alias && 'host' in alias) {
      pool.update([alias.host], protocol);
      return;
    }
    const to = services.get(namespace, service);
    // A placeholder says HTTP/2 and leads to a gateway that speaks both: the client's own goes on, and nothing is translated twice.
    const agreed = at && protocolOf(to, port) !== protocol ? undefined : protocol;
    pool.update(addressesOf(to, endpoints.get(namespace, service), port), agreed);
  }

  /** What changes at `other` concerns the backend too, from now on. */
  #standFor(key: string, backend: Backend, other: Backend | undefined): void {
    const before = this.#aliases.get(key);
    const now = other && serviceKey(other);
    if (before === now) return;
    // A Service that stands for itself is heard of already.
    if (before !== undefined && before !== serviceKey(backend)) this.#unregister(before, key);
    if (now === undefined) this.#aliases.delete(key);
    else {
      this.#aliases.set(key, now);
      this.#register(now, key, backend);
    }
  }

  #register(service: string, key: string, backend: Backend): void {
    this.#backends.set(service, (this.#backends.get(service) ?? new Map()).set(key, backend));
  }

  #unregister(service: string, key: string): void {
    this.#backends.get(service)?.delete(key);
    if (this.#backends.get(service)?.size === 0) this.#backends.delete(service);
  }
}

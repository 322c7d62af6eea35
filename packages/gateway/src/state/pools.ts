import type { Endpoints, KubeService } from '@ebb/shared/api/builtin.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';
import { addressesOf, type Backend, backendKey } from '../core/backend.ts';
import { Pool } from '../core/pool.ts';

interface Options {
  services: Cache<KubeService>;
  endpoints: Cache<Endpoints>;
}

/** The pools of the backends that routes name, kept as Services and Endpoints change. */
export class Pools {
  readonly #options: Options;
  readonly #pools = new Map<string, Pool>();
  /** `namespace/service` → the backends that are ports of it. */
  readonly #backends = new Map<string, Map<string, Backend>>();

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
      const service = `${backend.namespace}/${backend.service}`;
      this.#backends.set(service, (this.#backends.get(service) ?? new Map()).set(key, backend));
      this.#fill(pool, backend);
    }
    return pool;
  }

  release(backend: Backend): void {
    const key = backendKey(backend);
    const service = `${backend.namespace}/${backend.service}`;
    this.#pools.delete(key);
    this.#backends.get(service)?.delete(key);
    if (this.#backends.get(service)?.size === 0) this.#backends.delete(service);
  }

  /** A Service or its Endpoints changed. Returns the backends that have addresses now and had none. */
  refresh(namespace: string, service: string): string[] {
    const filled: string[] = [];
    for (const [key, backend] of this.#backends.get(`${namespace}/${service}`) ?? []) {
      const pool = this.#pools.get(key) as Pool;
      const before = pool.size;
      this.#fill(pool, backend);
      if (before === 0 && pool.size > 0) filled.push(key);
    }
    return filled;
  }

  #fill(pool: Pool, b: Backend): void {
    const { services, endpoints } = this.#options;
    pool.update(addressesOf(services.get(b.namespace, b.service), endpoints.get(b.namespace, b.service), b.port));
  }
}

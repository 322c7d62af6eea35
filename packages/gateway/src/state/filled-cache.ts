import { type KubeObject, keyOf } from '@ebb/shared/api/meta.ts';
import type { Cache, Change } from '@ebb/shared/kube/cache.ts';

/** A cache that is filled from outside: with what the main process sends its workers, or by a test. */
export class FilledCache<T extends KubeObject> implements Cache<T> {
  readonly #objects = new Map<string, T>();
  readonly #handlers = new Set<(change: Change<T>) => void>();

  put(...objects: T[]): void {
    for (const after of objects) {
      const before = this.#objects.get(keyOf(after));
      this.#objects.set(keyOf(after), after);
      for (const handler of this.#handlers) handler({ before, after });
    }
  }

  drop(namespace: string, name: string): void {
    const before = this.get(namespace, name);
    this.#objects.delete(`${namespace}/${name}`);
    for (const handler of this.#handlers) handler({ before });
  }

  get(namespace: string, name: string): T | undefined {
    return this.#objects.get(`${namespace}/${name}`);
  }

  list(namespace?: string): T[] {
    return [...this.#objects.values()].filter((o) => namespace === undefined || o.metadata.namespace === namespace);
  }

  byIndex(): T[] {
    return [];
  }

  onChange(handler: (change: Change<T>) => void): () => void {
    this.#handlers.add(handler);
    for (const after of this.#objects.values()) handler({ after });
    return () => this.#handlers.delete(handler);
  }
}

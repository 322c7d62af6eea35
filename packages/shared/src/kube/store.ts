import { type KubeObject, keyOf } from '../api/meta.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Cache, Change, Indexes } from './cache.ts';

/** Resource versions are numbers that grow, by the promise of Kubernetes 1.35 and by the practice of all before. */
export const versionOf = (object: KubeObject | undefined): number => Number(object?.metadata.resourceVersion ?? 0);

/** The objects of one kind, by key and by index. */
export class Store<T extends KubeObject> implements Cache<T> {
  readonly objects = new Map<string, T>();
  readonly #indexes = new Map<string, { keys: (object: T) => string[]; entries: Map<string, Map<string, T>> }>();
  readonly #handlers = new Set<(change: Change<T>) => void>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  addIndexes(indexes: Indexes<T>): void {
    for (const [name, keys] of Object.entries(indexes)) {
      if (this.#indexes.has(name)) continue;
      this.#indexes.set(name, { keys, entries: new Map() });
      for (const [key, object] of this.objects) this.#index(name, key, object);
    }
  }

  get(namespace: string, name: string): T | undefined {
    return this.objects.get(`${namespace ?? ''}/${name}`);
  }

  list(namespace?: string): T[] {
    const all = [...this.objects.values()];
    return namespace === undefined ? all : all.filter((o) => o.metadata.namespace === namespace);
  }

  byIndex(index: string, key: string): T[] {
    const found = this.#indexes.get(index);
    if (!found) throw new Error(`no index ${JSON.stringify(index)}; there are ${[...this.#indexes.keys()].join(', ') || 'none'}`);
    return [...(found.entries.get(key)?.values() ?? [])];
  }

  onChange(handler: (change: Change<T>) => void): () => void {
    this.#handlers.add(handler);
    for (const after of this.objects.values()) handler({ after });
    return () => this.#handlers.delete(handler);
  }

  /** Ignores an object that is older than what is known, or the same. */
  set(object: T): void {
    const key = keyOf(object);
    const before = this.objects.get(key);
    if (before && versionOf(before) >= versionOf(object)) return;
    if (before) this.#unindex(key, before);
    this.objects.set(key, object);
    for (const name of this.#indexes.keys()) this.#index(name, key, object);
    this.#tell({ before, after: object });
  }

  /** Removes what is not newer than `version`. */
  remove(key: string, version = Infinity): void {
    const before = this.objects.get(key);
    if (!before || versionOf(before) > version) return;
    this.#unindex(key, before);
    this.objects.delete(key);
    this.#tell({ before });
  }

  /** A handler that throws must not keep the others from hearing: the change comes once. */
  #tell(change: Change<T>): void {
    for (const handler of this.#handlers) {
      try {
        handler(change);
      } catch (error) {
        this.#log.error({ err: error }, 'a handler of a change failed');
      }
    }
  }

  #index(name: string, key: string, object: T): void {
    const index = this.#indexes.get(name);
    for (const entry of index?.keys(object) ?? []) {
      const objects = index?.entries.get(entry) ?? new Map<string, T>();
      index?.entries.set(entry, objects.set(key, object));
    }
  }

  #unindex(key: string, object: T): void {
    for (const index of this.#indexes.values()) {
      for (const entry of index.keys(object)) {
        const objects = index.entries.get(entry);
        objects?.delete(key);
        if (objects?.size === 0) index.entries.delete(entry);
      }
    }
  }
}

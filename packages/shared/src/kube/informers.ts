import { setTimeout as sleep } from 'node:timers/promises';
import type { Kind, KubeObject } from '../api/meta.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Cache, Change, Indexes, InformerOptions, Informers } from './cache.ts';
import { type KubeClient, KubeError } from './client.ts';

/** A server that is back is noticed within this time. */
const maxBackoffMs = 5000;

const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

/** The objects of one kind, by key and by index. */
class Store<T extends KubeObject> implements Cache<T> {
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
    return this.objects.get(keyOf(namespace, name));
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

  set(object: T): void {
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    const before = this.objects.get(key);
    if (before?.metadata.resourceVersion === object.metadata.resourceVersion) return;
    if (before) this.#unindex(key, before);
    this.objects.set(key, object);
    for (const name of this.#indexes.keys()) this.#index(name, key, object);
    this.#tell({ before, after: object });
  }

  remove(key: string): void {
    const before = this.objects.get(key);
    if (!before) return;
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

/** One list and watch that heals by itself. */
class Informer<T extends KubeObject> {
  readonly store: Store<T>;
  readonly #client: KubeClient;
  readonly #kind: Kind<T>;
  readonly #options: InformerOptions<T>;
  readonly #log: Logger;
  readonly #stop = new AbortController();
  #running?: Promise<void>;
  #listed!: () => void;
  readonly listed = new Promise<void>((resolve) => {
    this.#listed = resolve;
  });

  constructor(client: KubeClient, kind: Kind<T>, options: InformerOptions<T>, log: Logger) {
    this.#client = client;
    this.#kind = kind;
    this.#options = options;
    this.#log = log.child({ informer: kind.plural });
    this.store = new Store(this.#log);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    let resourceVersion: string | undefined;
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      const started = performance.now();
      try {
        resourceVersion ??= await this.#list();
        this.#listed();
        for await (const event of this.#client.watch(this.#kind, { ...this.#options, resourceVersion }, this.#stop.signal)) {
          if (event.type === 'ERROR') {
            const status = event.object as unknown as { code?: number; reason?: string; message?: string };
            throw new KubeError(status.code ?? 500, status.reason ?? '', status.message ?? 'watch error');
          }
          resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
          if (event.type === 'DELETED') this.store.remove(keyOf(event.object.metadata.namespace, event.object.metadata.name));
          else if (event.type !== 'BOOKMARK') this.store.set(this.#transformed(event.object));
          failures = 0;
        }
        failures = 0;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        // What has worked for a while is not one failure more: a quiet kind has no events to show for it.
        if (performance.now() - started > maxBackoffMs) failures = 0;
        // 410: what we know is too old for a watch; anything else may be a moment's trouble.
        if (error instanceof KubeError && (error.code === 410 || error.reason === 'Expired')) resourceVersion = undefined;
        else {
          failures++;
          this.#log.warn({ err: (error as Error).message, failures }, 'watch broke; trying again');
        }
        if (failures > 3) resourceVersion = undefined;
      }
      // A watch that ends in its first second would otherwise come again and again without a pause.
      const soon = performance.now() - started < 1000;
      const backoff = failures || soon ? Math.min(maxBackoffMs, 100 * 2 ** Math.min(failures, 9)) * (0.5 + Math.random() / 2) : 0;
      await sleep(backoff, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #list(): Promise<string> {
    const { items, resourceVersion } = await this.#client.list(this.#kind, this.#options);
    const seen = new Set(items.map((i) => keyOf(i.metadata.namespace, i.metadata.name)));
    for (const key of [...this.store.objects.keys()]) if (!seen.has(key)) this.store.remove(key);
    for (const item of items) this.store.set(this.#transformed(item));
    return resourceVersion;
  }

  #transformed(object: T): T {
    return this.#options.transform ? this.#options.transform(object) : object;
  }
}

/** The shared informers of a process. */
export function createInformers(client: KubeClient, log: Logger): Informers {
  const all = new Map<string, Informer<never>>();
  let started = false;
  return {
    informer<T extends KubeObject>(kind: Kind<T>, options: InformerOptions<T> = {}): Cache<T> {
      const id = [kind.group, kind.plural, options.namespace, options.labelSelector, options.fieldSelector].join('|');
      let informer = all.get(id) as Informer<T> | undefined;
      if (!informer) {
        informer = new Informer(client, kind, options, log);
        all.set(id, informer as unknown as Informer<never>);
        if (started) informer.start();
      }
      informer.store.addIndexes(options.indexes ?? {});
      return informer.store;
    },
    async start() {
      started = true;
      for (const informer of all.values()) informer.start();
      await Promise.all([...all.values()].map((i) => i.listed));
    },
    async stop() {
      await Promise.all([...all.values()].map((i) => i.stop()));
    },
  };
}

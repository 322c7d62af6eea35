import { setTimeout as sleep } from 'node:timers/promises';
import { type Kind, type KubeObject, keyOf } from '../api/meta.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Cache, InformerOptions, Informers } from './cache.ts';
import { type KubeClient, KubeError, type WatchEvent } from './client.ts';
import { Store, versionOf } from './store.ts';

/** A server that is back is noticed within this time. */
const maxBackoffMs = 5000;

/** One list and watch that heals by itself. */
class Informer<T extends KubeObject> {
  readonly store: Store<T>;
  readonly #client: KubeClient;
  readonly #kind: Kind<T>;
  readonly #options: InformerOptions<T>;
  readonly #log: Logger;
  readonly #stop = new AbortController();
  #running?: Promise<void>;
  /** Where to watch from; unset: list first. */
  #version?: string;
  /** The newest list. */
  #listedAt = 0;
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

  /**
   * Takes an object the server answered a write with. Not when the watch has come that far already: it may have told of
   * its deletion, too.
   */
  wrote(object: T): void {
    const { namespace, labelSelector, fieldSelector } = this.#options;
    if (labelSelector || fieldSelector || (namespace && namespace !== object.metadata.namespace)) return;
    if (object.metadata.deletionTimestamp || !this.#version || versionOf(object) <= Number(this.#version)) return;
    this.store.set(this.#transformed(object));
  }

  async #run(): Promise<void> {
    const aborted = this.#stop.signal;
    let failures = 0;
    while (!aborted.aborted) {
      const started = performance.now();
      const lasted = () => performance.now() - started;
      try {
        this.#version ??= await this.#list();
        this.#listed();
        for await (const event of this.#client.watch(this.#kind, { ...this.#options, resourceVersion: this.#version }, aborted)) {
          this.#take(event);
          failures = 0;
        }
        failures = 0;
      } catch (error) {
        if (aborted.aborted) return;
        // What has worked for a while is not one failure more: a quiet kind has no events to show for it.
        if (lasted() > maxBackoffMs) failures = 0;
        failures += this.#broke(error as Error) ? 1 : 0;
        if (failures > 3) this.#version = undefined;
      }
      // A watch that ends in its first second would otherwise come again and again without a pause.
      const pause = failures || lasted() < 1000 ? Math.min(maxBackoffMs, 100 * 2 ** failures) * (0.5 + Math.random() / 2) : 0;
      await sleep(pause, undefined, { signal: aborted }).catch(() => undefined);
    }
  }

  #take(event: WatchEvent<T>): void {
    const { object, type } = event;
    if (type === 'ERROR') {
      const status = object as unknown as { code?: number; reason?: string; message?: string };
      throw new KubeError(status.code ?? 500, status.reason ?? '', status.message ?? 'watch error');
    }
    this.#version = object.metadata.resourceVersion ?? this.#version;
    if (type === 'DELETED') this.store.remove(keyOf(object), versionOf(object));
    else if (type !== 'BOOKMARK') this.store.set(this.#transformed(object));
  }

  /** Whether it counts as a failure: what we know being too old for a watch (410) does not, it is listed anew. */
  #broke(error: Error): boolean {
    if (error instanceof KubeError && (error.code === 410 || error.reason === 'Expired')) {
      this.#version = undefined;
      return false;
    }
    this.#log.warn({ err: error.message }, 'watch broke; trying again');
    return true;
  }

  async #list(): Promise<string> {
    const { items, resourceVersion } = await this.#client.list(this.#kind, this.#options);
    const seen = new Set(items.map(keyOf));
    const version = Number(resourceVersion);
    // A server restored from a backup counts anew from there: what is known then means nothing.
    const restored = version < this.#listedAt;
    this.#listedAt = version;
    for (const key of [...this.store.objects.keys()]) {
      if (restored) this.store.remove(key);
      else if (!seen.has(key)) this.store.remove(key, version);
    }
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
  const kinds = new Map<string, Informer<never>[]>();
  const idOf = (kind: Kind) => `${kind.group}|${kind.plural}`;
  let started = false;
  return {
    informer<T extends KubeObject>(kind: Kind<T>, options: InformerOptions<T> = {}): Cache<T> {
      const id = [idOf(kind as Kind), options.namespace, options.labelSelector, options.fieldSelector].join('|');
      let informer = all.get(id) as Informer<T> | undefined;
      if (!informer) {
        informer = new Informer(client, kind, options, log);
        all.set(id, informer as unknown as Informer<never>);
        kinds.set(idOf(kind as Kind), [...(kinds.get(idOf(kind as Kind)) ?? []), informer as unknown as Informer<never>]);
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
    wrote<T extends KubeObject>(kind: Kind<T>, object: T) {
      for (const informer of kinds.get(idOf(kind)) ?? []) (informer as unknown as Informer<T>).wrote(object);
    },
    async stop() {
      await Promise.all([...all.values()].map((i) => i.stop()));
    },
  };
}

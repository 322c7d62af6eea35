import type { Kind, KubeObject } from '@ebb/shared/api/meta.ts';
import type { ConfigStore } from '@ebb/shared/config/store.ts';
import { type Configs, configTables } from '@ebb/shared/config/tables.ts';
import type { Cache, InformerOptions, Informers } from '@ebb/shared/kube/cache.ts';
import type { KubeClient, List, ListOptions } from '@ebb/shared/kube/client.ts';
import { Store } from '@ebb/shared/kube/store.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import type { Found, Lookups } from '../digest/lookups.ts';
import { createDigestResolver } from '../digest/resolver.ts';
import { reconcilers } from '../reconcilers/index.ts';
import { expand, kindOf, type Short } from './objects.ts';

/** What a golden case says of the cluster around the object that is reconciled. */
export interface Around {
  objects: Short[];
  /** Config maps: name → data; the rest has its defaults. */
  config?: Partial<Record<keyof Configs, Record<string, string>>>;
  /** What registries answered so far: image → digest or error; an image not named here is still being looked up. */
  images?: Record<string, Found>;
}

const log = createLogger('test', 'silent');
const idOf = (kind: Kind): string => `${kind.group}/${kind.kind}`;

/** Filled caches behind the interface of informers: nothing is listed, nothing changes. */
export function informersOver(objects: readonly KubeObject[]): Informers {
  const stores = new Map<string, Store<KubeObject>>();
  return {
    informer<T extends KubeObject>(kind: Kind<T>, options: InformerOptions<T> = {}): Cache<T> {
      let store = stores.get(idOf(kind)) as unknown as Store<T> | undefined;
      if (!store) {
        store = new Store<T>(log);
        for (const object of objects) if (idOf(kindOf(object.apiVersion, object.kind)) === idOf(kind)) store.set(object as T);
        stores.set(idOf(kind), store as unknown as Store<KubeObject>);
      }
      store.addIndexes(options.indexes ?? {});
      return store;
    },
    start: async () => undefined,
    wrote: () => undefined,
    stop: async () => undefined,
  };
}

const configStore = (given: Around['config']): ConfigStore => ({
  get: (name) =>
    configTables[name].parse({ ...(name === 'config-deployment' ? { 'queue-sidecar-image': 'queue' } : {}), ...given?.[name] }),
  onChange: () => () => undefined,
});

/** The controller's reconcilers over a described cluster, and its objects. */
export function worldOf({ objects: short, config, images = {} }: Around) {
  const objects = short.map(expand);
  const lookups: Lookups = { get: (_key, { image }) => images[image] ?? {}, forget: () => undefined };
  const list = async <T extends KubeObject>(kind: Kind<T>, options?: ListOptions): Promise<List<T>> => {
    const [label, value] = options?.labelSelector?.split('=') ?? [];
    const all = informersOver(objects).informer(kind).list(options?.namespace);
    return { resourceVersion: '1', items: all.filter((o) => label === undefined || o.metadata.labels?.[label] === value) };
  };
  const all = reconcilers({
    client: { list } as unknown as KubeClient,
    config: configStore(config),
    digests: createDigestResolver(lookups),
    env: { systemNamespace: 'knative-serving', clusterDomain: 'cluster.local' } as Parameters<typeof reconcilers>[0]['env'],
  });
  return { objects, reconcilers: all, informers: informersOver(objects) };
}

import type { Endpoints, KubeService, Pod } from '@ebb/shared/api/builtin.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { type KubeObject, keyOf } from '@ebb/shared/api/meta.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import type { Cache, Change } from '@ebb/shared/kube/cache.ts';
import { Announced } from '../announce/announced.ts';
import { candidatesOf, destOf, natureOf } from '../core/candidates.ts';
import { ActivatedRevision, type RevisionOptions } from './revision.ts';
import { byRevision } from './watch.ts';

/** What the cluster says, as far as an activator needs it. Endpoints and pods have the index `revision`. */
export interface Sources {
  revisions: Cache<Revision>;
  /** Private and public ones of ServerlessServices. */
  endpoints: Cache<Endpoints>;
  /** Private ones. */
  services: Cache<KubeService>;
  pods: Cache<Pod>;
}

export type RegistryOptions = Omit<RevisionOptions, 'namespace' | 'name' | 'nature' | 'prober'> & {
  /** How a revision's pods are asked: at once where they are there already, before the registry's constructor has returned. */
  prober: (namespace: string, name: string, registry: Registry) => Omit<RevisionOptions['prober'], 'clusterIP'>;
};

/** All revisions: each has its queue from the moment it is seen until it is deleted (contract data-plane 2.4). */
export class Registry {
  readonly #sources: Sources;
  readonly #o: RegistryOptions;
  readonly #all = new Map<string, ActivatedRevision & { uid?: string }>();
  readonly #stops: (() => void)[];
  /** Pods that the API does not show yet. */
  readonly announced: Announced;

  constructor(sources: Sources, options: RegistryOptions) {
    this.#sources = sources;
    this.#o = options;
    const follow = ({ before, after }: Change<KubeObject>) => {
      for (const key of new Set([before, after].map(revisionOf))) if (key) this.#refresh(key);
    };
    this.announced = new Announced({ pods: sources.pods, changed: (key) => this.#refresh(key) });
    this.#stops = [
      () => this.announced.close(),
      sources.revisions.onChange(({ before, after }) => {
        if (before && before.metadata.uid !== after?.metadata.uid) this.#remove(keyOf(before));
        if (after && !this.#all.has(keyOf(after))) this.#add(after);
      }),
      sources.endpoints.onChange(follow),
      sources.pods.onChange(follow),
    ];
  }

  get(key: string): ActivatedRevision | undefined {
    return this.#all.get(key);
  }

  all(): Iterable<ActivatedRevision> {
    return this.#all.values();
  }

  close(): void {
    for (const stop of this.#stops) stop();
    for (const key of [...this.#all.keys()]) this.#remove(key);
  }

  #add(revision: Revision): void {
    const { namespace, name } = revision.metadata;
    const prober = { ...this.#o.prober(namespace, name, this), clusterIP: () => this.#clusterIP(namespace, name) };
    this.#all.set(keyOf(revision), new ActivatedRevision({ ...this.#o, namespace, name, nature: natureOf(revision), prober }));
    this.#refresh(keyOf(revision));
  }

  #remove(key: string): void {
    this.#all.get(key)?.close();
    this.#all.delete(key);
  }

  #refresh(key: string): void {
    const revision = this.#all.get(key);
    if (!revision) return;
    const endpoints = this.#sources.endpoints.byIndex(byRevision, key);
    const typed = (type: string) => endpoints.find((e) => e.metadata.labels?.[labels.serviceType] === type);
    const pods = this.#sources.pods.byIndex(byRevision, key);
    for (const pod of pods) markProgress(revision, pod);
    revision.candidates(candidatesOf(revision.nature, typed('Private'), pods, this.announced.of(key)));
    revision.inFront((typed('Public')?.subsets ?? []).flatMap((s) => (s.addresses ?? []).map((a) => a.ip)));
  }

  #clusterIP(namespace: string, name: string): string | undefined {
    const endpoints = this.#sources.endpoints.byIndex(byRevision, `${namespace}/${name}`);
    const own = endpoints.find((e) => e.metadata.labels?.[labels.serviceType] === 'Private');
    const ip = own && this.#sources.services.get(namespace, own.metadata.name)?.spec?.clusterIP;
    return ip && ip !== 'None' ? destOf(ip, ports.serviceHttp) : undefined;
  }
}

/** How far a pod on its way has come, for the waterfall of a cold start. */
function markProgress(revision: ActivatedRevision, { metadata, status }: Pod): void {
  if (metadata.deletionTimestamp !== undefined || status?.podIP) return;
  revision.mark('created');
  if (status?.conditions?.some((c) => c.type === 'PodScheduled' && c.status === 'True')) revision.mark('scheduled');
}

function revisionOf(object: KubeObject | undefined): string | undefined {
  const name = object?.metadata.labels?.[labels.revision];
  return name ? `${object?.metadata.namespace}/${name}` : undefined;
}

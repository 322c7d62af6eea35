import type { Pod } from '@ebb/shared/api/builtin.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';

/** A pod that is known to be at an address before the API shows it there. */
export interface AnnouncedPod {
  pod: string;
  uid: string;
  address: string;
}

export interface AnnouncedOptions {
  /** All pods of revisions. */
  pods: Cache<Pod>;
  /** Something is another for this revision (`namespace/name`). */
  changed: (key: string) => void;
}

/** The kubelet reports an address within a second or two; what the API does not show by then is not to be relied on, ms. */
const lifetimeMs = 30_000;

/** Between two questions to a pod that announced itself, ms: when many do at once they share what one activator can ask. */
const oneMs = 5;
const eachMs = 1;

/**
 * What pods announced and was verified, until the API shows the pod's address, the pod is gone, another is found at the
 * address, or time is over. As many entries as the API has pods without an address, at most.
 */
export class Announced {
  readonly #o: AnnouncedOptions;
  readonly #all = new Map<string, Map<string, AnnouncedPod & { expiry: NodeJS.Timeout }>>();
  readonly #stop: () => void;
  /** Pods of all revisions. */
  #count = 0;

  constructor(options: AnnouncedOptions) {
    this.#o = options;
    this.#stop = options.pods.onChange(({ before, after }) => {
      const pod = after ?? before;
      const { namespace, uid, labels: own } = pod?.metadata ?? {};
      if (pod && uid && (!after || !needsAnnouncement(pod))) this.drop(`${namespace}/${own?.[labels.revision]}`, uid);
    });
  }

  /** The pod must be in the cache: what is announced of others is forgotten only when time is over. */
  add(key: string, { pod, uid, address }: AnnouncedPod): void {
    const known = this.#o.pods.get(key.slice(0, key.indexOf('/')), pod);
    if (known && !needsAnnouncement(known)) return;
    const pods = this.#all.get(key) ?? new Map();
    this.#all.set(key, pods);
    const before = pods.get(uid);
    clearTimeout(before?.expiry);
    if (!before) this.#count++;
    pods.set(uid, { pod, uid, address, expiry: setTimeout(() => this.drop(key, uid), lifetimeMs).unref() });
    if (before?.address !== address) this.#o.changed(key);
  }

  /** How long to wait between two questions to one of them, ms. */
  get paceMs(): number {
    return Math.max(oneMs, this.#count * eachMs);
  }

  of(key: string): AnnouncedPod[] {
    return [...(this.#all.get(key)?.values() ?? [])].map(({ pod, uid, address }) => ({ pod, uid, address }));
  }

  drop(key: string, uid: string): void {
    const pods = this.#all.get(key);
    const entry = pods?.get(uid);
    if (!pods || !entry) return;
    clearTimeout(entry.expiry);
    pods.delete(uid);
    this.#count--;
    if (pods.size === 0) this.#all.delete(key);
    this.#o.changed(key);
  }

  /** Somebody else answers at the address of this pod. */
  refute(key: string, pod: string): void {
    for (const known of this.of(key)) if (known.pod === pod) this.drop(key, known.uid);
  }

  close(): void {
    this.#stop();
    for (const pods of this.#all.values()) for (const { expiry } of pods.values()) clearTimeout(expiry);
    this.#all.clear();
    this.#count = 0;
  }
}

/** Whether the API does not show where a pod is, but may come to. */
export function needsAnnouncement({ metadata, status }: Pod): boolean {
  const over = metadata.deletionTimestamp !== undefined || status?.phase === 'Failed' || status?.phase === 'Succeeded';
  return !over && !status?.podIP;
}

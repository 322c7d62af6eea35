import type { DomainMapping } from '@ebb/shared/api/kinds.ts';
import { apiVersionOf, type Kind, type KubeObject } from '@ebb/shared/api/meta.ts';
import { isNotFound, type KubeClient } from '@ebb/shared/kube/client.ts';
import type { Caches } from '@ebb/shared/kube/reconciler.ts';
import { knownReferents, mappingsTo } from './watches.ts';

export type Reference = DomainMapping['spec']['ref'];

interface Options {
  client: KubeClient;
  /** Has a DomainMapping (`namespace/name`) looked at again. */
  again: (key: string) => void;
}

/** Finds what DomainMappings lead to: objects of any kind that says in its status where it is reached. */
export interface Referents {
  /** The object; undefined when there is none. Rejects when there is no such kind, or it may not be read. */
  find(reference: Reference, namespace: string, caches: Caches): Promise<KubeObject | undefined>;
}

/**
 * Referents by the caches. A kind that is none of ours is followed from when something leads to one of its objects; before
 * that the server is asked for it, as an informer of what there is not would try for ever.
 */
export function createReferents({ client, again }: Options): Referents {
  const followed = new Set<string>();

  async function follow(kind: Kind, namespace: string, caches: Caches): Promise<void> {
    const id = `${apiVersionOf(kind)}/${kind.kind}`;
    if (followed.has(id)) return;
    await client.list(kind, { namespace, limit: 1 });
    if (followed.has(id)) return;
    followed.add(id);
    caches.of(kind).onChange(({ before, after }) => {
      const object = after ?? before;
      if (object) for (const key of mappingsTo(kind, object, caches)) again(key);
    });
  }

  return {
    async find(reference, namespace, caches) {
      const { name } = reference;
      const kind = kindOf(reference);
      if (knownReferents.includes(kind)) return caches.of(kind).get(namespace, name);
      try {
        await follow(kind, namespace, caches);
      } catch (error) {
        const resource = `${apiVersionOf(kind)}, Resource=${kind.plural}`;
        throw new Error(`failed to get lister for ${resource}: ${(error as Error).message}`);
      }
      return caches.of(kind).get(namespace, name) ?? (await live(client, kind, namespace, name));
    },
  };
}

/** What the cache has not, or not yet. */
async function live(client: KubeClient, kind: Kind, namespace: string, name: string): Promise<KubeObject | undefined> {
  try {
    return await client.get(kind, namespace, name);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new Error(`failed to get object ${namespace}/${name}: ${(error as Error).message}`);
  }
}

/** The kind a reference means; its plural by the rule Kubernetes guesses by, as the reference has none. */
export function kindOf({ apiVersion = '', kind }: Reference): Kind {
  const known = knownReferents.find((k) => apiVersionOf(k) === apiVersion && k.kind === kind);
  if (known) return known;
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return { group, version, kind, plural: pluralOf(kind.toLowerCase()), namespaced: true };
}

function pluralOf(singular: string): string {
  if (singular.endsWith('endpoints')) return singular;
  if (singular.endsWith('s')) return `${singular}es`;
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}

import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { kubectl, system } from './support/cluster.ts';
import { type Component, components, recovered } from './support/components.ts';
import { answerOf, forgetGateway } from './support/requests.ts';
import { ready } from './support/services.ts';
import { story } from './support/story.ts';
import { registered } from './support/webhook.ts';

const { namespace, step, apply } = story(import.meta.url);
const folder = (name: string): string => fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url));

interface Thing {
  kind: string;
  metadata: { name: string; uid: string; generation?: number; labels?: Record<string, string> };
  status?: { containerStatuses?: { name: string; restartCount: number }[] };
}

/** Objects people would miss: whoever deletes one, or replaces it by another of the same name, has touched it. */
const inSystem = 'deployments,statefulsets,pods,services,serviceaccounts,configmaps,secrets,poddisruptionbudgets,roles,rolebindings';
const inCluster = 'clusterroles,clusterrolebindings,crds,mutatingwebhookconfigurations,validatingwebhookconfigurations';

/** Everything installed, by kind and name: its UID, its generation, and how often its containers were started. */
async function snapshot(): Promise<Map<string, { uid: string; generation?: number; restarts?: number; app?: string }>> {
  const read = async (args: string[]) => (JSON.parse(await kubectl(['get', ...args, '-o', 'json'])) as { items: Thing[] }).items;
  const things = [...(await read([inSystem, '-n', system])), ...(await read([inCluster]))];
  return new Map(
    things.map(({ kind, metadata, status }) => [
      `${kind}/${metadata.name}`,
      {
        uid: metadata.uid,
        generation: metadata.generation,
        restarts: status?.containerStatuses?.reduce((n, c) => n + c.restartCount, 0),
        app: metadata.labels?.app,
      },
    ]),
  );
}

/** The kinds and names a kustomization holds. */
async function objectsOf(component: Component): Promise<Set<string>> {
  const documents = parseAllDocuments(await kubectl(['kustomize', folder(component)])).map((d) => d.toJS() as Thing | null);
  return new Set(documents.flatMap((o) => (o ? [`${o.kind}/${o.metadata.name}`] : [])));
}

step('no object belongs to two components, and none of them holds the namespace or a CRD', async () => {
  const owners = new Map<string, string>();
  for (const component of components) {
    for (const object of await objectsOf(component)) {
      expect(owners.get(object), `${object} is in deploy/${component} too`).toBeUndefined();
      expect(object).not.toMatch(/^(Namespace|CustomResourceDefinition)\//);
      owners.set(object, component);
    }
  }
});

for (const component of components) {
  step(
    `${component}: deleted and applied by itself, it leaves the others as they are`,
    async () => {
      for (const other of components) await recovered(other, { settled: true });
      // A webhook that was just deleted and applied completes its registrations when the old leader's lease has run out.
      await registered();
      const own = await objectsOf(component);
      const isOwn = (key: string, app?: string) => own.has(key) || (key.startsWith('Pod/') && app === component);
      const others = async () => Object.fromEntries([...(await snapshot())].filter(([key, thing]) => !isOwn(key, thing.app)).sort());
      const before = await others();
      try {
        await kubectl(['delete', '-k', folder(component), '--timeout=120s']);
        const left = await snapshot();
        expect([...own].filter((key) => left.has(key))).toEqual([]);
        expect(await others()).toEqual(before);
        await kubectl(['apply', '-k', folder(component)]);
        expect(await others()).toEqual(before);
      } finally {
        // The overlay holds what this cluster needs besides (node ports, volumes): with it, the component runs again.
        await kubectl(['apply', '-k', folder('overlays/local')]);
      }
      await recovered(component, { settled: true });
      expect(await others()).toEqual(before);
    },
    900_000,
  );
}

step('all of them together serve as before', async () => {
  forgetGateway();
  for (const component of components) await recovered(component, { settled: true });
  await apply('hello');
  await ready(namespace, 'hello', 'hello-00001');
  expect(await answerOf(`hello.${namespace}.localhost`)).toBe('Hello World v1!');
});

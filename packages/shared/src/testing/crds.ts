import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Kind, KubeObject } from '../api/meta.ts';
import type { KubeClient } from '../kube/client.ts';
import { until } from './until.ts';

type Crd = KubeObject & { status?: { conditions?: { type: string; status: string; message?: string }[] } };

export const crdKind: Kind<Crd> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};

const folder = new URL('../../../../deploy/crds/', import.meta.url);

/** The custom resource definitions as they are deployed. */
export function deployedCrds(): Crd[] {
  const files = readdirSync(folder).filter((f) => f.endsWith('.yaml') && f !== 'kustomization.yaml');
  return files.map((f) => parse(readFileSync(new URL(f, folder), 'utf8')) as Crd);
}

/** Installs them and resolves when the server serves them all. */
export async function installCrds(client: KubeClient): Promise<Crd[]> {
  const crds = deployedCrds();
  await Promise.all(crds.map((crd) => client.create(crdKind, { ...crd, metadata: { ...crd.metadata, namespace: '' } })));
  return until(async () => {
    const { items } = await client.list(crdKind);
    for (const crd of items) {
      const established = crd.status?.conditions?.find((c) => c.type === 'Established');
      if (established?.status !== 'True') throw new Error(`${crd.metadata.name} is not served: ${JSON.stringify(crd.status)}`);
    }
    return items;
  });
}

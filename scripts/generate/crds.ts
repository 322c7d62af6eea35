import { stringify } from 'yaml';
import { crd } from '../../packages/shared/src/api/crds.ts';
import { type KindName, kinds } from '../../packages/shared/src/api/kinds.ts';

/** deploy/crds: one file a kind, from the schemas in packages/shared/src/api. */
export function generateCrds(version: string): Record<string, string> {
  const files: Record<string, string> = {};
  const names = Object.keys(kinds) as KindName[];
  // TypeBox marks its schemas with symbols and shares objects: JSON makes them plain, and YAML free of anchors.
  for (const name of names)
    files[`deploy/crds/${kinds[name].plural}.yaml`] = stringify(JSON.parse(JSON.stringify(crd(name, version))), {
      aliasDuplicateObjects: false,
    });
  const resources = names.map((n) => `${kinds[n].plural}.yaml`).sort();
  files['deploy/crds/kustomization.yaml'] = stringify({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources });
  return files;
}

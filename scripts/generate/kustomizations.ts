import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { defaultSystemNamespace } from '../../packages/shared/src/api/system.ts';
import { images } from '../images/table.ts';
import { root } from '../lib/shell.ts';

/** What is deployed by itself, by the name of its folder. */
const components = ['controller', 'autoscaler', 'activator', 'webhook', 'gateway', 'nats'];

/** deploy/<component>/kustomization.yaml: what the folder holds, the common labels, and the version of the image. */
export function generateKustomizations(version: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const component of components) {
    const image = images.find((i) => i.name === component);
    const [newName, newTag] = image?.ref.split(':') ?? [];
    const manifests = readdirSync(join(root, 'deploy', component)).filter((f) => f.endsWith('.yaml') && f !== 'kustomization.yaml');
    const resources = [...new Set([...manifests, ...(component === 'nats' ? [] : ['rbac.yaml'])])].sort();
    const pairs = {
      'app.kubernetes.io/name': 'knative-serving',
      'app.kubernetes.io/component': component,
      'app.kubernetes.io/version': version,
    };
    files[`deploy/${component}/kustomization.yaml`] = stringify({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      namespace: defaultSystemNamespace,
      resources,
      labels: [{ pairs, fields: [{ path: 'spec/template/metadata/labels', create: false }] }],
      images: [{ name: component, newName, newTag }],
    });
  }
  return files;
}

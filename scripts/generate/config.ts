import { stringify } from 'yaml';
import { annotations } from '../../packages/shared/src/api/annotations.ts';
import { announcementAudience, defaultSystemNamespace, ebbIngressClass } from '../../packages/shared/src/api/system.ts';
import { exampleChecksum, exampleOf } from '../../packages/shared/src/config/example.ts';
import { type ConfigMapName, configMapNames } from '../../packages/shared/src/config/names.ts';
import { configTables } from '../../packages/shared/src/config/tables.ts';

/** deploy/config: the config maps, documented by their rows, with what Ebb sets apart from the defaults. */
export function generateConfig(version: string): Record<string, string> {
  const own: Partial<Record<ConfigMapName, Record<string, string>>> = {
    'config-deployment': {
      'queue-sidecar-image': `dev.local/ebb/queue:${version}`,
      // Pods announce themselves to activators with it.
      'queue-sidecar-token-audiences': announcementAudience,
    },
    'config-network': { 'ingress-class': ebbIngressClass },
  };
  const files: Record<string, string> = {};
  for (const name of configMapNames) {
    const example = exampleOf(name);
    files[`deploy/config/${name}.yaml`] = stringify(
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name,
          namespace: defaultSystemNamespace,
          labels: {
            'app.kubernetes.io/name': 'knative-serving',
            'app.kubernetes.io/component': configTables[name].component,
            'app.kubernetes.io/version': version,
          },
          annotations: { [annotations.exampleChecksum[0]]: exampleChecksum(example) },
        },
        // Without rows it would end in an empty line, which editors take away.
        data: { ...own[name], _example: `${example.trimEnd()}\n` },
      },
      { lineWidth: 0 },
    );
  }
  const resources = configMapNames.map((n) => `${n}.yaml`);
  files['deploy/config/kustomization.yaml'] = stringify({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources,
  });
  return files;
}

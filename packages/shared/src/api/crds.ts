import { crdFacts } from './crds-facts.ts';
import { type KindName, kinds } from './kinds.ts';

/** The CustomResourceDefinition of a kind, for `version` of Ebb. */
export function crd(name: KindName, version: string): Record<string, unknown> {
  const kind = kinds[name];
  const facts = crdFacts[name];
  const component = kind.group.startsWith('networking') ? { 'app.kubernetes.io/component': 'networking' } : {};
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${kind.plural}.${kind.group}`,
      labels: {
        'app.kubernetes.io/name': 'knative-serving',
        ...component,
        'app.kubernetes.io/version': version,
        'knative.dev/crd-install': 'true',
        ...facts.labels,
      },
    },
    spec: {
      group: kind.group,
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind: name,
        plural: kind.plural,
        singular: name.toLowerCase(),
        categories: facts.categories,
        ...(facts.shortNames ? { shortNames: facts.shortNames } : {}),
      },
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          subresources: { status: {} },
          ...(facts.columns.length ? { additionalPrinterColumns: facts.columns } : {}),
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description: facts.doc,
              properties: {
                apiVersion: { type: 'string', description: `${kind.group}/${kind.version}` },
                kind: { type: 'string', description: name },
                metadata: { type: 'object' },
                spec: facts.schemas.spec,
                ...(facts.schemas.status ? { status: facts.schemas.status } : {}),
              },
            },
          },
        },
      ],
    },
  };
}

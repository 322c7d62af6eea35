import { Document, isCollection, isScalar, visit } from 'yaml';
import { access as activator } from '../../packages/activator/src/access.ts';
import { access as autoscaler } from '../../packages/autoscaler/src/access.ts';
import { access as controller } from '../../packages/controller/src/access.ts';
import { access as gateway } from '../../packages/gateway/src/access.ts';
import type { Access } from '../../packages/shared/src/kube/access.ts';
import { access as webhook } from '../../packages/webhook/src/access.ts';

interface Grant {
  rows: readonly Access[];
  /** Names of the roles; the contract has some (control-plane 8.1). */
  clusterRole?: string;
  role?: string;
  labels?: Record<string, string>;
}

/** Each component has a service account of its own name and may do what it declares in src/access.ts. */
const grants: Record<string, Grant> = {
  controller: { rows: controller, clusterRole: 'knative-serving-core', labels: { 'serving.knative.dev/controller': 'true' } },
  autoscaler: { rows: autoscaler },
  activator: { rows: activator, clusterRole: 'knative-serving-activator-cluster' },
  webhook: { rows: webhook },
  gateway: { rows: gateway },
};

interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}

const order = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/** The rows as few rules: verbs of one resource together, then resources of one group that have the same verbs. */
export function rulesOf(rows: readonly Access[]): Rule[] {
  const byResource = new Map<string, { group: string; resource: string; names: readonly string[]; verbs: Set<string> }>();
  for (const { kind, subresource, names = [], verbs } of rows) {
    const resource = subresource ? `${kind.plural}/${subresource}` : kind.plural;
    const key = [kind.group, resource, ...names].join(' ');
    const known = byResource.get(key) ?? { group: kind.group, resource, names, verbs: new Set<string>() };
    for (const verb of verbs) known.verbs.add(verb);
    byResource.set(key, known);
  }
  const rules = new Map<string, Rule>();
  for (const [, { group, resource, names, verbs: set }] of [...byResource].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const verbs = order.filter((v) => set.has(v));
    const key = [group, names.join(), verbs.join()].join(' ');
    const known = rules.get(key);
    if (known) known.resources.push(resource);
    else rules.set(key, { apiGroups: [group], resources: [resource], ...(names.length ? { resourceNames: [...names] } : {}), verbs });
  }
  return [...rules.values()];
}

function documentsOf(component: string, { rows, labels, clusterRole, role }: Grant): object[] {
  const rbac = 'rbac.authorization.k8s.io';
  const subjects = [{ kind: 'ServiceAccount', name: component, namespace: 'knative-serving' }];
  const pair = (kind: 'ClusterRole' | 'Role', name: string, some: readonly Access[]): object[] => [
    { apiVersion: `${rbac}/v1`, kind, metadata: { name, ...(kind === 'ClusterRole' && labels ? { labels } : {}) }, rules: rulesOf(some) },
    { apiVersion: `${rbac}/v1`, kind: `${kind}Binding`, metadata: { name }, roleRef: { apiGroup: rbac, kind, name }, subjects },
  ];
  const name = `knative-serving-${component}`;
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: component } },
    ...pair(
      'ClusterRole',
      clusterRole ?? name,
      rows.filter((r) => !r.system),
    ),
    ...pair(
      'Role',
      role ?? name,
      rows.filter((r) => r.system),
    ),
  ];
}

/** YAML with the short lists of rules on one line, as people write them. */
function toYaml(value: object): string {
  const doc = new Document(value, { aliasDuplicateObjects: false });
  visit(doc, {
    Pair(_, { key, value }) {
      const name = isScalar(key) ? String(key.value) : '';
      if (isCollection(value) && ['apiGroups', 'resources', 'resourceNames', 'verbs'].includes(name)) value.flow = true;
    },
  });
  return doc.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** deploy/<component>/rbac.yaml: least privilege, from what each component declares. */
export function generateRbac(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(grants).map(([component, grant]) => [
      `deploy/${component}/rbac.yaml`,
      `# Generated from packages/${component}/src/access.ts: npm run generate\n${documentsOf(component, grant).map(toYaml).join('---\n')}`,
    ]),
  );
}

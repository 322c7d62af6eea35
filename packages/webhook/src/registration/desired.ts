import type { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import type { OwnerReference } from '@ebb/shared/api/meta.ts';
import { servedKinds } from '@ebb/shared/api/validate/index.ts';
import { configMapNames } from '@ebb/shared/config/names.ts';
import { configTables } from '@ebb/shared/config/tables.ts';
import type { RoutePath } from '../handler/stack.ts';

export type Configuration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration;

/** One of the three webhook objects (contract control-plane 4.1). */
export interface Registration {
  name: string;
  kind: 'MutatingWebhookConfiguration' | 'ValidatingWebhookConfiguration';
  path: RoutePath;
  rules: readonly Record<string, unknown>[];
  /** What it looks at, where the shell says nothing. */
  selectors: Record<string, unknown>;
  /** What an entry has whatever the shell says. */
  fixed?: Record<string, unknown>;
}

const resourceRules = (operations: readonly string[]) =>
  servedKinds.map((name) => {
    const { group, version, plural } = kinds[name];
    return { apiGroups: [group], apiVersions: [version], operations, resources: [plural, `${plural}/status`], scope: '*' };
  });

const notExcluded = { namespaceSelector: { matchExpressions: [{ key: labels.webhooksExclude, operator: 'DoesNotExist' }] } };
const components = [...new Set([...configMapNames.map((n) => configTables[n].component), 'tracing', 'net-certmanager'])].sort();
const ourConfigMaps = {
  objectSelector: {
    matchExpressions: [
      { key: 'app.kubernetes.io/name', operator: 'In', values: ['knative-serving'] },
      { key: 'app.kubernetes.io/component', operator: 'In', values: components },
    ],
  },
};

export const registrations: readonly Registration[] = [
  {
    name: 'webhook.serving.knative.dev',
    kind: 'MutatingWebhookConfiguration',
    path: '/defaulting',
    rules: resourceRules(['CREATE', 'UPDATE']),
    selectors: notExcluded,
    fixed: { reinvocationPolicy: 'IfNeeded' },
  },
  {
    name: 'validation.webhook.serving.knative.dev',
    kind: 'ValidatingWebhookConfiguration',
    path: '/resource-validation',
    rules: resourceRules(['CREATE', 'UPDATE', 'DELETE']),
    selectors: notExcluded,
  },
  {
    name: 'config.webhook.serving.knative.dev',
    kind: 'ValidatingWebhookConfiguration',
    path: '/config-validation',
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps/*'], scope: 'Namespaced' }],
    selectors: ourConfigMaps,
  },
];

/** Where the API server finds the webhook, and what it believes. */
export interface Address {
  service: string;
  namespace: string;
  /** PEM. */
  ca: string;
  /** The system namespace as owner, so that the registration goes with it. */
  owner?: OwnerReference;
}

const bundleOf = (ca: string): string => Buffer.from(ca).toString('base64');

/** A webhook object with the CA that is to be believed, and else as it is installed. */
export function believingConfiguration<T extends Configuration>(installed: T, r: Registration, ca: string): T {
  const caBundle = bundleOf(ca);
  const webhooks = (installed.webhooks ?? []).map((w) => (w.name === r.name ? { ...w, clientConfig: { ...w.clientConfig, caBundle } } : w));
  return { ...installed, webhooks } as T;
}

/** A webhook object as it should be, from the one that is installed; what the shell chose beside rules and address stays. */
export function desiredConfiguration<T extends Configuration>(installed: T, r: Registration, address: Address): T {
  const present = (installed.webhooks ?? []).find((w) => w.name === r.name) as Record<string, unknown> | undefined;
  const others = (installed.webhooks ?? []).filter((w) => w.name !== r.name);
  // The API server stores a selector that nobody chose as {}.
  const open = (value: unknown): boolean => Object.keys((value as object | undefined) ?? {}).length === 0;
  const chosen = Object.fromEntries(Object.entries(present ?? {}).filter(([k, v]) => !(k in r.selectors && open(v))));
  const entry = {
    admissionReviewVersions: ['v1', 'v1beta1'],
    failurePolicy: 'Fail',
    sideEffects: 'None',
    timeoutSeconds: 10,
    ...r.selectors,
    ...chosen,
    name: r.name,
    rules: r.rules,
    ...r.fixed,
    clientConfig: {
      caBundle: bundleOf(address.ca),
      service: { name: address.service, namespace: address.namespace, path: r.path, port: 443 },
    },
  };
  const owners = installed.metadata.ownerReferences ?? [];
  const foreign = owners.filter((o) => o.kind !== address.owner?.kind || o.name !== address.owner?.name);
  const ownerReferences = address.owner ? [...foreign, address.owner] : owners;
  return {
    ...installed,
    metadata: { ...installed.metadata, ...(ownerReferences.length ? { ownerReferences } : {}) },
    webhooks: [entry, ...others],
  } as unknown as T;
}

import { describe, expect, test } from 'vitest';
import { believingConfiguration, type Configuration, desiredConfiguration, type Registration, registrations } from './desired.ts';

const address = { service: 'webhook', namespace: 'knative-serving', ca: 'CA' };
const of = (path: Registration['path']) => registrations.find((r) => r.path === path) as Registration;
const installed = (r: Registration, entry: object = {}, metadata: object = {}): Configuration =>
  ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: r.kind,
    metadata: { name: r.name, ...metadata },
    webhooks: [{ name: r.name, ...entry }],
  }) as unknown as Configuration;
// biome-ignore lint/suspicious/noExplicitAny: entries are looked at as JSON.
const entryOf = (r: Registration, entry?: object): any => desiredConfiguration(installed(r, entry), r, address).webhooks?.[0];

describe('the registration', () => {
  test('has the names and operations of the contract', () => {
    expect(registrations.map(({ name, kind, path }) => [name, kind, path])).toEqual([
      ['webhook.serving.knative.dev', 'MutatingWebhookConfiguration', '/defaulting'],
      ['validation.webhook.serving.knative.dev', 'ValidatingWebhookConfiguration', '/resource-validation'],
      ['config.webhook.serving.knative.dev', 'ValidatingWebhookConfiguration', '/config-validation'],
    ]);
    expect(entryOf(of('/defaulting'))).toMatchObject({
      admissionReviewVersions: ['v1', 'v1beta1'],
      failurePolicy: 'Fail',
      sideEffects: 'None',
      timeoutSeconds: 10,
      reinvocationPolicy: 'IfNeeded',
      namespaceSelector: { matchExpressions: [{ key: 'webhooks.knative.dev/exclude', operator: 'DoesNotExist' }] },
      clientConfig: { caBundle: 'Q0E=', service: { name: 'webhook', namespace: 'knative-serving', path: '/defaulting', port: 443 } },
    });
    expect(entryOf(of('/resource-validation')).rules[0].operations).toEqual(['CREATE', 'UPDATE', 'DELETE']);
  });

  test.each(['/defaulting', '/resource-validation'] as const)('%s covers every served kind and its status', (path) => {
    const { rules } = entryOf(of(path));
    expect(rules).toHaveLength(10);
    expect(rules).toContainEqual(
      expect.objectContaining({
        apiGroups: ['serving.knative.dev'],
        apiVersions: ['v1beta1'],
        resources: ['domainmappings', 'domainmappings/status'],
      }),
    );
  });

  test('for config maps looks at ours only', () => {
    expect(entryOf(of('/config-validation'))).toMatchObject({
      rules: [{ apiGroups: [''], resources: ['configmaps/*'], operations: ['CREATE', 'UPDATE'], scope: 'Namespaced' }],
      objectSelector: {
        matchExpressions: [
          { key: 'app.kubernetes.io/name', operator: 'In', values: ['knative-serving'] },
          {
            key: 'app.kubernetes.io/component',
            operator: 'In',
            values: expect.arrayContaining(['autoscaler', 'controller', 'logging', 'networking']),
          },
        ],
      },
    });
  });

  test('of a replica that does not lead changes the CA and nothing else', () => {
    const r = of('/defaulting');
    const shell = installed(r, { rules: [{ apiGroups: ['x'] }], clientConfig: { caBundle: '', service: { name: 'other' } } });
    shell.webhooks?.push({ name: 'other.example.com', clientConfig: { caBundle: 'x' } } as never);
    const believing = believingConfiguration(shell, r, 'CA');
    expect(believing.webhooks).toEqual([
      { ...shell.webhooks?.[0], clientConfig: { caBundle: 'Q0E=', service: { name: 'other' } } },
      shell.webhooks?.[1],
    ]);
    expect(believingConfiguration(believing, r, 'CA')).toEqual(believing);
  });

  test('keeps what the installed object chose, and what is not its own', () => {
    const r = of('/defaulting');
    const mine = { namespaceSelector: { matchLabels: { a: 'b' } }, objectSelector: {}, timeoutSeconds: 5, matchPolicy: 'Equivalent' };
    expect(entryOf(r, mine)).toMatchObject(mine);
    const two = installed(r);
    two.webhooks?.push({ name: 'other.example.com' } as never);
    expect(desiredConfiguration(two, r, address).webhooks?.[1]).toEqual({ name: 'other.example.com' });
  });

  test('replaces selectors that nobody chose, and what the API server put for the reinvocation', () => {
    const entry = entryOf(of('/defaulting'), { namespaceSelector: {}, reinvocationPolicy: 'Never' });
    expect(entry.namespaceSelector.matchExpressions[0].key).toBe('webhooks.knative.dev/exclude');
    expect(entry.reinvocationPolicy).toBe('IfNeeded');
  });

  test.each(registrations)('$name: what is desired once is desired still', (r) => {
    const owner = { apiVersion: 'v1', kind: 'Namespace', name: 'knative-serving', uid: 'u', controller: false };
    const once = desiredConfiguration(installed(r, {}, { ownerReferences: [{ ...owner, uid: 'gone' }] }), r, { ...address, owner });
    expect(once.metadata.ownerReferences).toEqual([owner]);
    expect(desiredConfiguration(once, r, { ...address, owner })).toEqual(once);
  });
});

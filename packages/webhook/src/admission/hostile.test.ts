import { kinds } from '@ebb/shared/api/kinds.ts';
import { servedKinds } from '@ebb/shared/api/validate/index.ts';
import { apiConfig } from '@ebb/shared/testing/api-context.ts';
import { describe, expect, test, vi } from 'vitest';
import { validateConfigMap } from './config-maps.ts';
import { mutate, validate } from './resources.ts';
import type { AdmissionRequest } from './review.ts';

/** What nobody writes by mistake. Whatever it is, there is an answer, of a size that the input explains. */

const features = { 'kubernetes.podspec-init-containers': 'Enabled', 'kubernetes.podspec-securitycontext': 'Enabled' };
const settings = { config: apiConfig({ features }), clusterDomain: 'cluster.local' };
const image = 'example.com/hello';
/** Enough that work which grows with the square of it would not end. */
const many = 20_000;
vi.setConfig({ testTimeout: 120_000 });
const times = <T>(n: number, entry: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => entry(i));

const request = (kind: keyof typeof kinds, object: unknown): AdmissionRequest => ({
  uid: 'u',
  kind: { group: kinds[kind].group, version: kinds[kind].version, kind },
  operation: 'CREATE',
  namespace: 'default',
  userInfo: { username: 'ann' },
  object: object as AdmissionRequest['object'],
});
const pod = (spec: object, metadata: object = {}) => ({
  metadata: { name: 'a', namespace: 'default' },
  spec: { template: { metadata, spec } },
});
const answers = (kind: keyof typeof kinds, object: unknown) => {
  const asked = request(kind, object);
  return [
    mutate(asked, settings),
    validate(asked, settings),
    validate({ ...asked, operation: 'UPDATE', oldObject: asked.object }, settings),
  ];
};

describe('huge documents', () => {
  test.each<[string, object]>([
    ['containers without a name', { containers: times(many, () => ({})) }],
    ['containers of one name', { containers: times(many, () => ({ name: 'a', image })) }],
    ['init containers', { containers: [{ image }], initContainers: times(many, () => ({ name: 'a', livenessProbe: {} })) }],
    ['variables', { containers: [{ image, env: times(many, () => ({})) }] }],
    ['sources of variables', { containers: [{ image, envFrom: times(many, () => ({ secretRef: {} })) }] }],
    ['mounts', { containers: [{ image, volumeMounts: times(many, () => ({})) }] }],
    ['ports', { containers: [{ image, ports: times(many, () => ({ containerPort: -1 })) }] }],
    ['volumes', { containers: [{ image }], volumes: times(many, () => ({})) }],
    ['groups', { containers: [{ image }], securityContext: { supplementalGroups: times(many, () => -1) } }],
  ])('of %s', (_what, spec) => {
    const all = answers('Service', pod(spec));
    for (const { denied, warnings } of all) {
      expect(denied?.length ?? 0).toBeLessThan(2_000_000);
      expect((warnings ?? []).join().length).toBeLessThan(2_000_000);
    }
    expect(all[1]?.denied).toMatch(/^validation failed: /);
  });

  test('of targets, annotations, rules and names', () => {
    const traffic = times(many, () => ({ tag: 'A', percent: -1 }));
    const annotations = Object.fromEntries(times(many, (i) => [`autoscaling.knative.dev/${i}`, '']));
    const rules = times(many, () => ({ http: { paths: [{}] } }));
    const dnsNames = times(many, () => '');
    const metadata = { name: 'a', namespace: 'default' };
    for (const [kind, object] of [
      ['Route', { metadata, spec: { traffic } }],
      ['Service', { ...pod({ containers: [{ image }] }), metadata: { ...metadata, annotations } }],
      ['Ingress', { metadata, spec: { rules } }],
      ['Certificate', { metadata, spec: { dnsNames } }],
    ] as const) {
      const [, second] = answers(kind, object);
      expect(second?.denied).toMatch(/^validation failed: /);
      expect(second?.denied?.length).toBeLessThan(2_000_000);
    }
  });
});

describe('long texts', () => {
  const long = 300_000;
  /** Made so that a pattern that can be read in two ways would try them all. */
  const texts = [
    'a'.repeat(long),
    `${'a'.repeat(long)}!`,
    `${'a.'.repeat(long / 2)}!`,
    `${'1'.repeat(long)}x`,
    `${'-'.repeat(long)}`,
    `0x${'1'.repeat(long)}`,
  ];
  test.each(texts.map((t) => [t.slice(0, 4), t.slice(-4), t] as const))('%s…%s in every place that is looked at', (_from, _to, text) => {
    const template = pod(
      {
        serviceAccountName: text,
        containers: [{ name: text, image: text, env: [{ name: text }], resources: { limits: { cpu: text } } }],
        volumes: [{ name: text, emptyDir: { medium: text } }],
      },
      {
        name: text,
        annotations: {
          'autoscaling.knative.dev/window': text,
          'autoscaling.knative.dev/target': text,
          'autoscaling.knative.dev/min-scale': text,
          'autoscaling.knative.dev/initial-scale': text,
          'queue.sidecar.serving.knative.dev/cpu-resource-limit': text,
          'serving.knative.dev/progress-deadline': text,
        },
      },
    );
    const [filled] = answers('Service', template);
    expect(filled?.denied).toMatch(/^mutation failed: cannot decode incoming new object: /);
    const container = { ...(template.spec.template.spec as { containers: object[] }).containers[0], resources: {} };
    const readable = pod({ ...template.spec.template.spec, containers: [container] }, template.spec.template.metadata);
    expect(answers('Service', readable)[1]?.denied).toMatch(/^validation failed: /);
    expect(answers('DomainMapping', { metadata: { name: text, namespace: 'default' }, spec: {} })[1]?.denied).toMatch(
      /^validation failed: /,
    );
    const ref = { apiVersion: text, kind: text, name: text };
    const pa = { metadata: { name: text, namespace: 'default' }, spec: { scaleTargetRef: ref, protocolType: text } };
    expect(answers('PodAutoscaler', pa)[1]?.denied).toMatch(/^validation failed: /);
  });
});

describe('hostile keys and values', () => {
  const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
  test.each(keys)('%s as a key is data, or nothing', (key) => {
    const odd = JSON.parse(`{"${key}": {"polluted": "yes"}}`);
    const text = JSON.parse(`{"${key}": "x"}`);
    for (const kind of servedKinds) {
      const spec = {
        ...odd,
        template: {
          ...odd,
          metadata: { ...odd, annotations: text, labels: text },
          spec: { ...odd, containers: [{ image, ...odd }], nodeSelector: text },
        },
      };
      for (const answer of answers(kind, {
        ...odd,
        metadata: { ...odd, name: 'a', namespace: 'default', annotations: text, labels: text },
        spec,
      })) {
        expect(JSON.stringify(answer)).not.toContain('polluted');
      }
    }
    const map = { metadata: { name: 'config-features', annotations: text }, data: text };
    const asked = { ...request('Service', map), kind: { group: '', version: 'v1', kind: 'ConfigMap' }, name: 'config-features' };
    expect(validateConfigMap(asked)).toEqual({});
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test.each([null, 0, 1.5, -1e300, true, 'x', [], [[]], {}, [null], { a: null }])('%j where an object or a list belongs', (value) => {
    for (const kind of servedKinds) {
      for (const object of [
        { metadata: { name: 'a' }, spec: value },
        { metadata: value, spec: {} },
        { metadata: { name: value, annotations: value, labels: value, ownerReferences: value }, spec: {} },
        pod(
          { containers: value, volumes: value, initContainers: value, securityContext: value, timeoutSeconds: value },
          { annotations: value as object },
        ),
        { metadata: { name: 'a' }, spec: { traffic: value, rules: value, tls: value, dnsNames: value, ref: value, objectRef: value } },
      ]) {
        for (const { denied } of answers(kind, object))
          expect(denied ?? '').toMatch(/^$|^(validation failed|mutation failed|decoding request failed): /);
      }
    }
  });

  test('what is kept as it is may be as deep as it likes', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`);
    for (const kind of servedKinds) {
      for (const { denied } of answers(kind, {
        metadata: { name: 'a', managedFields: deep },
        status: deep,
        spec: { ...deep, template: deep },
      }))
        expect(denied ?? 'failed: ').toContain('failed: ');
    }
  });
});

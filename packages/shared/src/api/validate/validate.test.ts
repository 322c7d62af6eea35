import { describe, expect, test } from 'vitest';
import { apiConfig, apiContext } from '../../testing/api-context.ts';
import { image, reference, goodSpecs as specs, split, template } from '../../testing/good-specs.ts';
import type { ApiContext } from '../defaults/context.ts';
import { kinds } from '../kinds.ts';
import { apiVersionOf, type KubeObject } from '../meta.ts';
import { decodeObject } from '../wire/decode.ts';
import { errorText } from './field-error.ts';
import { type ServedKind, servedKinds, validateObject } from './index.ts';
import { texts } from './names.ts';

const revision = template.spec;

const object = (kind: ServedKind, spec: unknown = specs[kind], metadata: object = {}): KubeObject =>
  decodeObject(kind, {
    apiVersion: apiVersionOf(kinds[kind]),
    kind,
    metadata: { name: kind === 'DomainMapping' ? 'hello.example.com' : 'hello', namespace: 'default', ...metadata },
    spec,
  });
const told = (kind: ServedKind, spec?: unknown, metadata?: object, ctx: Partial<ApiContext> = { operation: 'CREATE' }) =>
  errorText(validateObject(kind, object(kind, spec, metadata), apiContext(ctx)));
const withTemplate = (spec: object, metadata?: object) => ({ ...specs.Service, template: { metadata, spec: { ...revision, ...spec } } });

describe('every kind', () => {
  test.each(servedKinds)('%s: a good one passes, on creation and update', (kind) => {
    expect(told(kind)).toBe('');
    expect(told(kind, specs[kind], {}, { operation: 'UPDATE', before: object(kind) })).toBe('');
  });

  test.each(['PodAutoscaler', 'Metric', 'ServerlessService', 'Ingress'] as const)('%s without a spec', (kind) => {
    expect(told(kind, {})).toBe('missing field(s): spec');
  });
});

describe('metadata', () => {
  const named = ['Service', 'Configuration', 'Route', 'Revision', 'PodAutoscaler', 'Metric'] as const;
  test.each(named)('%s has the name of a label', (kind) => {
    expect(told(kind, specs[kind], { name: 'a.b' })).toBe(`not a DNS 1035 label: [${texts.label1035}]: metadata.name`);
    expect(told(kind, specs[kind], { name: '', generateName: '12-' })).toBe(
      `not a DNS 1035 label prefix: [${texts.label1035}]: metadata.generateName`,
    );
    expect(told(kind, specs[kind], { name: '' })).toBe('name or generateName is required: metadata.name');
  });

  test.each(['Service', 'Configuration', 'Route'] as const)('%s has no autoscaling annotations', (kind) => {
    expect(told(kind, specs[kind], { annotations: { 'autoscaling.knative.dev/target': '1' } })).toBe(
      'invalid key name "autoscaling.knative.dev/target": metadata.annotations\nautoscaling annotations must be put under "spec.template.metadata.annotations" to work',
    );
  });

  test.each(['Revision', 'PodAutoscaler', 'Metric'] as const)('%s has good ones', (kind) => {
    const of = (value: string) => told(kind, specs[kind], { annotations: { 'autoscaling.knative.dev/min-scale': value } });
    expect(of('1')).toBe('');
    expect(of('x')).toBe('invalid value: x: metadata.annotations.autoscaling.knative.dev/min-scale');
  });

  test.each(['Service', 'Route'] as const)('%s may roll out over whole seconds', (kind) => {
    const of = (value: string) => told(kind, specs[kind], { annotations: { 'serving.knative.dev/rollout-duration': value } });
    expect(of('90s')).toBe('');
    expect(of('x')).toBe('invalid value: x: metadata.annotations.serving.knative.dev/rollout-duration');
    expect(of('1.5s')).toBe('rollout-duration=1.5s is not at second precision: metadata.annotations.serving.knative.dev/rollout-duration');
    expect(of('-1s')).toBe('rollout-duration=-1s must be positive: metadata.annotations.serving.knative.dev/rollout-duration');
  });

  test.each([
    ['Configuration', 'service', 'Service'],
    ['Route', 'service', 'Service'],
    ['Revision', 'configuration', 'Configuration'],
  ] as const)('%s with the label of a parent is owned by it', (kind, label, parent) => {
    const labels = { [`serving.knative.dev/${label}`]: 'p' };
    expect(told(kind, specs[kind], { labels })).toBe(`missing field(s): metadata.labels.serving.knative.dev/${label}`);
    expect(told(kind, specs[kind], { labels, ownerReferences: [{ kind: parent, name: 'p' }] })).toBe('');
  });

  test.each(['Service', 'Configuration', 'Route', 'DomainMapping'] as const)(
    '%s keeps its creator, and its modifier with its spec',
    (kind) => {
      const user = (key: string, name: string) => ({ annotations: { [`serving.knative.dev/${key}`]: name } });
      const update = (now: object, was: object, spec?: unknown) =>
        told(kind, spec, now, { operation: 'UPDATE', before: object(kind, specs[kind], was) });
      expect(update(user('creator', 'eve'), user('creator', 'ann'))).toBe(
        'annotation value is immutable: metadata.annotations.serving.knative.dev/creator',
      );
      expect(update(user('lastModifier', 'eve'), user('lastModifier', 'ann'))).toBe(
        'invalid value: eve: metadata.annotations.serving.knative.dev/lastModifier',
      );
      expect(update(user('creator', 'ann'), user('creator', 'ann'))).toBe('');
    },
  );
});

describe('templates', () => {
  const at = 'spec.template.metadata';
  test('have a name that begins with the parent', () => {
    const of = (name: string, parent = {}) => told('Service', withTemplate({}, { name }), parent);
    expect(of('hello-1')).toBe('');
    expect(of('other')).toBe(`invalid value: "other" must have prefix "hello-": ${at}.name`);
    expect(of('hello-A')).toBe(`invalid value: not a DNS 1035 label: [${texts.label1035}]: ${at}.name`);
    expect(of('hello-1', { name: '', generateName: 'hello-' })).toBe(`must not set the field(s): ${at}.name`);
  });

  test('have good annotations', () => {
    const of = (key: string, value: string) => told('Configuration', withTemplate({}, { annotations: { [key]: value } }));
    expect(of('autoscaling.knative.dev/window', '60s')).toBe('');
    expect(of('autoscaling.knative.dev/window', '1s')).toBe(
      `expected 6s <= 1s <= 1h0m0s: ${at}.annotations.autoscaling.knative.dev/window`,
    );
    expect(of('networking.knative.dev/x', 'y')).toBe(`invalid key name "networking.knative.dev/x": ${at}.annotations`);
    expect(of('serving.knative.dev/progress-deadline', '1.5s')).toBe(
      `progress-deadline=1.5s is not at second precision: ${at}.annotations.serving.knative.dev/progress-deadline`,
    );
    const key = 'queue.sidecar.serving.knative.dev/cpu-resource-limit';
    expect(of(key, 'x')).toBe(`invalid value: x: ${at}.annotations.[${key}]`);
  });

  test('have a good pod, at its path', () => {
    expect(told('Service', withTemplate({ containers: [{}] }))).toBe('missing field(s): spec.template.spec.containers[0]');
    expect(told('Service', {})).toContain('missing field(s): spec.template.spec.containers');
  });

  test('that keep a name stay as they are', () => {
    const before = object('Service', withTemplate({}, { name: 'hello-1' }));
    const now = withTemplate({ containers: [{ image: 'other' }], timeoutSeconds: 7 }, { name: 'hello-1' });
    expect(told('Service', now, {}, { operation: 'UPDATE', before })).toBe(
      [
        'Saw the following changes without a name change (-old +new): spec.template.metadata.name',
        '{*v1.RevisionTemplateSpec}.Spec.PodSpec.Containers[0].Image:',
        `\t-: "${image}"`,
        '\t+: "other"',
        '{*v1.RevisionTemplateSpec}.Spec.TimeoutSeconds:',
        '\t-: "<nil>"',
        '\t+: "7"',
        '',
      ].join('\n'),
    );
  });
});

describe('bounds of a revision', () => {
  test.each<[string, number, string, Record<string, string>?]>([
    ['timeoutSeconds', 0, ''],
    ['timeoutSeconds', 600, ''],
    ['timeoutSeconds', 601, 'expected 0 <= 601 <= 600: spec.timeoutSeconds'],
    ['timeoutSeconds', -1, 'expected 0 <= -1 <= 600: spec.timeoutSeconds'],
    ['idleTimeoutSeconds', 9999, ''],
    ['containerConcurrency', 0, ''],
    ['containerConcurrency', 1000, ''],
    ['containerConcurrency', 1001, 'expected 0 <= 1001 <= 1000: spec.containerConcurrency'],
    ['containerConcurrency', 0, 'expected 1 <= 0 <= 1000: spec.containerConcurrency', { 'allow-container-concurrency-zero': 'false' }],
  ])('%s %i', (field, value, text, defaults) => {
    expect(told('Revision', { ...revision, [field]: value }, {}, { operation: 'CREATE', config: apiConfig({ defaults }) })).toBe(text);
  });

  test('its spec never changes; what means the same is no change', () => {
    const before = object('Revision', { containers: [{ image, resources: { limits: { cpu: '1' } } }] });
    const update = (spec: object) => told('Revision', spec, {}, { operation: 'UPDATE', before });
    expect(update({ containers: [{ image, resources: { limits: { cpu: '1000m' }, requests: {} } }] })).toBe('');
    expect(update({ containers: [{ image, resources: { limits: { cpu: '2' } } }] })).toBe(
      'Immutable fields changed (-old +new): spec\n{v1.RevisionSpec}.PodSpec.Containers[0].Resources.Limits["cpu"]:\n\t-: "1"\n\t+: "2"\n',
    );
  });
});

describe('traffic', () => {
  const service = (...traffic: object[]) => told('Service', { template, traffic });
  const route = (...traffic: object[]) => told('Route', { traffic });
  test.each<[string, string, string]>([
    ['a sum', service({ percent: 50 }), 'Traffic targets sum to 50, want 100: spec.traffic'],
    ['no entries', route(), 'Traffic targets sum to 0, want 100: spec.traffic'],
    ['a split', service({ percent: 50 }, { revisionName: 'r', percent: 50, latestRevision: false, tag: 'old' }), ''],
    [
      'one tag twice',
      service({ percent: 50, tag: 'a' }, { percent: 50, tag: 'a' }),
      'Multiple definitions for "a": spec.traffic[0].tag, spec.traffic[1].tag',
    ],
    ['a bad tag', service({ percent: 100, tag: 'A' }), `invalid value: not a DNS 1035 label: [${texts.label1035}]: spec.traffic.tag[0]`],
    [
      'a revision as the latest',
      service({ percent: 100, revisionName: 'r', latestRevision: true }),
      'may not set revisionName "r" when latestRevision is true: spec.traffic[0].latestRevision',
    ],
    [
      "another's configuration",
      service({ percent: 100, configurationName: 'c' }),
      'must not set the field(s): spec.traffic[0].configurationName',
    ],
    [
      'no target',
      route({ percent: 100 }),
      'expected exactly one, got neither: spec.traffic[0].configurationName, spec.traffic[0].revisionName',
    ],
    [
      'two targets',
      route({ percent: 100, configurationName: 'c', revisionName: 'r' }),
      'expected exactly one, got both: spec.traffic[0].configurationName, spec.traffic[0].revisionName',
    ],
    ['a name', route({ percent: 100, revisionName: 'a b' }), `invalid key name "a b": spec.traffic[0].revisionName\n${texts.qualified}`],
    ['a url', service({ percent: 100, url: 'x' }), 'must not set the field(s): spec.traffic[0].url'],
    [
      'a share',
      service({ percent: 101 }, { percent: -1 }),
      'expected 0 <= -1 <= 100: spec.traffic[1].percent\nexpected 0 <= 101 <= 100: spec.traffic[0].percent',
    ],
  ])('%s', (_what, text, want) => {
    expect(text).toBe(want);
  });
});

describe('writes of a status', () => {
  test.each([
    ['Service', ''],
    ['Configuration', ''],
    ['Route', 'Traffic targets sum to 0, want 100: spec.traffic'],
  ] as const)('of a %s', (kind, text) => {
    const before = object(kind, {});
    expect(told(kind, {}, {}, { operation: 'UPDATE', subresource: 'status', before })).toBe(text);
  });
});

describe('a DomainMapping', () => {
  test.each<[string, object, object, string]>([
    [
      'in the cluster',
      { name: 'a.svc.cluster.local' },
      {},
      'invalid name "a.svc.cluster.local": must not be a subdomain of cluster local domain "cluster.local": metadata.name',
    ],
    [
      'of one segment',
      { name: 'hello' },
      {},
      'invalid name "hello": name: Invalid value: "hello": should be a domain with at least two segments separated by dots: metadata.name',
    ],
    ['with a prefix for a name', { generateName: 'a' }, {}, 'must not set the field(s): metadata.generateName'],
    ['without a target', {}, { name: undefined, kind: undefined }, 'missing field(s): spec.ref.kind, spec.ref.name'],
    ['with a group', {}, { group: 'g' }, 'must not set the field(s): spec.ref.group'],
    [
      'of another namespace',
      {},
      { namespace: 'other' },
      'mismatched namespaces: spec.ref.namespace\nparent namespace: "default" does not match ref: "other"',
    ],
  ])('%s', (_what, metadata, ref, text) => {
    expect(told('DomainMapping', { ref: { ...(specs.DomainMapping.ref as object), ...ref } }, metadata)).toBe(text);
  });
});

describe('internal kinds', () => {
  const ingress = (path: object) => ({ rules: [{ http: { paths: [path] } }] });
  test.each<[ServedKind, string, unknown, string]>([
    ['PodAutoscaler', 'a protocol', { scaleTargetRef: reference, protocolType: 'x' }, 'invalid value: x: spec.protocolType'],
    [
      'PodAutoscaler',
      'no target',
      { protocolType: 'http1' },
      'missing field(s): spec.scaleTargetRef.apiVersion, spec.scaleTargetRef.kind, spec.scaleTargetRef.name',
    ],
    [
      'PodAutoscaler',
      'more than a target',
      { ...specs.PodAutoscaler, scaleTargetRef: { ...reference, uid: 'u' } },
      'must not set the field(s): spec.scaleTargetRef.uid',
    ],
    [
      'PodAutoscaler',
      'its concurrency',
      { ...specs.PodAutoscaler, containerConcurrency: 2000 },
      'expected 0 <= 2000 <= 1000: spec.containerConcurrency',
    ],
    ['ServerlessService', 'a mode', { ...specs.ServerlessService, mode: 'x' }, 'invalid value: x: spec.mode'],
    ['ServerlessService', 'no mode', { ...specs.ServerlessService, mode: undefined }, 'missing field(s): spec.mode'],
    ['ServerlessService', 'activators', { ...specs.ServerlessService, numActivators: -1 }, 'invalid value: -1: spec.numActivators'],
    ['Ingress', 'no rules', { httpOption: 'Enabled' }, 'missing field(s): spec.rules'],
    ['Ingress', 'no http', { rules: [{ hosts: ['a'] }] }, 'missing field(s): spec.rules[0].http'],
    ['Ingress', 'no splits', ingress({ path: '/' }), 'missing field(s): spec.rules[0].http.paths[0].splits'],
    [
      'Ingress',
      'a share',
      ingress({ splits: [{ ...split, percent: 50 }] }),
      'traffic split percentage must total to 100, but was 50: spec.rules[0].http.paths[0].splits',
    ],
    [
      'Ingress',
      'another namespace',
      ingress({ splits: [{ ...split, serviceNamespace: 'x' }] }),
      'service namespace must match ingress namespace: spec.rules[0].http.paths[0].splits[0].serviceNamespace',
    ],
    ['Ingress', 'an option', { ...specs.Ingress, httpOption: 'x' }, 'invalid value: x: spec.httpOption'],
    ['Ingress', 'no certificate', { ...specs.Ingress, tls: [{}] }, 'missing field(s): spec.tls[0]'],
    [
      'Ingress',
      'a certificate of nowhere',
      { ...specs.Ingress, tls: [{ hosts: ['a'] }] },
      'missing field(s): spec.tls[0].secretName, spec.tls[0].secretNamespace',
    ],
    ['Certificate', 'nothing', {}, 'missing field(s): spec.dnsNames, spec.secretName'],
    ['Certificate', 'an empty name', { dnsNames: [''], secretName: 's' }, 'invalid value: : spec.dnsNames[0]'],
    [
      'Certificate',
      'a domain',
      { ...specs.Certificate, domain: 'other.com' },
      'invalid value: domain: spec.domain must be a suffix of, or match exactly, at least one entry in dnsNames',
    ],
  ])('%s: %s', (kind, _what, spec, text) => {
    expect(told(kind, spec)).toBe(text);
  });
});

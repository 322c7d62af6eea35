import { apiConfig } from '@ebb/shared/testing/api-context.ts';
import { describe, expect, test } from 'vitest';
import { mutate, validate } from './resources.ts';
import { type AdmissionRequest, MalformedReview, readReview, writeReview } from './review.ts';

const settings = { config: apiConfig(), clusterDomain: 'cluster.local' };
const kind = { group: 'serving.knative.dev', version: 'v1', kind: 'Service' };
const service = (image: string) => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name: 'hello', namespace: 'default' },
  spec: { template: { spec: { containers: [{ image }] } }, traffic: [{ latestRevision: true, percent: 100 }] },
});
const request = (more: Partial<AdmissionRequest> = {}): AdmissionRequest => ({
  uid: 'u',
  kind,
  operation: 'CREATE',
  namespace: 'default',
  name: 'hello',
  userInfo: { username: 'ann' },
  object: service('example.com/hello'),
  ...more,
});

describe('defaulting', () => {
  test('adds and does not touch what is there', () => {
    const { patch } = mutate(request(), settings);
    expect(patch?.every((o) => o.op === 'add')).toBe(true);
    expect(patch?.map((o) => o.path)).toContain('/spec/template/spec/containers/0/readinessProbe');
    expect(patch).toContainEqual({
      op: 'add',
      path: '/metadata/annotations',
      value: { 'serving.knative.dev/creator': 'ann', 'serving.knative.dev/lastModifier': 'ann' },
    });
  });

  test('notes who changes a spec', () => {
    const { patch } = mutate(request({ operation: 'UPDATE', oldObject: service('other') }), settings);
    expect(patch).toContainEqual({ op: 'add', path: '/metadata/annotations', value: { 'serving.knative.dev/lastModifier': 'ann' } });
  });

  test('of an object that a template cannot name is refused with a sentence', () => {
    const odd = { ...settings.config['config-defaults'], containerNameTemplate: '{{.Nope}}' };
    const { denied } = mutate(request(), { config: { ...settings.config, 'config-defaults': odd } });
    expect(denied).toMatch(/^mutation failed: template: /);
  });
});

describe('validation', () => {
  test('accepts with warnings', () => {
    const { denied, warnings } = validate(request(), settings);
    expect(denied).toBeUndefined();
    expect(warnings?.[0]).toMatch(/^Kubernetes default value is insecure, .*: spec\.template\.spec\.containers\[0\]\.securityContext/);
  });

  test('refuses with every error, a line each', () => {
    const object = service('x y');
    const wrong = { ...object, spec: { ...object.spec, traffic: [{ percent: 1 }] } };
    expect(validate(request({ object: wrong }), settings).denied).toBe(
      [
        'validation failed: Failed to parse image reference: spec.template.spec.containers[0].image',
        'image: "x y", error: could not parse reference: x y',
        'Traffic targets sum to 1, want 100: spec.traffic',
      ].join('\n'),
    );
  });

  test('lets deletions pass, and other operations', () => {
    for (const operation of ['DELETE', 'CONNECT']) {
      expect(validate(request({ operation, object: null }), settings)).toEqual({});
      expect(mutate(request({ operation, object: null }), settings)).toEqual({});
    }
  });

  test('does not know every kind', () => {
    const odd = { group: 'serving.knative.dev', version: 'v2', kind: 'Service' };
    expect(validate(request({ kind: odd }), settings).denied).toBe(
      'decoding request failed: unhandled kind: serving.knative.dev/v2, Kind=Service',
    );
    expect(mutate(request({ kind: odd }), settings).denied).toBe('mutation failed: unhandled kind: serving.knative.dev/v2, Kind=Service');
    expect(validate(request({ operation: 'DELETE', kind: odd }), settings).denied).toMatch(/unhandled kind/);
    expect(validate(request({ object: null }), settings).denied).toBe('validation failed: the new object may not be nil');
    expect(mutate(request({ object: null }), settings).denied).toBe('mutation failed: the new object may not be nil');
  });

  test.each([
    {},
    { spec: null },
    { spec: { template: null } },
    { spec: { template: { spec: { containers: [null] } } } },
    { spec: { traffic: [null] } },
  ])('of %j comes to an answer', (part) => {
    const object = { ...service('a'), spec: undefined, ...part } as AdmissionRequest['object'];
    for (const decide of [mutate, validate]) expect(() => decide(request({ object }), settings)).not.toThrow();
    expect(validate(request({ object }), settings).denied).toMatch(/^validation failed: /);
  });

  test('of a value of another type says which field', () => {
    const object = { ...service('a'), spec: { template: { spec: { containers: 7 } } } } as AdmissionRequest['object'];
    const text =
      'json: cannot unmarshal number into Go struct field RevisionSpec.spec.ConfigurationSpec.template.spec.PodSpec.containers of type []v1.Container';
    expect(mutate(request({ object }), settings).denied).toBe(`mutation failed: cannot decode incoming new object: ${text}`);
    expect(validate(request({ object }), settings).denied).toBe(`decoding request failed: cannot decode incoming new object: ${text}`);
    const old = { operation: 'UPDATE', oldObject: object } as const;
    expect(validate(request(old), settings).denied).toBe(`decoding request failed: cannot decode incoming old object: ${text}`);
  });
});

describe('a review', () => {
  const review = (more: object = {}) => ({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: request(), ...more });

  test('is answered in its version', () => {
    for (const apiVersion of ['admission.k8s.io/v1', 'admission.k8s.io/v1beta1']) {
      const read = readReview(review({ apiVersion }));
      expect(read.request.name).toBe('hello');
      expect(writeReview(read.apiVersion, read.request.uid, {})).toEqual({
        apiVersion,
        kind: 'AdmissionReview',
        response: { uid: 'u', allowed: true },
      });
    }
  });

  test('carries a patch in base 64, and none with a denial', () => {
    const patch = [{ op: 'add', path: '/a', value: 1 }] as const;
    const { response } = writeReview('v', 'u', { patch }) as { response: { patch: string; patchType: string } };
    expect(response.patchType).toBe('JSONPatch');
    expect(JSON.parse(Buffer.from(response.patch, 'base64').toString())).toEqual(patch);
    expect(writeReview('v', 'u', { patch, denied: 'no' })).toEqual({
      apiVersion: 'v',
      kind: 'AdmissionReview',
      response: { uid: 'u', allowed: false, status: { status: 'Failure', code: 400, reason: 'BadRequest', message: 'no' } },
    });
  });

  test.each([
    ['a list', [], 'an AdmissionReview is a JSON object'],
    ['another kind', review({ kind: 'Pod' }), 'kind is "Pod", want "AdmissionReview"'],
    ['another version', review({ apiVersion: 'v9' }), 'apiVersion is "v9", want "admission.k8s.io/v1" or "admission.k8s.io/v1beta1"'],
    ['no request', review({ request: undefined }), 'request is missing'],
    ['no uid', review({ request: { ...request(), uid: '' } }), 'request.uid is missing'],
    ['no kind', review({ request: { ...request(), kind: null } }), 'request.kind is missing'],
    ['no operation', review({ request: { ...request(), operation: undefined } }), 'request.operation is missing'],
    ['an object that is none', review({ request: { ...request(), object: 'x' } }), 'request.object is no object with metadata'],
  ])('that is %s is told what is wrong', (_what, body, text) => {
    expect(() => readReview(body)).toThrow(new MalformedReview(`could not decode body: ${text}`));
  });
});

import type { Ingress } from '@ebb/shared/api/kinds.ts';
import { expect, test } from 'vitest';
import { ingress, rule, split } from '../testing/objects.ts';
import { specHash } from './fingerprint.ts';

const serviceNamespace = 'default';
const spec: Ingress['spec'] = {
  httpOption: 'Redirected',
  rules: [
    {
      visibility: 'ExternalIP',
      hosts: ['hello.default.example.com'],
      http: {
        paths: [
          {
            appendHeaders: { b: '<&>', a: '1' },
            splits: [
              {
                percent: 90,
                servicePort: 80,
                serviceName: 'hello-1',
                serviceNamespace,
                appendHeaders: { 'Knative-Serving-Revision': 'hello-1' },
              },
              { percent: 10, servicePort: 'http2', serviceName: 'hello-2', serviceNamespace },
            ],
            headers: { 'Knative-Serving-Tag': { exact: '' } },
            path: '/a',
            rewriteHost: 'other',
          },
          { splits: [{ servicePort: 81, serviceName: 'hello-1', serviceNamespace, percent: 0 }] },
        ],
      },
    },
    { hosts: ['hello.default'], visibility: 'ClusterLocal', http: { paths: [] } },
  ],
  tls: [{ hosts: ['hello.default.example.com'], secretName: 'route-1', secretNamespace: '' }],
};

test('the hash of an Ingress is the one that the peer computes', () => {
  const made: Ingress = {
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'Ingress',
    metadata: { name: 'hello', namespace: 'default' },
    spec,
  };
  expect(specHash(made)).toBe('a03e0fd52380e7037ff09e4b1e0f93ea1ffeca000c15790994ec2cdd297727e7');
});

test('it is of spec, namespace and name, and does not depend on the order of fields', () => {
  const own = ingress('app', [rule(['h'], [{ splits: [split('app')] }])]);
  const { rules, httpOption } = own.spec;
  expect(specHash({ ...own, spec: { rules, httpOption } })).toBe(specHash({ ...own, spec: { httpOption, rules } }));
  expect(specHash({ ...own, status: {} })).toBe(specHash(own));
  expect(specHash({ ...own, metadata: { ...own.metadata, name: 'other' } })).not.toBe(specHash(own));
  expect(specHash({ ...own, spec: { rules, httpOption: 'Redirected' } })).not.toBe(specHash(own));
});

import { texts } from '../names.ts';
import { metadata, of, type Rule } from './case.ts';

const reference = (kind: 'PodAutoscaler' | 'ServerlessService', field: string): Rule => {
  const ref = (r: object) => of(kind, { [field]: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello', ...r } });
  const at = `spec.${field}`;
  return {
    id: `4.6 reference of a ${kind}`,
    accepts: [ref({}), ref({ apiVersion: 'v1', kind: '_a1' })],
    rejects: [
      [of(kind, { [field]: {} }), `missing field(s): ${at}.apiVersion, ${at}.kind, ${at}.name`],
      [ref({ apiVersion: 'a/b/c' }), `invalid value: ${texts.qualifiedShape}: ${at}.apiVersion`],
      [ref({ apiVersion: '/v1' }), `invalid value: prefix part must be non-empty: ${at}.apiVersion`],
      [ref({ kind: '1' }), `invalid value: ${texts.identifier}: ${at}.kind`],
      [ref({ name: 'a.b' }), `invalid value: must not contain dots: ${at}.name`],
      [ref({ name: 'A' }), `invalid value: ${texts.label1123}: ${at}.name`],
      [ref({ namespace: 'a', uid: 'b' }), `must not set the field(s): ${at}.namespace, ${at}.uid`],
    ],
  };
};
const split = { serviceNamespace: 'default', serviceName: 's', servicePort: 80 };
const ingress = (...splits: object[]) => of('Ingress', { rules: [{ http: { paths: [{ splits }] } }] });
const at = 'spec.rules[0].http.paths[0].splits';

/** Contract control-plane 4.6. */
export const internalRules: readonly Rule[] = [
  {
    id: '4.6 a PodAutoscaler has a spec',
    accepts: [of('PodAutoscaler')],
    rejects: [[of('PodAutoscaler', { scaleTargetRef: null, protocolType: null }), 'missing field(s): spec']],
  },
  reference('PodAutoscaler', 'scaleTargetRef'),
  {
    id: '4.6 containerConcurrency of a PodAutoscaler',
    accepts: [of('PodAutoscaler', { containerConcurrency: 1000 })],
    rejects: [
      [of('PodAutoscaler', { containerConcurrency: 1001 }), 'expected 0 <= 1001 <= 1000: spec.containerConcurrency'],
      [
        of('PodAutoscaler', {}, { defaults: { 'allow-container-concurrency-zero': 'false', 'container-concurrency': '1' } }),
        'expected 1 <= 0 <= 1000: spec.containerConcurrency',
      ],
    ],
  },
  ...(['PodAutoscaler', 'ServerlessService'] as const).map(
    (kind): Rule => ({
      id: `4.6 protocol of a ${kind}`,
      accepts: ['http1', 'h2c'].map((protocolType) => of(kind, { protocolType })),
      rejects: [
        [of(kind, { protocolType: '' }), 'missing field(s): spec.protocolType'],
        [of(kind, { protocolType: 'x' }), 'invalid value: x: spec.protocolType'],
      ],
    }),
  ),
  {
    id: '4.6 a Metric has a spec',
    accepts: [of('Metric'), of('Metric', { scrapeTarget: '' })],
    rejects: [[of('Metric', { stableWindow: 0, panicWindow: 0, scrapeTarget: '' }), 'missing field(s): spec']],
  },
  {
    id: '4.6 a ServerlessService has a spec',
    accepts: [of('ServerlessService')],
    rejects: [[of('ServerlessService', { mode: null, objectRef: null, protocolType: null }), 'missing field(s): spec']],
  },
  {
    id: '4.6 annotations of a ServerlessService',
    accepts: [metadata('ServerlessService', { annotations: { 'networking.knative.dev/ingress-class': 'a', 'example.com/a': 'b' } })],
    rejects: [
      [
        metadata('ServerlessService', { annotations: { 'networking.knative.dev/a': 'b' } }),
        'invalid key name "networking.knative.dev/a": annotations',
      ],
    ],
  },
  {
    id: '4.6 mode',
    accepts: ['Serve', 'Proxy'].map((mode) => of('ServerlessService', { mode })),
    rejects: [
      [of('ServerlessService', { mode: '' }), 'missing field(s): spec.mode'],
      [of('ServerlessService', { mode: 'x' }), 'invalid value: x: spec.mode'],
    ],
  },
  {
    id: '4.6 numActivators',
    accepts: [0, 3].map((numActivators) => of('ServerlessService', { numActivators })),
    rejects: [[of('ServerlessService', { numActivators: -1 }), 'invalid value: -1: spec.numActivators']],
  },
  reference('ServerlessService', 'objectRef'),
  {
    id: '4.6 an Ingress has rules',
    accepts: [of('Ingress')],
    rejects: [
      [of('Ingress', { rules: null }), 'missing field(s): spec'],
      [of('Ingress', { rules: [], httpOption: 'Enabled' }), 'missing field(s): spec.rules'],
    ],
  },
  {
    id: '4.6 a rule has paths',
    accepts: [ingress({ ...split, percent: 100 })],
    rejects: [
      [of('Ingress', { rules: [{ http: {} }] }), 'missing field(s): spec.rules[0].http.paths'],
      [of('Ingress', { rules: [{ http: { paths: [{}] } }] }), 'missing field(s): spec.rules[0].http.paths[0]'],
      [of('Ingress', { rules: [{ http: { paths: [{ path: '/a' }] } }] }), 'missing field(s): spec.rules[0].http.paths[0].splits'],
    ],
  },
  {
    id: '4.6 percent of a split',
    accepts: [ingress({ ...split, percent: 0 }, { ...split, percent: 100 })],
    rejects: [[ingress({ ...split, percent: 101 }, { ...split, percent: -1 }), `invalid value: 101: ${at}[0].percent`]],
  },
  {
    id: '4.6 splits sum to 100; a lonely one need not say so',
    accepts: [ingress(split), ingress({ ...split, percent: 40 }, { ...split, percent: 60 })],
    rejects: [
      [ingress({ ...split, percent: 40 }, { ...split, percent: 50 }), `traffic split percentage must total to 100, but was 90: ${at}`],
      [ingress(split, split), `traffic split percentage must total to 100, but was 0: ${at}`],
    ],
  },
  {
    id: '4.6 backend of a split',
    accepts: [ingress({ ...split, servicePort: 'http' })],
    rejects: [
      [ingress({ percent: 100 }), `missing field(s): ${at}[0]`],
      [ingress({ serviceName: 's' }), `missing field(s): ${at}[0].serviceNamespace, ${at}[0].servicePort`],
      [ingress({ ...split, serviceName: '' }), `missing field(s): ${at}[0].serviceName`],
      [ingress({ ...split, serviceNamespace: 'other' }), `service namespace must match ingress namespace: ${at}[0].serviceNamespace`],
    ],
  },
  {
    id: '4.6 certificates of an Ingress',
    accepts: [of('Ingress', { tls: [{ secretName: 'a', secretNamespace: 'b' }] })],
    rejects: [
      [of('Ingress', { tls: [{}] }), 'missing field(s): spec.tls[0]'],
      [of('Ingress', { tls: [{ hosts: ['a'] }] }), 'missing field(s): spec.tls[0].secretName, spec.tls[0].secretNamespace'],
    ],
  },
  {
    id: '4.6 httpOption',
    accepts: ['', 'Enabled', 'Redirected'].map((httpOption) => of('Ingress', { httpOption })),
    rejects: [[of('Ingress', { httpOption: 'x' }), 'invalid value: x: spec.httpOption']],
  },
  {
    id: '4.6 names of a Certificate',
    accepts: [of('Certificate')],
    rejects: [
      [of('Certificate', { dnsNames: [] }), 'missing field(s): spec.dnsNames'],
      [of('Certificate', { dnsNames: ['a.example.com', ''] }), 'invalid value: : spec.dnsNames[1]'],
    ],
  },
  {
    id: '4.6 secret of a Certificate',
    accepts: [of('Certificate')],
    rejects: [[of('Certificate', { secretName: '' }), 'missing field(s): spec.secretName']],
  },
  {
    id: '4.6 domain of a Certificate',
    accepts: ['example.com', 'a.example.com'].map((domain) => of('Certificate', { domain })),
    rejects: ['ample.com', 'b.example.com'].map((domain) => [
      of('Certificate', { domain }),
      'invalid value: domain: spec.domain must be a suffix of, or match exactly, at least one entry in dnsNames',
    ]),
  },
];

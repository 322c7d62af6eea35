import { annotated, both, type Edit, type Json, labelled, meta, type Rows, templateMeta } from './edit.ts';

/** Names, labels and annotations (contract control-plane 2, 4.2, 4.4). */

const a = (name: string): string => `autoscaling.knative.dev/${name}`;
const template = (annotations: Record<string, Json>): Edit => templateMeta({ annotations });
const values = (key: string, list: readonly string[]): Rows =>
  Object.fromEntries(list.map((v) => [`${key} ${JSON.stringify(v)}`, template({ [key]: v })]));

const ints = [
  '',
  '0',
  '1',
  '-1',
  '+1',
  '01',
  '1.5',
  'x',
  '10',
  '11',
  '2147483647',
  '2147483648',
  '99999999999999999999',
  ' 1',
  '1e3',
  '0x10',
  '1_000',
];
const floats = [
  '',
  '0',
  '1',
  '0.01',
  '0.009',
  '-1',
  '-0.5',
  '100',
  '100.1',
  '110',
  '1000',
  '1001',
  'x',
  'NaN',
  'Inf',
  '-inf',
  '1e2',
  '1e400',
  '0x1p4',
  '1_0',
  ' 5',
  '.5',
  '5.',
  '-',
  '+70',
];
const durations = [
  '',
  '0',
  '0s',
  '5s',
  '6s',
  '5.999s',
  '6.5s',
  '1h',
  '1h1s',
  '3600s',
  '60m',
  '-1s',
  'x',
  '10',
  '1d',
  '1m30s',
  '100ms',
  '1h0m0.5s',
  '+6s',
  '.5h',
  '1.5m',
  '-0s',
  '6 s',
  '9223372036854775807ns',
  '9999999h',
  '1us',
  '1µs',
  '∞',
];

/** Annotations of a template or Revision. */
export const autoscalingRows: Rows = {
  ...values(a('class'), [
    '',
    'kpa.autoscaling.knative.dev',
    'hpa.autoscaling.knative.dev',
    'other.knative.dev',
    'other.example.com',
    '.knative.dev',
    'KPA.autoscaling.knative.dev',
  ]),
  ...values(a('min-scale'), ints),
  ...values(a('max-scale'), ints),
  ...values(a('initial-scale'), ints),
  ...values(a('activation-scale'), ints),
  ...values(a('target'), floats),
  ...values(a('target-utilization-percentage'), floats),
  ...values(a('target-burst-capacity'), floats),
  ...values(a('panic-window-percentage'), floats),
  ...values(a('panic-threshold-percentage'), floats),
  ...values(a('window'), durations),
  ...values(a('scale-down-delay'), durations),
  ...values(a('scale-to-zero-pod-retention-period'), durations),
  ...values(a('metric'), ['', 'concurrency', 'rps', 'cpu', 'memory', 'x', 'RPS']),
  ...values(a('metric-aggregation-algorithm'), ['', 'linear', 'weighted-exponential', 'weightedExponential', 'x']),
  ...values(a('unknown'), ['1']),
  ...Object.fromEntries(
    [
      'minScale',
      'maxScale',
      'initialScale',
      'targetUtilizationPercentage',
      'targetBurstCapacity',
      'panicWindowPercentage',
      'panicThresholdPercentage',
      'scaleDownDelay',
      'scaleToZeroPodRetentionPeriod',
      'metricAggregationAlgorithm',
      'activationScale',
    ].map((name) => [`the older spelling ${name}`, template({ [a(name)]: 'x' })]),
  ),
  'both spellings, the first bad': template({ [a('min-scale')]: 'x', [a('minScale')]: '1' }),
  'both spellings, the second bad': template({ [a('min-scale')]: '1', [a('minScale')]: 'x' }),
  'both spellings, the first empty': template({ [a('max-scale')]: '', [a('maxScale')]: '3' }),
  'min above max': template({ [a('min-scale')]: '5', [a('max-scale')]: '3' }),
  'min above unlimited': template({ [a('min-scale')]: '5', [a('max-scale')]: '0' }),
  'min above max, older spellings': template({ [a('minScale')]: '5', [a('maxScale')]: '3' }),
  'activation below min': template({ [a('min-scale')]: '5', [a('activation-scale')]: '3' }),
  'activation above max': template({ [a('max-scale')]: '3', [a('activation-scale')]: '5' }),
  'activation between': template({ [a('min-scale')]: '2', [a('max-scale')]: '5', [a('activation-scale')]: '3' }),
  'activation, min and max all wrong': template({ [a('min-scale')]: '9', [a('max-scale')]: '3', [a('activation-scale')]: '1' }),
  'bad min and max below': template({ [a('min-scale')]: 'x', [a('max-scale')]: '-3' }),
  'bad min, activation fine': template({ [a('min-scale')]: 'x', [a('activation-scale')]: '3' }),
  'panic window and other floats bad': template({
    [a('target')]: 'x',
    [a('panic-window-percentage')]: '0',
    [a('target-burst-capacity')]: '-5',
    [a('panic-threshold-percentage')]: '1',
  }),
  'all floats bad': template({
    [a('target')]: '0',
    [a('panic-window-percentage')]: 'x',
    [a('target-burst-capacity')]: 'x',
    [a('panic-threshold-percentage')]: 'x',
    [a('target-utilization-percentage')]: 'x',
  }),
  'all durations bad': template({ [a('window')]: '1s', [a('scale-down-delay')]: '2h', [a('scale-to-zero-pod-retention-period')]: '2h' }),
  'hpa with cpu': template({ [a('class')]: 'hpa.autoscaling.knative.dev', [a('metric')]: 'cpu' }),
  'hpa with any metric': template({ [a('class')]: 'hpa.autoscaling.knative.dev', [a('metric')]: 'queue_depth' }),
  'hpa with an empty metric': template({ [a('class')]: 'hpa.autoscaling.knative.dev', [a('metric')]: '' }),
  'hpa with concurrency': template({
    [a('class')]: 'hpa.autoscaling.knative.dev',
    [a('metric')]: 'concurrency',
    [a('metric-aggregation-algorithm')]: 'x',
  }),
  'kpa with cpu and a bad algorithm': template({
    [a('class')]: 'kpa.autoscaling.knative.dev',
    [a('metric')]: 'cpu',
    [a('metric-aggregation-algorithm')]: 'x',
  }),
  'another class with anything': template({
    [a('class')]: 'x.example.com',
    [a('metric')]: 'x',
    [a('metric-aggregation-algorithm')]: 'x',
    [a('window')]: '1s',
  }),
  'kpa with good algorithms': template({
    [a('class')]: 'kpa.autoscaling.knative.dev',
    [a('metric-aggregation-algorithm')]: 'weightedExponential',
  }),
};

const q = (name: string): string => `queue.sidecar.serving.knative.dev/${name}`;
const quantities = ['', '1', '100m', '1Gi', 'x', '1.5', '-1', '1e3', '0.5Gi', '1 Gi', '1KI', '+1', '1Ei', '.5', '1.', '--1'];

/** Further annotations and the name of a template. */
export const templateRows: Rows = {
  ...values('serving.knative.dev/progress-deadline', durations),
  ...values(q('cpu-resource-request'), quantities),
  ...values(q('memory-resource-limit'), quantities.slice(0, 6)),
  ...values(q('ephemeral-storage-resource-request'), ['1Gi', 'x']),
  ...values(q('resource-percentage'), ['', '0', '0.1', '0.09', '100', '100.5', 'x', '50', '-1', '1e1', 'NaN', '100000000', '0.00001']),
  ...values(q('resourcePercentage'), ['x', '50']),
  'resource percentage twice': template({ [q('resource-percentage')]: '50', [q('resourcePercentage')]: 'x' }),
  'several bad quantities': template({
    [q('cpu-resource-request')]: 'x',
    [q('cpu-resource-limit')]: 'x',
    [q('memory-resource-request')]: 'y',
  }),
  ...Object.fromEntries(
    [
      'ingress.class',
      'ingress-class',
      'certificate.class',
      'certificate-class',
      'disableAutoTLS',
      'disable-auto-tls',
      'disable-external-domain-tls',
      'httpOption',
      'http-protocol',
      'visibility',
      'Ingress.class',
      'x',
    ].map((n) => [`networking annotation ${n}`, template({ [`networking.knative.dev/${n}`]: 'x' })]),
  ),
  'two unknown networking annotations': template({
    'networking.knative.dev/b': '1',
    'networking.knative.dev/a': '1',
    'networking.knative.dev.example/a': '1',
  }),
  'features annotations': template({
    'features.knative.dev/queueproxy-podinfo': 'enabled',
    'features.knative.dev/http-full-duplex': 'Enabled',
    'features.knative.dev/x': '1',
  }),
  'serving annotations': template({
    'serving.knative.dev/creator': 'x',
    'serving.knative.dev/rollout-duration': 'x',
    'serving.knative.dev/unknown': 'x',
  }),
  'labels of the template': templateMeta({ labels: { app: 'x', 'serving.knative.dev/service': 'y', 'bad key!': 'bad value!' } }),
  'template metadata unknown fields': templateMeta({ colour: 'red', finalizers: ['a/b'], uid: 'x', namespace: 'other' }),
  'empty template metadata': templateMeta({}),
};

/** Names a template may give, below a parent called `hello`. */
export const templateNameRows: Rows = Object.fromEntries(
  ['', 'hello-1', 'hello-', 'hello', 'other-1', 'hello-A', 'hello-a_b', `hello-${'x'.repeat(60)}`, 'Hello-1', 'hello-1.2', '1-hello'].map(
    (name) => [`template name ${JSON.stringify(name)}`, templateMeta({ name })],
  ),
);
export const templateGenerateNameRows: Rows = Object.fromEntries(
  ['', 'hello-', 'a', '-', '-a', 'A-', 'a--', `${'x'.repeat(64)}-`, 'hello.'].map((generateName) => [
    `template generateName ${JSON.stringify(generateName)}`,
    templateMeta({ generateName }),
  ]),
);

const names = ['', 'a', 'A', 'a-b', '-a', 'a-', '1a', 'a.b', 'a_b', 'ü', 'x'.repeat(63), 'x'.repeat(64), 'X'.repeat(64), 'a\nb', ' a'];

/** Names of an object. */
export const nameRows: Rows = {
  ...Object.fromEntries(names.map((name) => [`name ${JSON.stringify(name)}`, meta({ name })])),
  ...Object.fromEntries(
    ['a', 'a-', 'A', '-', 'a.', 'a_', '1-', 'x'.repeat(63), `${'x'.repeat(63)}-`, 'a--'].map((generateName) => [
      `generateName ${JSON.stringify(generateName)}`,
      meta({ name: undefined, generateName }),
    ]),
  ),
  'neither name nor generateName': meta({ name: undefined }),
  'name and generateName': meta({ generateName: 'x-' }),
  'a bad name and a good generateName': meta({ name: 'A', generateName: 'x-' }),
  'a good name and a bad generateName': meta({ generateName: 'X-' }),
  'a good template under generateName': both(meta({ name: undefined, generateName: 'hello-' }), templateMeta({ name: 'hello-1' })),
  'no namespace': meta({ namespace: undefined }),
};

/** Annotations and labels of a Service, Configuration or Route. */
export const ownRows: Rows = {
  'an autoscaling annotation': annotated({ [a('min-scale')]: '1' }),
  'two autoscaling annotations': annotated({ [a('min-scale')]: '1', [a('class')]: 'x' }),
  'a key that begins alike': annotated({ 'autoscaling.knative.development/x': '1' }),
  ...Object.fromEntries(
    durations.map((d) => [`rollout-duration ${JSON.stringify(d)}`, annotated({ 'serving.knative.dev/rollout-duration': d })]),
  ),
  'rolloutDuration bad': annotated({ 'serving.knative.dev/rolloutDuration': 'x' }),
  'rollout durations both': annotated({ 'serving.knative.dev/rollout-duration': '5s', 'serving.knative.dev/rolloutDuration': 'x' }),
  'an unknown networking annotation': annotated({ 'networking.knative.dev/x': '1' }),
  'odd tls and http annotations': annotated({
    'networking.knative.dev/disable-external-domain-tls': 'maybe',
    'networking.knative.dev/http-protocol': 'x',
  }),
  'creator given': annotated({ 'serving.knative.dev/creator': 'mallory', 'serving.knative.dev/lastModifier': 'mallory' }),
  'visibility label': labelled({ 'networking.knative.dev/visibility': 'x' }),
  'label of a service': labelled({ 'serving.knative.dev/service': 'hello' }),
  'label of a service with its owner': both(
    labelled({ 'serving.knative.dev/service': 'hello' }),
    meta({ ownerReferences: [{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello', uid: 'u' }] }),
  ),
  'label of a service with another owner': both(
    labelled({ 'serving.knative.dev/service': 'hello' }),
    meta({
      ownerReferences: [
        { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'other', uid: 'u' },
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'hello', uid: 'u' },
      ],
    }),
  ),
  'label of a configuration': labelled({ 'serving.knative.dev/configuration': 'hello' }),
  'owned by something': meta({ ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'u' }] }),
  'empty label of a service': labelled({ 'serving.knative.dev/service': '' }),
  'finalizers and deletion': meta({ finalizers: ['a/b'], deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 }),
};

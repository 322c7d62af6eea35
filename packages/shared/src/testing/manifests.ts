import fc from 'fast-check';
import { annotations } from '../api/annotations.ts';
import { kinds } from '../api/kinds.ts';
import { apiVersionOf, type KubeObject } from '../api/meta.ts';
import type { ServedKind } from '../api/validate/index.ts';
import { type Shape, shapeOf, type Type } from '../api/wire/shapes.ts';
import { type FeatureName, featureFlags, flagValues } from '../config/features.ts';

/**
 * Objects of every kind, made from the shapes themselves: good ones with a few fields more, whose values are mostly ones
 * that somebody looks at. Deterministic with a seed, as all of fast-check.
 */

const names = ['a', 'b', 'hello', 'user-container', 'user-container-0', 'queue-proxy', 'A!', '', 'x'.repeat(64), 'a.b'];
/** Values worth trying, by field name; other texts are names. */
const texts: Record<string, readonly string[]> = {
  image: ['example.com/hello', 'nginx:1', 'x y', ''],
  mountPath: ['/data', '/data/', '/other', '/', '/dev/log', 'data', '/data/../dev', ''],
  path: ['/a', 'a', ''],
  protocol: ['TCP', 'UDP', 'http', ''],
  terminationMessagePolicy: ['File', 'FallbackToLogsOnError', 'Never', ''],
  mountPropagation: ['None', 'HostToContainer', 'Bidirectional'],
  medium: ['Memory', 'HugePages', ''],
  pullPolicy: ['Always', 'IfNotPresent', 'Never', 'Sometimes', ''],
  type: ['RuntimeDefault', 'Unconfined', 'Localhost', ''],
  visibility: ['ExternalIP', 'ClusterLocal', ''],
  httpOption: ['Enabled', 'Redirected', 'Off', ''],
  protocolType: ['http1', 'h2c', 'http2', ''],
  mode: ['Serve', 'Proxy', 'Both', ''],
  apiVersion: ['serving.knative.dev/v1', 'apps/v1', 'a/b/c', '/v1', ''],
  kind: ['Service', 'Deployment', '1Bad', ''],
  url: ['http://a.example.com', ''],
  serviceNamespace: ['default', 'other', ''],
  namespace: ['default', 'other', ''],
  capability: ['ALL', 'all', 'NET_BIND_SERVICE', 'SYS_ADMIN'],
  annotation: [
    '1',
    '0',
    '-1',
    '2',
    '50',
    '0.001',
    '1e3',
    'x',
    '',
    '10s',
    '1.5s',
    '2h',
    '-1s',
    'rps',
    'linear',
    '100m',
    'nan',
    'inf',
    '5000000000',
  ],
  class: ['kpa.autoscaling.knative.dev', 'hpa.autoscaling.knative.dev', 'x.autoscaling.knative.dev', 'mine', ''],
};
texts.add = texts.drop = texts.capability ?? [];
const numbers: Record<string, readonly number[]> = {
  containerPort: [0, 80, 8080, 8012, 9090, 65535, 65536, -1],
  percent: [0, 50, 100, 101, -1],
  timeoutSeconds: [0, 1, 10, 300, 600, 601, -1],
  containerConcurrency: [0, 1, 1000, 1001, -1],
};
const someNumbers = [0, 1, 2, 10, -1, 2147483647];
const quantities = ['100m', '1000m', '0.5', '1Gi', '1024Mi', '1.5Gi', '-1', '0'];
const someAnnotations = [...Object.values(annotations).flat(), 'networking.knative.dev/other', 'autoscaling.knative.dev/other', 'plain'];

const annotationMap = fc
  .uniqueArray(fc.constantFrom(...someAnnotations), { maxLength: 3 })
  .chain((keys) =>
    fc
      .tuple(...keys.map((k) => fc.constantFrom(...((k.endsWith('/class') && texts.class) || (texts.annotation ?? [])))))
      .map((values) => Object.fromEntries(keys.map((k, i) => [k, values[i]]))),
  );

function valuesOf(type: Type, field: string, depth: number): fc.Arbitrary<unknown> {
  switch (type.is) {
    case 'string':
      return fc.constantFrom(...(texts[field] ?? names));
    case 'bool':
      return fc.boolean();
    case 'int32':
    case 'int64':
      return fc.constantFrom(...(numbers[field] ?? someNumbers));
    case 'IntOrString':
      return fc.constantFrom<unknown>(8080, 0, 'http', 'h2c', '8080', '');
    case 'Quantity':
      return fc.constantFrom(...quantities);
    case 'Time':
      return fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T01:00:00.5+01:00');
    case 'any':
      return fc.constant({});
    case 'list':
      return fc.array(valuesOf(type.of, field, depth), { maxLength: 2 });
    case 'map':
      if (field === 'annotations') return annotationMap;
      return fc.dictionary(fc.constantFrom('cpu', 'memory', 'a'), valuesOf(type.of, field, depth), { maxKeys: 2 });
    default:
      return objectOf(type.shape, depth);
  }
}

/** A few of the fields of a shape; deeper down, fewer. Fields that are always written are there most of the time. */
function objectOf(shape: Shape, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields = [...shape.fields.values()].filter((f) => f.type.is !== 'any');
  if (depth > 6) return fc.constant({});
  const needed = fields.filter((f) => f.always && f.type.is === 'string');
  return fc
    .tuple(fc.subarray(fields, { maxLength: Math.min(fields.length, 3) }), fc.constantFrom(needed, needed, needed, []))
    .chain(([some, more]) =>
      fc.record(Object.fromEntries([...new Set([...more, ...some])].map((f) => [f.name, valuesOf(f.type, f.name, depth + 1)]))),
    );
}

const some = (shape: string): fc.Arbitrary<Record<string, unknown>> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, objectOf(shapeOf(shape), 0));

const container = some('Container').map((c) => ({ image: 'example.com/hello', ...c }));
/** Volumes that are mounted, most of them. */
const volumes = fc.array(
  fc.tuple(
    some('Volume'),
    fc.constantFrom('a', 'b'),
    fc.constantFrom({ emptyDir: {} }, { secret: { secretName: 's' } }, { projected: { sources: [] } }, {}),
  ),
  { maxLength: 2 },
);
const revisionSpec = fc
  .tuple(fc.array(container, { minLength: 1, maxLength: 3 }), volumes, some('RevisionSpec'), fc.nat(3))
  .map(([containers, vs, more, port]) => {
    const mounts = vs.map(([, name], i) => ({ name, mountPath: `/mnt/${i}` }));
    return {
      ...more,
      containers: containers.map((c, i) => ({
        ...(containers.length > 1 && i === port ? { ports: [{ containerPort: 8080 }] } : {}),
        ...(mounts.length && i === 0 ? { volumeMounts: mounts } : {}),
        ...c,
      })),
      ...(vs.length ? { volumes: vs.map(([v, name, source]) => ({ name, ...source, ...v })) } : {}),
    };
  });
const template = fc
  .tuple(revisionSpec, some('ObjectMeta'), fc.constantFrom({}, {}, { name: 'hello-1' }, { name: 'other' }))
  .map(([spec, metadata, name]) => {
    const { name: _, namespace: __, generateName: ___, ...rest } = metadata;
    return { metadata: { ...rest, ...name }, spec };
  });
const whole = fc.constant([{ latestRevision: true, percent: 100 }]);
const traffic = fc.oneof({ weight: 2, arbitrary: whole }, fc.array(objectOf(shapeOf('TrafficTarget'), 5), { maxLength: 3 }));
const overlaid = (base: object, shape: string) => some(shape).map((more) => ({ ...base, ...more }));

const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello' };
const split = { serviceNamespace: 'default', serviceName: 's', servicePort: 80, percent: 100 };
const specs: Record<ServedKind, fc.Arbitrary<unknown>> = {
  Service: fc.tuple(template, fc.option(traffic, { nil: undefined })).map(([t, tr]) => ({ template: t, ...(tr ? { traffic: tr } : {}) })),
  Configuration: template.map((t) => ({ template: t })),
  Route: traffic.map((t) => ({ traffic: t })),
  Revision: revisionSpec,
  DomainMapping: some('KReference').map((ref) => ({
    ref: { name: 'hello', kind: 'Service', apiVersion: 'serving.knative.dev/v1', ...ref },
  })),
  PodAutoscaler: overlaid({ scaleTargetRef: reference, protocolType: 'http1' }, 'PodAutoscalerSpec'),
  Metric: overlaid({ stableWindow: 1, panicWindow: 1, scrapeTarget: 'x' }, 'MetricSpec'),
  ServerlessService: overlaid({ mode: 'Serve', objectRef: reference, protocolType: 'h2c' }, 'ServerlessServiceSpec'),
  Ingress: overlaid({ rules: [{ hosts: ['a'], http: { paths: [{ splits: [split] }] } }] }, 'IngressSpec'),
  Certificate: overlaid({ dnsNames: ['a.example.com'], secretName: 's' }, 'CertificateSpec'),
};

/** An object of a kind, good or not. */
export const manifest = (kind: ServedKind): fc.Arbitrary<KubeObject> =>
  fc
    .tuple(
      specs[kind],
      fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, annotationMap),
      fc.constantFrom('hello', 'hello', 'hello', 'a.b'),
    )
    .map(
      ([spec, own, name]): KubeObject => ({
        apiVersion: apiVersionOf(kinds[kind]),
        kind,
        metadata: {
          name: kind === 'DomainMapping' ? `${name}.example.com` : name,
          namespace: 'default',
          ...(Object.keys(own).length ? { annotations: own as Record<string, string> } : {}),
        },
        spec,
      }),
    );

const flags = fc
  .subarray(Object.keys(featureFlags) as FeatureName[], { maxLength: 16 })
  .chain((names) => fc.tuple(...names.map((n) => fc.tuple(fc.constant(n), fc.constantFrom('Enabled', ...flagValues(n))))));

/** Data of the config maps that defaulting and validation read. */
export const settingsData = fc.record({
  features: fc.oneof({ weight: 1, arbitrary: fc.constant({}) }, { weight: 3, arbitrary: flags.map((f) => Object.fromEntries(f)) }),
  defaults: fc.constantFrom<Record<string, string>>(
    {},
    {},
    { 'revision-cpu-request': '400m', 'revision-memory-limit': '1024Mi', 'revision-idle-timeout-seconds': '60' },
    { 'allow-container-concurrency-zero': 'false', 'container-concurrency': '10', 'max-revision-timeout-seconds': '1200' },
    { 'container-name-template': '{{.Name}}', 'enable-service-links': 'default' },
  ),
  autoscaler: fc.constantFrom<Record<string, string>>(
    {},
    {},
    { 'max-scale-limit': '10', 'max-scale': '5' },
    { 'allow-zero-initial-scale': 'true' },
  ),
});

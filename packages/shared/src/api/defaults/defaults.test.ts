import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apiConfig, apiContext } from '../../testing/api-context.ts';
import { type KindName, kinds } from '../kinds.ts';
import { apiVersionOf, type KubeObject } from '../meta.ts';
import { decodeObject } from '../wire/decode.ts';
import type { ApiContext } from './context.ts';
import { withDefaults } from './index.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look at objects as JSON.
type Any = any;
const object = (kind: KindName, spec: unknown, metadata: object = {}): KubeObject =>
  decodeObject(kind, {
    apiVersion: apiVersionOf(kinds[kind]),
    kind,
    metadata: { name: 'hello', namespace: 'default', ...metadata },
    spec,
  });
const filled = (kind: KindName, spec: unknown, ctx: Partial<ApiContext> = {}, metadata: object = {}): Any =>
  withDefaults(kind, object(kind, spec, metadata), apiContext(ctx));
const service = (spec: object, more: object = {}) => ({ template: { spec }, ...more });
const containersOf = (o: Any) => o.spec.template.spec.containers;
const image = 'example.com/hello';

describe('a Service', () => {
  test('gets what it leaves open', () => {
    expect(filled('Service', service({ containers: [{ image }] }), { operation: 'CREATE', username: 'ann' })).toEqual({
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: {
        name: 'hello',
        namespace: 'default',
        annotations: { 'serving.knative.dev/creator': 'ann', 'serving.knative.dev/lastModifier': 'ann' },
      },
      spec: {
        template: {
          metadata: {},
          spec: {
            containerConcurrency: 0,
            containers: [{ name: 'user-container', image, resources: {}, readinessProbe: { successThreshold: 1, tcpSocket: { port: 0 } } }],
            enableServiceLinks: false,
            timeoutSeconds: 300,
          },
        },
        traffic: [{ latestRevision: true, percent: 100 }],
      },
    });
  });

  test('keeps what it says', () => {
    const spec = {
      timeoutSeconds: 10,
      containerConcurrency: 0,
      enableServiceLinks: true,
      containers: [{ name: 'web', image, resources: {}, readinessProbe: { httpGet: { path: '/', port: 80 }, successThreshold: 2 } }],
    };
    const out = filled('Service', service(spec, { traffic: [{ revisionName: 'hello-1', percent: 100 }] }), { operation: 'CREATE' });
    expect(out.spec.template.spec).toEqual(spec);
    expect(out.spec.traffic).toEqual([{ revisionName: 'hello-1', percent: 100, latestRevision: false }]);
  });

  test('gives traffic entries a percent and says whether they follow the latest', () => {
    const { traffic } = filled('Service', service({ containers: [{ image }] }, { traffic: [{ tag: 'a' }, { revisionName: 'r' }] })).spec;
    expect(traffic).toEqual([
      { tag: 'a', latestRevision: true, percent: 0 },
      { revisionName: 'r', latestRevision: false, percent: 0 },
    ]);
  });

  test('in a reconciler gets neither a user nor what only a creation gives', () => {
    const out = filled('Service', service({ containers: [{ image }] }));
    expect(out.metadata.annotations).toBeUndefined();
    expect(out.spec.template.spec.enableServiceLinks).toBeUndefined();
  });

  test('that keeps the name of its template keeps the template', () => {
    const template = { metadata: { name: 'hello-1' }, spec: { containers: [{ image, name: 'web', resources: {} }] } };
    const before = object('Service', { template });
    expect(filled('Service', { template }, { operation: 'UPDATE', before }).spec.template).toEqual(template);
    const renamed = { ...template, metadata: { name: 'hello-2' } };
    expect(filled('Service', { template: renamed }, { operation: 'UPDATE', before }).spec.template.spec.timeoutSeconds).toBe(300);
  });
});

describe('who made it and who changed it last', () => {
  const annotationsOf = (kind: KindName, now: object, before: object, metadata: object = {}) =>
    filled(kind, now, { operation: 'UPDATE', username: 'bob', before: object(kind, before) }, metadata).metadata.annotations;
  const spec = service({ containers: [{ image }] });

  test('changes with the spec', () => {
    expect(annotationsOf('Service', service({ containers: [{ image: 'other' }] }), spec)).toEqual({
      'serving.knative.dev/lastModifier': 'bob',
    });
  });

  test('does not change for defaults, which the object before is seen with too', () => {
    expect(annotationsOf('Service', spec, spec)).toBeUndefined();
    expect(annotationsOf('Service', filled('Service', spec).spec, spec)).toBeUndefined();
  });

  test('is not noted on what a Service owns', () => {
    const owned = { ownerReferences: [{ kind: 'Service', name: 'hello' }] };
    for (const kind of ['Configuration', 'Route'] as const) {
      const ctx = { operation: 'CREATE', username: 'ann' } as const;
      expect(filled(kind, spec, ctx, owned).metadata.annotations).toBeUndefined();
      expect(filled(kind, spec, ctx).metadata.annotations).toMatchObject({ 'serving.knative.dev/creator': 'ann' });
    }
  });
});

describe('times', () => {
  test.each([
    ['nothing said', {}, {}, { timeoutSeconds: 300 }],
    ['zero', { timeoutSeconds: 0 }, {}, { timeoutSeconds: 300 }],
    [
      'a longer whole lets the first byte have its default',
      { timeoutSeconds: 600 },
      {},
      { timeoutSeconds: 600, responseStartTimeoutSeconds: 300 },
    ],
    ['an idle default below the whole', {}, { 'revision-idle-timeout-seconds': '60' }, { timeoutSeconds: 300, idleTimeoutSeconds: 60 }],
    ['an idle default above the whole', { timeoutSeconds: 50 }, { 'revision-idle-timeout-seconds': '60' }, { timeoutSeconds: 50 }],
    [
      'its own idle time',
      { idleTimeoutSeconds: 0 },
      { 'revision-idle-timeout-seconds': '60' },
      { timeoutSeconds: 300, idleTimeoutSeconds: 0 },
    ],
  ])('%s', (_name, spec, defaults, want) => {
    const out = filled('Revision', { ...spec, containers: [{ image }] }, { config: apiConfig({ defaults }) }).spec;
    expect(Object.fromEntries(Object.entries(out).filter(([k]) => k.endsWith('TimeoutSeconds') || k === 'timeoutSeconds'))).toEqual(want);
  });
});

describe('containers', () => {
  const names = (spec: object, defaults = {}) =>
    containersOf(filled('Service', service(spec), { config: apiConfig({ defaults }) })).map((c: Any) => c.name);

  test('are named, with a number where there are several or the name is taken', () => {
    expect(names({ containers: [{ image }, { image, ports: [{ containerPort: 80 }] }] })).toEqual(['user-container-0', 'user-container-1']);
    expect(names({ containers: [{ image, name: 'user-container-0' }, { image }] })).toEqual(['user-container-0', 'user-container-1']);
    expect(names({ containers: [{ image }], initContainers: [{ image, name: 'user-container' }] })).toEqual(['user-container-0']);
  });

  test('are named by a template over the parent', () => {
    expect(names({ containers: [{ image }] }, { 'container-name-template': '{{.Name}}-{{.Namespace}}' })).toEqual(['hello-default']);
  });

  test('get configured requests and limits for what they do not name', () => {
    const defaults = { 'revision-cpu-request': '100m', 'revision-memory-limit': '1Gi' };
    const spec = { containers: [{ image, resources: { requests: { memory: '1Mi' } } }] };
    const [c] = containersOf(filled('Service', service(spec), { config: apiConfig({ defaults }) }));
    expect(c.resources).toEqual({ requests: { cpu: '100m', memory: '1Mi' }, limits: { memory: '1Gi' } });
  });

  test('have probes filled in, and a readiness probe where they serve', () => {
    const probe = { httpGet: { path: '/', port: 80 }, periodSeconds: 5 };
    const [web, side] = containersOf(
      filled('Service', service({ containers: [{ image, ports: [{ containerPort: 80 }], readinessProbe: probe }, { image }] })),
    );
    expect(web.readinessProbe).toEqual({ ...probe, successThreshold: 1, failureThreshold: 3, timeoutSeconds: 1 });
    expect(side.readinessProbe).toBeUndefined();
  });

  test('mount read-only what is not there to be written to', () => {
    const volumes = [
      { name: 'c', configMap: { name: 'c' } },
      { name: 'e', emptyDir: {} },
    ];
    const volumeMounts = [
      { name: 'c', mountPath: '/c' },
      { name: 'e', mountPath: '/e' },
    ];
    const [c] = containersOf(filled('Service', service({ containers: [{ image, volumeMounts }], volumes })));
    expect(c.volumeMounts).toEqual([
      { name: 'c', mountPath: '/c', readOnly: true },
      { name: 'e', mountPath: '/e' },
    ]);
  });
});

describe('secure-pod-defaults', () => {
  const secured = (value: string, container: object = {}, pod: object = {}) =>
    filled('Service', service({ containers: [{ image, ...container }], ...pod }), {
      config: apiConfig({ features: { 'secure-pod-defaults': value } }),
    }).spec.template.spec;

  test("Enabled: the least rights; the pod's own context stays", () => {
    const out = secured('Enabled');
    expect(out.securityContext).toBeUndefined();
    expect(out.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      seccompProfile: { type: 'RuntimeDefault' },
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
    });
  });

  test('AllowRootBounded: root may stay', () => {
    const out = secured('AllowRootBounded');
    expect(out.securityContext).toBeUndefined();
    expect(out.containers[0].securityContext.runAsNonRoot).toBeUndefined();
  });

  test('leaves explicit answers, and lets low ports be bound', () => {
    expect(secured('Enabled', { securityContext: { capabilities: { drop: [] } } }).containers[0].securityContext.capabilities).toEqual({});
    expect(secured('Enabled', { ports: [{ containerPort: 80 }] }).containers[0].securityContext.capabilities).toEqual({
      drop: ['ALL'],
      add: ['NET_BIND_SERVICE'],
    });
    const pod = { securityContext: { seccompProfile: { type: 'Unconfined' } } };
    expect(secured('Enabled', {}, pod).containers[0].securityContext.seccompProfile).toBeUndefined();
  });
});

describe('other kinds', () => {
  test('a Revision does not change after its creation', () => {
    const spec = { containers: [{ image, name: 'web', resources: {} }] };
    expect(filled('Revision', spec, { operation: 'UPDATE' }).spec).toEqual(spec);
    expect(filled('Revision', spec, { operation: 'CREATE' }).spec.timeoutSeconds).toBe(300);
  });

  test('a Route without traffic gets none', () => {
    expect(filled('Route', {}).spec).toEqual({});
  });

  test('a PodAutoscaler gets a class and a metric', () => {
    const of = (annotations: object) => filled('PodAutoscaler', {}, {}, { annotations }).metadata.annotations;
    const [cls, metric] = ['autoscaling.knative.dev/class', 'autoscaling.knative.dev/metric'];
    expect(of({})).toEqual({ [cls]: 'kpa.autoscaling.knative.dev', [metric]: 'concurrency' });
    expect(of({ [cls]: 'hpa.autoscaling.knative.dev' })).toMatchObject({ [metric]: 'cpu' });
    expect(of({ [cls]: 'mine' })).toMatchObject({ [metric]: '' });
    expect(of({ [metric]: 'rps' })).toMatchObject({ [metric]: 'rps' });
  });

  test('an Ingress gets visibility and the whole share for a lonely split, also without http', () => {
    const split = { serviceName: 's', serviceNamespace: 'n', servicePort: 80 };
    const rules = [{ hosts: ['a'] }, { visibility: 'ClusterLocal', http: { paths: [{ splits: [split] }] } }];
    expect(filled('Ingress', { rules }).spec.rules).toEqual([
      { hosts: ['a'], visibility: 'ExternalIP' },
      { visibility: 'ClusterLocal', http: { paths: [{ splits: [{ ...split, percent: 100 }] }] } },
    ]);
  });

  test('a DomainMapping points into its own namespace', () => {
    expect(filled('DomainMapping', { ref: { name: 's', kind: 'Service' } }).spec.ref.namespace).toBe('default');
  });
});

describe('defaulting', () => {
  const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
  const probe = fc.record({
    periodSeconds: maybe(fc.nat(10)),
    successThreshold: maybe(fc.nat(3)),
    httpGet: maybe(fc.constant({ path: '/' })),
    grpc: maybe(fc.constant({ port: 1 })),
  });
  const container = fc.record({
    image: fc.constant(image),
    name: maybe(fc.constantFrom('a', 'user-container', 'user-container-0')),
    ports: maybe(fc.constant([{ containerPort: 80 }])),
    readinessProbe: maybe(probe),
    livenessProbe: maybe(probe),
    securityContext: maybe(fc.record({ runAsNonRoot: maybe(fc.boolean()) })),
    volumeMounts: maybe(fc.constant([{ name: 'v', mountPath: '/v' }])),
  });
  const revision = fc.record({
    containers: fc.array(container, { maxLength: 3 }),
    timeoutSeconds: maybe(fc.nat(700)),
    idleTimeoutSeconds: maybe(fc.nat(700)),
    enableServiceLinks: maybe(fc.boolean()),
    volumes: maybe(fc.constant([{ name: 'v', emptyDir: {} }])),
  });
  const traffic = fc.array(fc.record({ revisionName: maybe(fc.constant('r')), percent: maybe(fc.nat(100)), tag: maybe(fc.constant('t')) }));
  const settings = fc.record({
    defaults: fc.constantFrom<Record<string, string>[]>({}, { 'revision-cpu-limit': '1', 'revision-idle-timeout-seconds': '60' }),
    features: fc.constantFrom<Record<string, string>[]>(
      {},
      { 'secure-pod-defaults': 'Enabled' },
      { 'secure-pod-defaults': 'AllowRootBounded' },
    ),
  });
  const operation = fc.constantFrom('CREATE' as const, 'UPDATE' as const, undefined);

  test('twice is once, and the argument stays', () => {
    const kind = fc.constantFrom('Service' as const, 'Configuration' as const, 'Revision' as const, 'Route' as const);
    fc.assert(
      fc.property(kind, revision, traffic, settings, operation, (name, spec, targets, data, op) => {
        const given = object(name, name === 'Revision' ? spec : { template: { spec }, traffic: targets });
        const copy = structuredClone(given);
        const ctx = apiContext({ config: apiConfig(data), operation: op, username: 'ann' });
        const once = withDefaults(name, given, ctx);
        expect(withDefaults(name, once, ctx)).toEqual(once);
        expect(given).toEqual(copy);
      }),
    );
  });
});

import type { Container, Deployment } from '@ebb/shared/api/builtin.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import { type ConfigMapName, configMapNames } from '@ebb/shared/config/names.ts';
import { configTables } from '@ebb/shared/config/tables.ts';
import { describe, expect, test } from 'vitest';
import { deploymentOf, updatedDeployment } from './deployment.ts';
import type { Settings } from './queue-proxy.ts';

function settings(given: Partial<Record<ConfigMapName, Record<string, string>>> = {}): Settings {
  const read = (name: ConfigMapName) =>
    configTables[name].parse({ ...(name === 'config-deployment' ? { 'queue-sidecar-image': 'queue' } : {}), ...given[name] });
  return { systemNamespace: 'knative-serving', ...Object.fromEntries(configMapNames.map((n) => [n, read(n)])) } as unknown as Settings;
}
const user: Container = { name: 'user-container', image: 'example.com/hello' };
const revision = (
  spec: Partial<Revision['spec']> = {},
  annotations: Record<string, string> = {},
  labels: Record<string, string> = {},
): Revision => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Revision',
  metadata: { name: 'hello-00001', namespace: 'default', uid: 'some-uid', annotations, labels },
  spec: { containers: [user], ...spec },
});
const containers = (d: Deployment) => d.spec?.template.spec?.containers ?? [];
const named = (d: Deployment, name: string): Container => containers(d).find((c) => c.name === name) as Container;
const env = (d: Deployment, name: string) => named(d, 'queue-proxy').env?.find((e) => e.name === name)?.value;

describe('user containers', () => {
  test('keep their order, queue-proxy is last, and only the serving one has the port', () => {
    const side: Container = { name: 'side', image: 'example.com/side' };
    const serving: Container = { ...user, ports: [{ containerPort: 9000, name: 'h2c', protocol: 'TCP' }] };
    const d = deploymentOf(revision({ containers: [side, serving] }), settings());
    expect(containers(d).map((c) => c.name)).toEqual(['side', 'user-container', 'queue-proxy']);
    expect(named(d, 'user-container').ports).toEqual([{ name: 'user-port', containerPort: 9000 }]);
    expect(named(d, 'side').ports).toBeUndefined();
    expect(named(d, 'side').env?.map((e) => e.name)).toEqual(['K_REVISION', 'K_CONFIGURATION', 'K_SERVICE']);
    expect(named(d, 'user-container').env?.map((e) => e.name)).toEqual(['PORT', 'K_REVISION', 'K_CONFIGURATION', 'K_SERVICE']);
    expect([env(d, 'USER_PORT'), env(d, 'QUEUE_SERVING_PORT')]).toEqual(['9000', '8013']);
    expect(named(d, 'queue-proxy').ports).toContainEqual({ name: 'queue-port', containerPort: 8013 });
  });

  test('run what their tag was resolved to; without a digest, the tag', () => {
    const resolved = {
      ...revision(),
      status: { containerStatuses: [{ name: 'user-container', imageDigest: 'example.com/hello@sha256:1' }] },
    };
    expect(named(deploymentOf(resolved, settings()), 'user-container').image).toBe('example.com/hello@sha256:1');
    const kept = { ...revision(), status: { containerStatuses: [{ name: 'user-container', imageDigest: '' }] } };
    expect(named(deploymentOf(kept, settings()), 'user-container').image).toBe('example.com/hello');
  });

  test.each<[string, Container['readinessProbe'], boolean, string]>([
    ['none', undefined, false, ''],
    [
      'tcp without port',
      { tcpSocket: { port: 0 }, successThreshold: 1 },
      false,
      '{"tcpSocket":{"port":8080,"host":"127.0.0.1"},"successThreshold":1}',
    ],
    ['tcp elsewhere', { tcpSocket: { port: 9999 } }, false, '{"tcpSocket":{"port":9999,"host":"127.0.0.1"}}'],
    [
      'http with path and query',
      { httpGet: { path: '/ok?a=b&c', port: 0 } },
      false,
      '{"httpGet":{"path":"/ok?a=b\\u0026c","port":8080,"host":"127.0.0.1","scheme":"HTTP"}}',
    ],
    ['grpc', { grpc: { port: 0, service: '' } }, false, '{"grpc":{"port":8080,"service":""}}'],
    ['exec', { exec: { command: ['true'] } }, true, '{"tcpSocket":{"port":8080,"host":"127.0.0.1"}}'],
    [
      'a period without a timeout',
      { tcpSocket: { port: 0 }, periodSeconds: 3 },
      false,
      '{"tcpSocket":{"port":8080,"host":"127.0.0.1"},"timeoutSeconds":1,"periodSeconds":3}',
    ],
  ])('readiness probe: %s', (_what, readinessProbe, stays, encoded) => {
    const d = deploymentOf(revision({ containers: [{ ...user, readinessProbe }] }), settings());
    expect(named(d, 'user-container').readinessProbe !== undefined).toBe(stays);
    expect(env(d, 'SERVING_READINESS_PROBE')).toBe(encoded);
    expect(named(d, 'queue-proxy').readinessProbe?.httpGet?.port).toBe(readinessProbe ? 8012 : undefined);
  });

  test('liveness goes to the user port, startup stays', () => {
    const probes = { livenessProbe: { httpGet: { path: '/live', port: 1 } }, startupProbe: { tcpSocket: { port: 5 } } };
    const c = named(deploymentOf(revision({ containers: [{ ...user, ...probes }] }), settings()), 'user-container');
    expect([c.livenessProbe?.httpGet?.port, c.startupProbe?.tcpSocket?.port]).toEqual([8080, 5]);
  });

  describe('with multi-container-probing', () => {
    const probing = settings({ 'config-features': { 'multi-container-probing': 'Enabled' } });
    const serving = (given: Partial<Container> = {}): Container => ({ ...user, ports: [{ containerPort: 9000 }], ...given });
    const side = (readinessProbe?: Container['readinessProbe'], name = 'side'): Container => ({ name, image: 'x', readinessProbe });
    const listed = (...all: Container[]) => env(deploymentOf(revision({ containers: all }), probing), 'SERVING_READINESS_PROBE');

    test('a liveness probe keeps a port of its own', () => {
      const port = (p: number | string) => {
        const c = serving({ livenessProbe: { tcpSocket: { port: p } } });
        return named(deploymentOf(revision({ containers: [c] }), probing), 'user-container').livenessProbe?.tcpSocket?.port;
      };
      expect([port(77), port(0), port('name')]).toEqual([77, 9000, 9000]);
    });

    test.each<[string, Container[], string]>([
      [
        'one container: a list all the same',
        [serving({ readinessProbe: { tcpSocket: { port: 0 } } })],
        '[{"tcpSocket":{"port":9000,"host":"127.0.0.1"}}]',
      ],
      [
        'the serving one first',
        [side({ grpc: { port: 5, service: '' } }), serving({ readinessProbe: { tcpSocket: { port: 0 } } })],
        '[{"tcpSocket":{"port":9000,"host":"127.0.0.1"}},{"grpc":{"port":5,"service":""}}]',
      ],
      [
        'none of the serving one',
        [side({ httpGet: { port: 5 } }), serving()],
        '[null,{"httpGet":{"port":5,"host":"127.0.0.1","scheme":"HTTP"}}]',
      ],
      ["commands are the kubelet's", [side({ exec: { command: ['x'] } }), side(undefined, 'third'), serving()], '[null]'],
    ])('%s', (_what, all, encoded) => {
      expect(listed(...all)).toBe(encoded);
    });

    test('a probe of a sidecar needs a port', () => {
      expect(() => listed(side({ tcpSocket: { port: 0 } }), serving())).toThrow(
        'sidecar readiness probe does not define probe port on container: side',
      );
    });
  });
});

describe('queue-proxy', () => {
  test.each<[string, Record<string, string>, Record<string, string>, Record<string, string>, unknown]>([
    ['25m of CPU and nothing else', {}, {}, {}, { requests: { cpu: '25m' } }],
    [
      'by configuration',
      { 'queue-sidecar-cpu-request': '50m', 'queue-sidecar-memory-limit': '1Gi' },
      {},
      {},
      { requests: { cpu: '50m' }, limits: { memory: '1Gi' } },
    ],
    [
      'by feature',
      {},
      { 'queueproxy.resource-defaults': 'Enabled' },
      {},
      { requests: { cpu: '25m', memory: '400Mi' }, limits: { cpu: '1000m', memory: '800Mi' } },
    ],
    [
      'annotations win',
      { 'queue-sidecar-cpu-request': '50m' },
      {},
      { 'queue.sidecar.serving.knative.dev/cpu-resource-request': '75m' },
      { requests: { cpu: '75m' } },
    ],
  ])('resources: %s', (_what, deployment, features, annotations, wanted) => {
    const d = deploymentOf(revision({}, annotations), settings({ 'config-deployment': deployment, 'config-features': features }));
    expect(named(d, 'queue-proxy').resources).toEqual(wanted);
  });

  const q = 'queue.sidecar.serving.knative.dev';
  // Beside Go's arithmetic: the same inputs give the same quantities there.
  test.each<[string, Record<string, string>, Container['resources'], unknown]>([
    ['of nothing', { [`${q}/resource-percentage`]: '20' }, {}, { requests: { cpu: '25m' } }],
    [
      'within its bounds',
      { [`${q}/resource-percentage`]: '5' },
      { requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '4', memory: '5Gi' } },
      { requests: { cpu: '50m', memory: '107374182400m' }, limits: { cpu: '200m', memory: '256Mi' } },
    ],
    [
      'not less',
      { [`${q}/resource-percentage`]: '0.1' },
      { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } },
      { requests: { cpu: '25m', memory: '50Mi' }, limits: { cpu: '40m', memory: '200Mi' } },
    ],
    [
      'not more',
      { [`${q}/resourcePercentage`]: '100' },
      { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } },
      { requests: { cpu: '100m', memory: '200Mi' }, limits: { cpu: '500m', memory: '500Mi' } },
    ],
    [
      'the annotation of a resource wins',
      { [`${q}/resource-percentage`]: '100', [`${q}/cpu-resource-limit`]: '3', [`${q}/ephemeral-storage-resource-limit`]: '4Mi' },
      { limits: { cpu: '1', memory: '0' } },
      { requests: { cpu: '25m' }, limits: { cpu: '3', 'ephemeral-storage': '4Mi' } },
    ],
  ])('resources as a share of the user container: %s', (_what, annotations, resources, wanted) => {
    const d = deploymentOf(revision({ containers: [{ ...user, resources }] }, annotations), settings());
    expect(named(d, 'queue-proxy').resources).toEqual(wanted);
  });

  test.each([
    ['Disabled', 'enabled', false],
    ['Allowed', undefined, false],
    ['Allowed', 'no', false],
    ['Allowed', 'Enabled', true],
    ['Enabled', undefined, true],
  ])("the pod's annotations: feature %s, annotation %s", (flag, annotation, mounted) => {
    const annotations: Record<string, string> = annotation ? { 'features.knative.dev/queueproxy-podinfo': annotation } : {};
    const d = deploymentOf(revision({}, annotations), settings({ 'config-features': { 'queueproxy.mount-podinfo': flag } }));
    expect(named(d, 'queue-proxy').volumeMounts).toEqual(
      mounted ? [{ name: 'pod-info', mountPath: '/etc/podinfo', readOnly: true }] : undefined,
    );
    expect(d.spec?.template.spec?.volumes).toEqual(
      mounted
        ? [{ name: 'pod-info', downwardAPI: { items: [{ path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } }] } }]
        : undefined,
    );
  });

  test('what it is told: names, order and values', () => {
    const own = revision({ timeoutSeconds: 42, responseStartTimeoutSeconds: 4, idleTimeoutSeconds: 3, containerConcurrency: 7 });
    own.metadata.labels = { 'serving.knative.dev/service': 'svc' };
    const owner = { apiVersion: 'serving.knative.dev/v1', kind: 'Configuration', name: 'config', uid: 'u', controller: true };
    own.metadata.ownerReferences = [owner];
    const config = {
      'config-deployment': { 'queue-sidecar-rootca': 'CA', 'queue-sidecar-tls-min-version': '1.2' },
      'config-features': { 'autodetect-http2': 'enabled' },
      'config-logging': { 'loglevel.queueproxy': 'debug', 'zap-logger-config': '{}' },
      'config-observability': { 'request-metrics-protocol': 'prometheus', 'logging.request-log-template': '<{{.Request.Method}}>' },
    };
    expect(named(deploymentOf(own, settings(config)), 'queue-proxy').env?.map((e) => [e.name, e.value ?? e.valueFrom?.fieldRef])).toEqual([
      ['SERVING_NAMESPACE', 'default'],
      ['SERVING_SERVICE', 'svc'],
      ['SERVING_CONFIGURATION', 'config'],
      ['SERVING_REVISION', 'hello-00001'],
      ['QUEUE_SERVING_PORT', '8012'],
      ['QUEUE_SERVING_TLS_PORT', '8112'],
      ['CONTAINER_CONCURRENCY', '7'],
      ['REVISION_TIMEOUT_SECONDS', '42'],
      ['REVISION_RESPONSE_START_TIMEOUT_SECONDS', '4'],
      ['REVISION_IDLE_TIMEOUT_SECONDS', '3'],
      ['SERVING_POD', { fieldPath: 'metadata.name' }],
      ['SERVING_POD_IP', { fieldPath: 'status.podIP' }],
      ['SERVING_LOGGING_CONFIG', '{}'],
      ['SERVING_LOGGING_LEVEL', 'debug'],
      ['USER_PORT', '8080'],
      ['SYSTEM_NAMESPACE', 'knative-serving'],
      ['SERVING_READINESS_PROBE', ''],
      ['HOST_IP', { apiVersion: 'v1', fieldPath: 'status.hostIP' }],
      ['ENABLE_HTTP2_AUTO_DETECTION', 'true'],
      ['ENABLE_HTTP_FULL_DUPLEX', 'false'],
      ['ROOT_CA', 'CA'],
      ['QUEUE_PROXY_TLS_MIN_VERSION', '1.2'],
      ['QUEUE_PROXY_TLS_MAX_VERSION', ''],
      ['QUEUE_PROXY_TLS_CIPHER_SUITES', ''],
      ['QUEUE_PROXY_TLS_CURVE_PREFERENCES', ''],
      ['ENABLE_MULTI_CONTAINER_PROBES', 'false'],
      [
        'OBSERVABILITY_CONFIG',
        '{"tracing":{"protocol":"none"},"metrics":{"protocol":"none"},"runtime":{"profiling":"disabled","exportInterval":15000000000},"requestMetrics":{"protocol":"prometheus"},"requestLogTemplate":"\\u003c{{.Request.Method}}\\u003e"}',
      ],
    ]);
  });

  test('its ports in order; one for profiles when there are any', () => {
    const portsOf = (config = {}) =>
      named(deploymentOf(revision(), settings(config)), 'queue-proxy').ports?.map((p) => `${p.name} ${p.containerPort}`);
    const usual = ['http-autometric 9090', 'http-usermetric 9091', 'queue-port 8012', 'https-port 8112'];
    expect(portsOf()).toEqual(usual);
    expect(portsOf({ 'config-observability': { 'runtime-profiling': 'enabled' } })).toEqual([
      ...usual.slice(0, 2),
      'profiling-port 8008',
      ...usual.slice(2),
    ]);
  });

  test('tokens: one per audience, and no volume without one', () => {
    const d = deploymentOf(revision(), settings({ 'config-deployment': { 'queue-sidecar-token-audiences': 'service-b, service-a' } }));
    expect(d.spec?.template.spec?.volumes?.[0]?.projected?.sources?.map((s) => s.serviceAccountToken?.path)).toEqual([
      'service-a',
      'service-b',
    ]);
    expect(named(d, 'queue-proxy').volumeMounts).toEqual([{ name: 'knative-token-volume', mountPath: '/var/run/secrets/tokens' }]);
    expect(deploymentOf(revision(), settings()).spec?.template.spec?.volumes).toBeUndefined();
  });
});

describe('the Deployment', () => {
  test('initial scale and deadline: the annotation, else the config map', () => {
    const of = (annotations: Record<string, string>, config = {}) => {
      const { spec } = deploymentOf(revision({}, annotations), settings(config));
      return [spec?.replicas, spec?.progressDeadlineSeconds];
    };
    expect(of({})).toEqual([1, 600]);
    expect(of({}, { 'config-autoscaler': { 'initial-scale': '3' }, 'config-deployment': { 'progress-deadline': '60s' } })).toEqual([3, 60]);
    expect(of({ 'autoscaling.knative.dev/initialScale': '2', 'serving.knative.dev/progress-deadline': '90s' })).toEqual([2, 90]);
  });

  test('what the user says of affinity, grace and links stays; otherwise it spreads', () => {
    const pod = (spec: Partial<Revision['spec']>, config = {}) => deploymentOf(revision(spec), settings(config)).spec?.template.spec;
    expect(pod({ timeoutSeconds: 42 })?.terminationGracePeriodSeconds).toBe(42);
    expect(pod({})?.affinity?.podAntiAffinity).toBeDefined();
    expect(pod({ affinity: { nodeAffinity: {} } })?.affinity).toEqual({ nodeAffinity: {} });
    expect(pod({}, { 'config-deployment': { 'default-affinity-type': 'none' } })?.affinity).toBeUndefined();
    expect(pod({ enableServiceLinks: true })?.enableServiceLinks).toBe(true);
    expect(Object.keys(pod({ containerConcurrency: 1, idleTimeoutSeconds: 2, responseStartTimeoutSeconds: 3 }) ?? {})).not.toContain(
      'containerConcurrency',
    );
  });

  test("runtime class: the user's, else what is configured for its labels", () => {
    const config = { 'config-deployment': { 'runtime-class-name': 'gvisor: {}\nkata: {selector: {use: kata}}' } };
    const of = (spec: Partial<Revision['spec']>, labels = {}) =>
      deploymentOf(revision(spec, {}, labels), settings(config)).spec?.template.spec?.runtimeClassName;
    expect([of({}), of({}, { use: 'kata' }), of({ runtimeClassName: 'own' })]).toEqual(['gvisor', 'kata', 'own']);
    expect(deploymentOf(revision(), settings()).spec?.template.spec).not.toHaveProperty('runtimeClassName');
  });

  test('logs are collected: a volume, a mount of its own in each user container, behind what is there', () => {
    const config = { 'config-observability': { 'logging.enable-var-log-collection': 'true' } };
    const volumes = [{ name: 'v', emptyDir: {} }];
    const d = deploymentOf(
      revision({ containers: [{ ...user, volumeMounts: [{ name: 'v', mountPath: '/v' }] }], volumes }),
      settings(config),
    );
    expect(d.spec?.template.spec?.volumes).toEqual([...volumes, { name: 'knative-var-log', emptyDir: {} }]);
    expect(named(d, 'user-container').volumeMounts).toEqual([
      { name: 'v', mountPath: '/v' },
      { name: 'knative-var-log', mountPath: '/var/log', subPathExpr: '$(K_INTERNAL_POD_NAMESPACE)_$(K_INTERNAL_POD_NAME)_user-container' },
    ]);
    expect(
      named(d, 'user-container')
        .env?.slice(-2)
        .map((e) => [e.name, e.valueFrom?.fieldRef?.fieldPath]),
    ).toEqual([
      ['K_INTERNAL_POD_NAME', 'metadata.name'],
      ['K_INTERNAL_POD_NAMESPACE', 'metadata.namespace'],
    ]);
    expect(named(d, 'queue-proxy').volumeMounts).toBeUndefined();
  });

  test('init containers are as the user has them, tags and all', () => {
    const initContainers = [{ name: 'prepare', image: 'example.com/prepare' }];
    const resolved = {
      ...revision({ initContainers }),
      status: { initContainerStatuses: [{ name: 'prepare', imageDigest: 'x@sha256:1' }] },
    };
    expect(deploymentOf(resolved, settings()).spec?.template.spec?.initContainers).toEqual(initContainers);
  });

  test('routing marks and autoscaling stay with the revision', () => {
    const d = deploymentOf(
      revision(
        {},
        { 'autoscaling.knative.dev/min-scale': '1', 'serving.knative.dev/routes': 'hello', note: 'kept' },
        { 'serving.knative.dev/routingState': 'active', app: 'mine' },
      ),
      settings(),
    );
    expect(d.spec?.template.metadata?.annotations).toEqual({ note: 'kept', 'kubectl.kubernetes.io/default-container': 'user-container' });
    expect(d.metadata.labels).toMatchObject({ app: 'mine', 'serving.knative.dev/revision': 'hello-00001' });
    expect(d.metadata.labels).not.toHaveProperty('serving.knative.dev/routingState');
  });

  test('its hash changes with what it holds, and with nothing else', () => {
    const hash = (r: Revision, s = settings()) => deploymentOf(r, s).metadata.labels?.['serving.knative.dev/deployment-hash'];
    expect(hash(revision({}, { 'serving.knative.dev/routes': 'x' }))).toBe(hash(revision()));
    expect(hash(revision(), settings({ 'config-deployment': { 'queue-sidecar-image': 'other' } }))).not.toBe(hash(revision()));
    expect(hash(revision({}, { note: 'x' }))).not.toBe(hash(revision()));
  });

  test('an update keeps replicas, selector and what others wrote', () => {
    const wanted = deploymentOf(revision(), settings({ 'config-deployment': { 'queue-sidecar-image': 'queue:2' } }));
    const before = deploymentOf(revision({}, { old: 'x', 'serving.knative.dev/old': 'x' }), settings());
    const live = {
      ...before,
      metadata: { ...before.metadata, resourceVersion: '7', labels: { ...before.metadata.labels, mesh: 'in' } },
      spec: { ...before.spec, replicas: 5 },
    } as Deployment;
    const out = updatedDeployment(live, wanted);
    expect(out.metadata).toMatchObject({ resourceVersion: '7', labels: { mesh: 'in' }, annotations: { old: 'x' } });
    expect(out.metadata.annotations).not.toHaveProperty('serving.knative.dev/old');
    expect([out.spec?.replicas, named(out, 'queue-proxy').image]).toEqual([5, 'queue:2']);
    expect(out.spec?.selector).toEqual({ matchLabels: { 'serving.knative.dev/revisionUID': 'some-uid' } });
  });
});

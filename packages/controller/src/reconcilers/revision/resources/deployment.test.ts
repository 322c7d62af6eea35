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
      '{"successThreshold":1,"tcpSocket":{"host":"127.0.0.1","port":8080}}',
    ],
    ['tcp elsewhere', { tcpSocket: { port: 9999 } }, false, '{"tcpSocket":{"host":"127.0.0.1","port":9999}}'],
    [
      'http with path and query',
      { httpGet: { path: '/ok?a=b', port: 0 } },
      false,
      '{"httpGet":{"path":"/ok?a=b","port":8080,"host":"127.0.0.1","scheme":"HTTP"}}',
    ],
    ['grpc', { grpc: { port: 0, service: '' } }, false, '{"grpc":{"port":8080,"service":""}}'],
    ['exec', { exec: { command: ['true'] } }, true, '{"tcpSocket":{"host":"127.0.0.1","port":8080}}'],
    [
      'a period without a timeout',
      { tcpSocket: { port: 0 }, periodSeconds: 3 },
      false,
      '{"periodSeconds":3,"tcpSocket":{"host":"127.0.0.1","port":8080},"timeoutSeconds":1}',
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

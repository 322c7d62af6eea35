import { describe, expect, test } from 'vitest';
import { crd } from './crds.ts';
import { type KindName, kinds } from './kinds.ts';

interface Schema {
  description?: string;
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  required?: string[];
  additionalProperties?: Schema | boolean;
  [extension: `x-kubernetes-${string}`]: unknown;
  default?: unknown;
}
interface Crd {
  metadata: { name: string; labels: Record<string, string> };
  spec: {
    group: string;
    scope: string;
    names: { kind: string; plural: string; shortNames?: string[]; categories: string[] };
    versions: {
      name: string;
      served: boolean;
      storage: boolean;
      subresources?: unknown;
      additionalPrinterColumns?: { name: string; type: string; jsonPath: string }[];
      schema: { openAPIV3Schema: Schema };
    }[];
  };
}

const names = Object.keys(kinds) as KindName[];
const of = (name: KindName): Crd => JSON.parse(JSON.stringify(crd(name, '1.2.3')));
const schema = (name: KindName): Schema => of(name).spec.versions[0]!.schema.openAPIV3Schema;
const at = (from: Schema, path: string): Schema => {
  let s: Schema | undefined = from;
  for (const step of path.split('.')) s = step === '[]' ? s?.items : s?.properties?.[step];
  if (!s) throw new Error(`the schema has no ${path}`);
  return s;
};
const keysOf = (s: Schema): string[] => Object.keys(s.properties ?? {}).sort();

describe('every CRD', () => {
  test.each(names)('%s has one version, served and stored, with a status sub-resource', (name) => {
    const { versions, group, names: n } = of(name).spec;
    expect(versions).toHaveLength(1);
    expect(versions[0]).toMatchObject({ served: true, storage: true, subresources: { status: {} } });
    expect(of(name).metadata.name).toBe(`${n.plural}.${group}`);
  });

  test.each(names)('%s has the labels of the install', (name) => {
    const { labels } = of(name).metadata;
    expect(labels).toMatchObject({
      'app.kubernetes.io/name': 'knative-serving',
      'app.kubernetes.io/version': '1.2.3',
      'knative.dev/crd-install': 'true',
    });
    const networking = ['Ingress', 'Certificate', 'ServerlessService', 'ClusterDomainClaim'].includes(name);
    expect(labels['app.kubernetes.io/component']).toBe(networking ? 'networking' : undefined);
  });

  test.each(names.filter((n) => n !== 'ClusterDomainClaim'))('%s has the common status', (name) => {
    const status = at(schema(name), 'status');
    expect(keysOf(status)).toEqual(expect.arrayContaining(['annotations', 'conditions', 'observedGeneration']));
    expect(at(status, 'conditions.[]').required).toEqual(expect.arrayContaining(['type', 'status']));
  });
});

describe('names, scope and columns', () => {
  const ready = ['Ready', 'Reason'];
  test.each([
    [
      'Service',
      'services.serving.knative.dev',
      'v1',
      ['kservice', 'ksvc'],
      'all knative serving',
      ['URL', 'LatestCreated', 'LatestReady', ...ready],
    ],
    [
      'Configuration',
      'configurations.serving.knative.dev',
      'v1',
      ['config', 'cfg'],
      'all knative serving',
      ['LatestCreated', 'LatestReady', ...ready],
    ],
    [
      'Revision',
      'revisions.serving.knative.dev',
      'v1',
      ['rev'],
      'all knative serving',
      ['Config Name', 'Generation', ...ready, 'Actual Replicas', 'Desired Replicas'],
    ],
    ['Route', 'routes.serving.knative.dev', 'v1', ['rt'], 'all knative serving', ['URL', ...ready]],
    ['DomainMapping', 'domainmappings.serving.knative.dev', 'v1beta1', ['dm'], 'all knative serving', ['URL', ...ready]],
    [
      'PodAutoscaler',
      'podautoscalers.autoscaling.internal.knative.dev',
      'v1alpha1',
      ['kpa', 'pa'],
      'knative-internal autoscaling',
      ['DesiredScale', 'ActualScale', ...ready],
    ],
    ['Metric', 'metrics.autoscaling.internal.knative.dev', 'v1alpha1', undefined, 'knative-internal autoscaling', ready],
    ['Ingress', 'ingresses.networking.internal.knative.dev', 'v1alpha1', ['kingress', 'king'], 'knative-internal networking', ready],
    ['Certificate', 'certificates.networking.internal.knative.dev', 'v1alpha1', ['kcert'], 'knative-internal networking', ready],
    [
      'ServerlessService',
      'serverlessservices.networking.internal.knative.dev',
      'v1alpha1',
      ['sks'],
      'knative-internal networking',
      ['Mode', 'Activators', 'ServiceName', 'PrivateServiceName', ...ready],
    ],
    [
      'ClusterDomainClaim',
      'clusterdomainclaims.networking.internal.knative.dev',
      'v1alpha1',
      ['cdc'],
      'knative-internal networking',
      undefined,
    ],
    ['Image', 'images.caching.internal.knative.dev', 'v1alpha1', undefined, 'knative-internal caching', ['Image']],
  ] as const)('of %s', (name, full, version, short, categories, columns) => {
    const { metadata, spec } = of(name);
    expect(metadata.name).toBe(full);
    expect(spec.versions[0]!.name).toBe(version);
    expect(spec.names.shortNames).toEqual(short);
    expect(spec.names.categories).toEqual(categories.split(' '));
    expect(spec.scope).toBe(name === 'ClusterDomainClaim' ? 'Cluster' : 'Namespaced');
    expect(spec.versions[0]!.additionalPrinterColumns?.map((c) => c.name)).toEqual(columns);
  });

  test('say where the columns come from', () => {
    const columns = (name: KindName) =>
      Object.fromEntries(of(name).spec.versions[0]!.additionalPrinterColumns!.map((c) => [c.name, [c.type, c.jsonPath]]));
    expect(columns('Service')).toMatchObject({
      URL: ['string', '.status.url'],
      Ready: ['string', ".status.conditions[?(@.type=='Ready')].status"],
      Reason: ['string', ".status.conditions[?(@.type=='Ready')].reason"],
    });
    expect(columns('Revision')).toMatchObject({
      'Config Name': ['string', ".metadata.labels['serving\\.knative\\.dev/configuration']"],
      Generation: ['string', ".metadata.labels['serving\\.knative\\.dev/configurationGeneration']"],
      'Actual Replicas': ['integer', '.status.actualReplicas'],
    });
    expect(columns('ServerlessService')).toMatchObject({ Mode: ['string', '.spec.mode'], Activators: ['integer', '.spec.numActivators'] });
  });

  test('carry the duck type labels', () => {
    const ducks = (name: KindName) =>
      Object.keys(of(name).metadata.labels)
        .filter((k) => k.startsWith('duck.'))
        .sort();
    expect(ducks('Service')).toEqual(['duck.knative.dev/addressable', 'duck.knative.dev/podspecable']);
    expect(ducks('Configuration')).toEqual(['duck.knative.dev/podspecable']);
    expect(ducks('Route')).toEqual(['duck.knative.dev/addressable']);
    expect(ducks('Revision')).toEqual([]);
  });
});

describe('required fields', () => {
  test.each([
    ['Revision', 'spec', ['containers']],
    ['Service', 'spec.template.spec', ['containers']],
    ['PodAutoscaler', 'spec', ['protocolType', 'scaleTargetRef']],
    ['PodAutoscaler', 'status', ['metricsServiceName', 'serviceName']],
    ['Metric', 'spec', ['panicWindow', 'scrapeTarget', 'stableWindow']],
    ['ServerlessService', 'spec', ['objectRef', 'protocolType']],
    ['Ingress', 'spec.rules.[].http', ['paths']],
    ['Ingress', 'spec.rules.[].http.paths.[]', ['splits']],
    ['Ingress', 'spec.rules.[].http.paths.[].splits.[]', ['serviceName', 'serviceNamespace', 'servicePort']],
    ['Certificate', 'spec', ['dnsNames', 'secretName']],
    ['ClusterDomainClaim', 'spec', ['namespace']],
    ['DomainMapping', 'spec', ['ref']],
    ['DomainMapping', 'spec.ref', ['kind', 'name']],
    ['DomainMapping', 'spec.tls', ['secretName']],
    ['Image', 'spec', ['image']],
  ] as const)('of %s in %s', (name, path, required) => {
    expect([...(at(schema(name), path).required ?? [])].sort()).toEqual(required);
  });
});

describe('the revision spec', () => {
  const spec = at(schema('Service'), 'spec.template.spec');

  test('is the same in Service, Configuration and Revision', () => {
    expect(at(schema('Configuration'), 'spec.template.spec')).toEqual(spec);
    expect(at(schema('Revision'), 'spec')).toEqual(spec);
  });

  test('accepts these keys and no others', () => {
    expect(keysOf(spec)).toEqual(
      `affinity automountServiceAccountToken containerConcurrency containers dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC
       hostNetwork hostPID idleTimeoutSeconds imagePullSecrets initContainers nodeSelector priorityClassName responseStartTimeoutSeconds
       runtimeClassName schedulerName securityContext serviceAccountName shareProcessNamespace timeoutSeconds tolerations
       topologySpreadConstraints volumes`.split(/\s+/),
    );
    expect(keysOf(at(spec, 'containers.[]'))).toEqual(
      `args command env envFrom image imagePullPolicy livenessProbe name ports readinessProbe resources securityContext startupProbe
       terminationMessagePath terminationMessagePolicy volumeMounts workingDir`.split(/\s+/),
    );
    expect(keysOf(at(spec, 'containers.[].ports.[]'))).toEqual(['containerPort', 'name', 'protocol']);
    expect(keysOf(at(spec, 'containers.[].resources'))).toEqual(['limits', 'requests']);
    expect(keysOf(at(spec, 'containers.[].readinessProbe'))).not.toContain('terminationGracePeriodSeconds');
    expect(keysOf(at(spec, 'volumes.[]'))).toEqual(
      'configMap csi emptyDir ephemeral hostPath image name persistentVolumeClaim projected secret'.split(' '),
    );
  });

  test('does not ask containers for a name', () => {
    expect(at(spec, 'containers.[]').required ?? []).not.toContain('name');
  });

  test.each([
    ['containers.[].env', ['name']],
    ['containers.[].volumeMounts', ['mountPath']],
    ['volumes', ['name']],
    ['imagePullSecrets', ['name']],
  ])('merges %s by its key', (path, keys) => {
    expect(at(spec, path)).toMatchObject({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });
  });

  test.each(['containers', 'containers.[].ports'])('does not merge %s by a key', (path) => {
    expect(at(spec, path)['x-kubernetes-list-type']).toBeUndefined();
  });

  test.each([
    'containers.[].args',
    'containers.[].command',
    'containers.[].envFrom',
    'containers.[].readinessProbe.httpGet.httpHeaders',
    'containers.[].securityContext.capabilities.add',
    'volumes.[].projected.sources',
    'volumes.[].configMap.items',
  ])('replaces %s whole', (path) => {
    expect(at(spec, path)['x-kubernetes-list-type']).toBe('atomic');
  });

  test.each([
    'nodeSelector',
    'imagePullSecrets.[]',
    'containers.[].env.[].valueFrom.configMapKeyRef',
    'containers.[].env.[].valueFrom.fieldRef',
    'containers.[].envFrom.[].secretRef',
    'volumes.[].configMap',
    'volumes.[].projected.sources.[].downwardAPI.items.[].fieldRef',
  ])('replaces the object %s whole', (path) => {
    expect(at(spec, path)['x-kubernetes-map-type']).toBe('atomic');
  });

  test('has the defaults of the contract', () => {
    expect(at(spec, 'containers.[].ports.[].protocol').default).toBe('TCP');
    expect(at(spec, 'containers.[].readinessProbe.grpc.service').default).toBe('');
    expect(at(spec, 'containers.[].env.[].valueFrom.secretKeyRef.name').default).toBe('');
  });

  test.each(['affinity', 'dnsConfig', 'securityContext', 'initContainers.[]', 'tolerations.[]', 'volumes.[].emptyDir'])(
    'keeps %s as it is for the webhook to judge',
    (path) => {
      expect(at(spec, path)['x-kubernetes-preserve-unknown-fields']).toBe(true);
    },
  );

  test('keeps the template metadata as it is and declares the five fields that count', () => {
    const metadata = at(schema('Service'), 'spec.template.metadata');
    expect(metadata['x-kubernetes-preserve-unknown-fields']).toBe(true);
    expect(keysOf(metadata)).toEqual(['annotations', 'finalizers', 'labels', 'name', 'namespace']);
  });
});

test('every schema is structural: each value has a type, or says that it is open', () => {
  const loose: string[] = [];
  const walk = (s: Schema, path: string): void => {
    if (!s.type && !s['x-kubernetes-int-or-string'] && !s['x-kubernetes-preserve-unknown-fields']) loose.push(path);
    for (const [k, v] of Object.entries(s.properties ?? {})) walk(v, `${path}.${k}`);
    if (s.items) walk(s.items, `${path}[]`);
    if (typeof s.additionalProperties === 'object') walk(s.additionalProperties, `${path}{}`);
  };
  for (const name of names) walk(schema(name), name);
  expect(loose).toEqual([]);
});

test('every field is described, for kubectl explain; but metadata, which Kubernetes describes', () => {
  const silent: string[] = [];
  const walk = (s: Schema, path: string): void => {
    for (const [k, v] of Object.entries(s.properties ?? {})) {
      if (!v.description) silent.push(`${path}.${k}`);
      walk(v, `${path}.${k}`);
    }
    if (s.items) walk(s.items, `${path}[]`);
    if (typeof s.additionalProperties === 'object') walk(s.additionalProperties, `${path}{}`);
  };
  for (const name of names) {
    expect(schema(name).description, name).toBeTruthy();
    for (const part of ['spec', 'status']) if (schema(name).properties?.[part]) walk(at(schema(name), part), `${name}.${part}`);
  }
  expect(silent).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { apiConfig } from '../../testing/api-context.ts';
import type { RevisionSpec } from '../kinds.ts';
import { errorText, warningLines } from './field-error.ts';
import { validatePodSpec } from './pod-spec.ts';

const image = 'example.com/hello';
const look = (spec: object, features: Record<string, string> = {}) =>
  validatePodSpec(spec as RevisionSpec, apiConfig({ features })['config-features']);
const told = (spec: object, features: Record<string, string> = {}) => errorText(look(spec, features));
/** One container with more fields, and the pod around it. */
const one = (container: object, pod: object = {}) => ({ containers: [{ image, ...container }], ...pod });
const on = (name: string, value = 'Enabled') => ({
  [name.includes('.') || name.startsWith('multi') || name.startsWith('secure') ? name : `kubernetes.podspec-${name}`]: value,
});

type Row = [what: string, spec: object, text: string, features?: Record<string, string>];

describe('fields of the pod', () => {
  test.each<[string, unknown, string]>([
    ['affinity', { nodeAffinity: {} }, 'affinity'],
    ['topologySpreadConstraints', [{}], 'topologyspreadconstraints'],
    ['hostAliases', [{}], 'hostaliases'],
    ['nodeSelector', { a: 'b' }, 'nodeselector'],
    ['runtimeClassName', 'x', 'runtimeclassname'],
    ['tolerations', [{}], 'tolerations'],
    ['shareProcessNamespace', true, 'shareprocessnamespace'],
    ['priorityClassName', 'x', 'priorityclassname'],
    ['schedulerName', 'x', 'schedulername'],
    ['dnsPolicy', 'x', 'dnspolicy'],
    ['dnsConfig', { nameservers: [] }, 'dnsconfig'],
    ['hostIPC', true, 'hostipc'],
    ['hostPID', true, 'hostpid'],
    ['hostNetwork', true, 'hostnetwork'],
  ])('%s needs its flag, Enabled or Allowed', (field, value, flag) => {
    const spec = one({}, { [field]: value });
    expect(told(spec)).toBe(`must not set the field(s): ${field}`);
    for (const state of ['Enabled', 'Allowed']) expect(told(spec, on(flag, state))).toBe('');
  });

  test.each<Row>([
    [
      'what is always allowed',
      one({}, { serviceAccountName: 'a', imagePullSecrets: [{ name: 'a' }], enableServiceLinks: true, timeoutSeconds: 1 }),
      '',
    ],
    ['no token that is mounted', one({}, { automountServiceAccountToken: false }), ''],
    ['a token that is mounted', one({}, { automountServiceAccountToken: true }), 'must not set the field(s): automountServiceAccountToken'],
    [
      'several, sorted',
      one({}, { hostPID: true, hostIPC: true, restartPolicy: 'x' }),
      'must not set the field(s): hostIPC, hostPID, restartPolicy',
    ],
    ['a name that is of Object', one({}, { constructor: 'x' }), 'must not set the field(s): constructor'],
    [
      'a security context without flag: the field and its members',
      one({}, { securityContext: { runAsUser: 1 } }),
      'must not set the field(s): securityContext, securityContext.runAsUser',
    ],
    [
      'a security context',
      one({}, { securityContext: { runAsUser: -1 } }),
      'expected 0 <= -1 <= 2147483647: securityContext.runAsUser',
      on('securitycontext'),
    ],
    [
      'a seccomp profile with secure defaults',
      one({}, { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }),
      '',
      on('secure-pod-defaults'),
    ],
    [
      'more than that with secure defaults',
      one({}, { securityContext: { fsGroup: 1 } }),
      'must not set the field(s): securityContext.fsGroup',
      on('secure-pod-defaults'),
    ],
  ])('%s', (_what, spec, text, features) => {
    expect(told(spec, features)).toBe(text);
  });

  test('a service account has the name of one', () => {
    expect(told(one({}, { serviceAccountName: 'A b' }))).toMatch(
      /^invalid value: A b: serviceAccountName\na lowercase RFC 1123 subdomain must consist/,
    );
  });
});

describe('containers together', () => {
  const web = { name: 'web', image, ports: [{ containerPort: 80 }] };
  test.each<Row>([
    ['none', { containers: [] }, 'missing field(s): containers'],
    ['an empty one', { containers: [{}] }, 'missing field(s): containers[0]'],
    ['two', { containers: [web, { name: 'side', image }] }, ''],
    [
      'two without the flag',
      { containers: [web, { name: 'side', image }] },
      'multi-container is off, but found 2 containers: ',
      on('multi-container', 'Allowed'),
    ],
    ['two of one name', { containers: [web, { name: 'web', image }] }, 'duplicate container name "web": containers[1].name'],
    ['a reserved name', one({ name: 'queue-proxy' }), '"queue-proxy" is a reserved container name: containers[0].name'],
    [
      'two ports',
      { containers: [web, { ...web, name: 'b' }] },
      'more than one container port is set: containers[*].ports\nOnly a single port is allowed across all containers',
    ],
    [
      'two without a port',
      {
        containers: [
          { name: 'a', image },
          { name: 'b', image },
        ],
      },
      'missing field(s): containers[*].ports',
    ],
    [
      'init containers without the flag',
      one({}, { initContainers: [{ name: 'i', image }] }),
      'must not set the field(s): initContainers\npod spec support for init-containers is off, but found 1 init containers: ',
    ],
    ['init containers', one({}, { initContainers: [{ name: 'i', image }] }), '', on('init-containers')],
    [
      'an init container with a probe',
      one({}, { initContainers: [{ name: 'i', image, livenessProbe: {} }] }),
      'field not allowed in an init container: containers[0].livenessProbe',
      on('init-containers'),
    ],
  ])('%s', (_what, spec, text, features) => {
    expect(told(spec, features)).toBe(text);
  });
});

describe('a container', () => {
  const at = (text: string) => text.replaceAll('@', 'containers[0]');
  test.each<Row>([
    ['no image', { containers: [{ name: 'a' }] }, 'missing field(s): @.image'],
    ['a bad image', one({ image: 'x y' }), 'Failed to parse image reference: @.image\nimage: "x y", error: could not parse reference: x y'],
    ['a field that is not allowed', one({ lifecycle: { preStop: {} } }), 'must not set the field(s): @.lifecycle'],
    ['a port', one({ ports: [{ containerPort: 8080, name: 'h2c', protocol: 'TCP' }] }), ''],
    [
      'a reserved port',
      one({ ports: [{ containerPort: 8012 }] }),
      'invalid value: 8012 is a reserved port: @.ports.containerPort\n8012 is a reserved port, please use a different value',
    ],
    ['a port that is none', one({ ports: [{ containerPort: 65536 }] }), 'expected 0 <= 65536 <= 65535: @.ports.containerPort'],
    ['a protocol', one({ ports: [{ containerPort: 80, protocol: 'UDP' }] }), 'invalid value: UDP: @.ports.protocol'],
    [
      "a port's name",
      one({ ports: [{ containerPort: 80, name: 'web' }] }),
      "Port name web is not allowed: @.ports\nName must be empty, or one of: 'h2c', 'http1'",
    ],
    [
      'an environment',
      one({
        env: [
          { name: 'A', value: 'b' },
          { name: 'B', valueFrom: { secretKeyRef: { key: 'k' } } },
        ],
      }),
      '',
    ],
    ['a nameless variable', one({ env: [{ value: 'b' }] }), 'missing field(s): @.env[0].name'],
    ['a reserved variable', one({ env: [{ name: 'K_SERVICE' }] }), '"K_SERVICE" is a reserved environment variable: @.env[0].name'],
    ['PORT', one({ env: [{ name: 'PORT' }] }), '"PORT" is a reserved environment variable: @.env[0].name'],
    [
      'a field reference',
      one({ env: [{ name: 'A', valueFrom: { fieldRef: {} } }] }),
      'must not set the field(s): @.env[0].valueFrom.fieldRef',
    ],
    ['a field reference with its flag', one({ env: [{ name: 'A', valueFrom: { fieldRef: {} } }] }), '', on('fieldref', 'Allowed')],
    ['envFrom', one({ envFrom: [{ secretRef: { name: 'a' } }] }), ''],
    ['envFrom of nothing', one({ envFrom: [{}] }), 'expected exactly one, got neither: @.envFrom.configMapRef, @.envFrom.secretRef'],
    [
      'envFrom of both',
      one({ envFrom: [{ secretRef: {}, configMapRef: {} }] }),
      'expected exactly one, got both: @.envFrom.configMapRef, @.envFrom.secretRef',
    ],
    ['resources', one({ resources: { limits: { cpu: '1' }, requests: { cpu: '1' } } }), ''],
    ['other resources', one({ resources: { claims: [{}] } }), 'must not set the field(s): @.resources.claims'],
    ['privileged', one({ securityContext: { privileged: true } }), 'must not set the field(s): @.securityContext.privileged'],
    ['not privileged', one({ securityContext: { privileged: false, runAsUser: 1 } }), ''],
    [
      'capabilities',
      one({ securityContext: { capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } } }),
      'must not set the field(s): @.securityContext.capabilities.add',
    ],
    [
      'capabilities with their flag',
      one({ securityContext: { capabilities: { add: ['SYS_TIME'] } } }),
      '',
      { 'kubernetes.containerspec-addcapabilities': 'Enabled' },
    ],
    [
      'low ports with secure defaults',
      one({ securityContext: { capabilities: { add: ['NET_BIND_SERVICE'] } } }),
      '',
      on('secure-pod-defaults'),
    ],
    ['a policy', one({ terminationMessagePolicy: 'x' }), 'invalid value: x: @.terminationMessagePolicy'],
  ])('%s', (_what, spec, text, features) => {
    expect(told(spec, features)).toBe(at(text));
  });

  test('beside the one that serves may have PORT, and probes only with their flag', () => {
    const spec = (side: object) => ({
      containers: [
        { name: 'a', image, ports: [{ containerPort: 80 }] },
        { name: 'b', image, ...side },
      ],
    });
    expect(told(spec({ env: [{ name: 'PORT' }] }))).toBe('');
    const probe = { livenessProbe: { httpGet: { path: '/' }, periodSeconds: 1 } };
    expect(told(spec(probe))).toBe('must not set the field(s): containers[1].livenessProbe, containers[1].livenessProbe.periodSeconds');
    expect(told(spec(probe), on('multi-container-probing'))).toBe(
      'invalid value: 0: containers[1].livenessProbe.httpGet.port\nProbe port must be specified',
    );
  });
});

describe('probes', () => {
  const ready = { successThreshold: 1 };
  test.each<Row>([
    [
      'a usual one',
      one({ readinessProbe: { ...ready, httpGet: { path: '/' }, periodSeconds: 5, timeoutSeconds: 1, failureThreshold: 3 } }),
      '',
    ],
    ['a sub-second one', one({ readinessProbe: { ...ready, tcpSocket: { port: 0 }, periodSeconds: 0 } }), ''],
    [
      'a sub-second one with times',
      one({ readinessProbe: { ...ready, tcpSocket: {}, failureThreshold: 3, timeoutSeconds: 1 } }),
      'failureThreshold is disallowed when periodSeconds is zero: @.readinessProbe.failureThreshold\ntimeoutSeconds is disallowed when periodSeconds is zero: @.readinessProbe.timeoutSeconds',
    ],
    [
      'one without times',
      one({ readinessProbe: { ...ready, tcpSocket: {}, periodSeconds: 1 } }),
      'expected 1 <= 0 <= 2147483647: @.readinessProbe.failureThreshold, @.readinessProbe.timeoutSeconds',
    ],
    [
      'one without a handler',
      one({ livenessProbe: { periodSeconds: 1 } }),
      'expected exactly one, got neither: @.livenessProbe.exec, @.livenessProbe.grpc, @.livenessProbe.httpGet, @.livenessProbe.tcpSocket',
    ],
    [
      'one with two',
      one({ livenessProbe: { exec: { command: ['a'] }, grpc: { port: 1 } } }),
      'expected exactly one, got both: @.livenessProbe.exec, @.livenessProbe.gRPC',
    ],
    ['another port by number', one({ livenessProbe: { httpGet: { port: 99 } } }), ''],
    ['its own port by name', one({ ports: [{ containerPort: 80, name: 'h2c' }], livenessProbe: { httpGet: { port: 'h2c' } } }), ''],
    [
      'another port by name',
      one({ livenessProbe: { tcpSocket: { port: 'web' } } }),
      'invalid value: web: @.livenessProbe.tcpSocket.port\nProbe port must match container port',
    ],
    [
      'a field that there is not, told under the handler as upstream does',
      one({ livenessProbe: { exec: {}, sleep: 1 } }),
      'must not set the field(s): @.livenessProbe.exec.sleep',
    ],
  ])('%s', (_what, spec, text) => {
    expect(told(spec)).toBe(text.replaceAll('@', 'containers[0]'));
  });
});

describe('volumes', () => {
  const secret = { name: 'v', secret: { secretName: 's' } };
  const mounted = (volume: object, mount: object = {}) =>
    one({ volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true, ...mount }] }, { volumes: [volume] });
  const at = (text: string) => text.replaceAll('@', 'containers[0].volumeMounts[0]');
  test.each<Row>([
    ['a secret', mounted(secret), ''],
    ['one that is not mounted', one({}, { volumes: [secret] }), 'volume with name "v" not mounted: volumes[0].name'],
    [
      'two of one name',
      one({ volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true }] }, { volumes: [secret, secret] }),
      'duplicate volume name "v": volumes[1].name',
    ],
    [
      'one without a source',
      mounted({ name: 'v' }),
      'expected exactly one, got neither: volumes[0].configMap, volumes[0].emptyDir, volumes[0].projected, volumes[0].secret',
    ],
    [
      'one with two',
      mounted({ ...secret, configMap: { name: 'c' } }),
      'expected exactly one, got both: volumes[0].configMap, volumes[0].secret',
    ],
    ['an empty directory', mounted({ name: 'v', emptyDir: {} }, { readOnly: false }), ''],
    [
      'a host path',
      mounted({ name: 'v', hostPath: { path: '/' } }),
      'HostPath volume support is disabled, but found HostPath volume v: \nmust not set the field(s): volumes[0].hostPath',
    ],
    [
      'a host path that is only Allowed',
      mounted({ name: 'v', hostPath: {} }),
      'HostPath volume support is disabled, but found HostPath volume v: ',
      on('volumes-hostpath', 'Allowed'),
    ],
    [
      'a claim that is written to',
      mounted({ name: 'v', persistentVolumeClaim: { claimName: 'c' } }),
      'Persistent volume write support is disabled, but found persistent volume claim c that is not read-only: ',
      on('persistent-volume-claim'),
    ],
    [
      'an item without a key',
      mounted({ name: 'v', configMap: { name: 'c', items: [{ path: 'p' }] } }),
      'missing field(s): volumes[0].items[0].key',
    ],
    [
      'a mount of nothing',
      one({ volumeMounts: [{ name: 'x', mountPath: '/v', readOnly: true }] }),
      'volumeMount has no matching volume: @.name',
    ],
    [
      'a mount that may be written',
      mounted(secret, { readOnly: false }),
      'volume mount should be readOnly for this type of volume: @.readOnly',
    ],
    ['a reserved path', mounted(secret, { mountPath: '/dev/' }), 'mountPath "/dev" is a reserved path: @.mountPath'],
    ['a relative path', mounted(secret, { mountPath: 'v' }), 'invalid value: v: @.mountPath'],
    ['no path', mounted(secret, { mountPath: '' }), 'missing field(s): @.mountPath'],
    [
      'propagation',
      mounted(secret, { mountPropagation: 'None' }),
      'Volume Mount Propagation support is disabled, but found volume mount v with mount propagation: \nmust not set the field(s): @.mountPropagation',
    ],
  ])('%s', (_what, spec, text, features) => {
    expect(told(spec, features)).toBe(at(text));
  });
});

describe('security warnings', () => {
  const message = 'Kubernetes default value is insecure, Knative may default this to secure in a future release';
  const strict = {
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    seccompProfile: { type: 'RuntimeDefault' },
    capabilities: { drop: ['ALL'] },
  };

  test('name what is left to Kubernetes and reject nothing', () => {
    const fields = ['allowPrivilegeEscalation', 'capabilities', 'runAsNonRoot', 'seccompProfile'];
    const paths = fields.map((f) => `containers[0].securityContext.${f}`).join(', ');
    expect(warningLines(look(one({})))).toEqual([`${message}: ${paths}`]);
    expect(told(one({}))).toBe('');
  });

  test('stop where everything is said, or secure-pod-defaults says it', () => {
    expect(warningLines(look(one({ securityContext: strict })))).toEqual([]);
    expect(warningLines(look(one({}), on('secure-pod-defaults')))).toEqual([]);
  });

  test('know the usual misspelling', () => {
    expect(warningLines(look(one({ securityContext: { ...strict, capabilities: { drop: ['all'] } } })))).toEqual([
      'invalid value: all: containers[0].securityContext.capabilities.drop',
      "Must be spelled as 'ALL'",
    ]);
  });
});

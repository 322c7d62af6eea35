import { both, container, each, init, pod, type Rows } from './edit.ts';

const initImage = 'registry.example/init';
const httpGet = { path: '/', port: 8080 };
const settings = { configMap: { name: 'settings' } };

/** Fields of the pod: always allowed, behind flags, never. */
export const podRows: Rows = {
  ...each('automountServiceAccountToken', [true, false], (v) => pod({ automountServiceAccountToken: v })),
  ...each('serviceAccountName', ['', 'ok', 'a.b', 'Bad', 'a_b', '-a', `${'a'.repeat(254)}`, `Bad${'a'.repeat(254)}`, 'foo@bar.baz'], (v) =>
    pod({ serviceAccountName: v }),
  ),
  ...each('imagePullSecrets', [[], [{ name: 'a' }], [{}], [{ name: 'A_b' }]], (v) => pod({ imagePullSecrets: v })),
  ...each('affinity', [{}, { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a' }] } }], (v) =>
    pod({ affinity: v }),
  ),
  ...each('topologySpreadConstraints', [[], [{ maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' }]], (v) =>
    pod({ topologySpreadConstraints: v }),
  ),
  ...each('hostAliases', [[], [{ ip: '192.0.2.1', hostnames: ['a'] }]], (v) => pod({ hostAliases: v })),
  ...each('nodeSelector', [{}, { a: 'b' }], (v) => pod({ nodeSelector: v })),
  ...each('runtimeClassName', ['', 'a'], (v) => pod({ runtimeClassName: v })),
  ...each('tolerations', [[], [{ key: 'a', operator: 'Exists' }]], (v) => pod({ tolerations: v })),
  ...each('shareProcessNamespace', [true, false], (v) => pod({ shareProcessNamespace: v })),
  ...each('priorityClassName', ['', 'a'], (v) => pod({ priorityClassName: v })),
  ...each('schedulerName', ['', 'a'], (v) => pod({ schedulerName: v })),
  ...each('dnsPolicy', ['', 'ClusterFirst', 'Bad'], (v) => pod({ dnsPolicy: v })),
  ...each('dnsConfig', [{}, { nameservers: ['192.0.2.1'] }], (v) => pod({ dnsConfig: v })),
  ...each('hostIPC', [true, false], (v) => pod({ hostIPC: v })),
  ...each('hostPID', [true, false], (v) => pod({ hostPID: v })),
  ...each('hostNetwork', [true, false], (v) => pod({ hostNetwork: v })),
  'many gated fields at once': pod({
    affinity: {},
    hostAliases: [{ ip: 'a' }],
    nodeSelector: { a: 'b' },
    dnsPolicy: 'None',
    hostPID: true,
    hostIPC: true,
    automountServiceAccountToken: true,
    priorityClassName: 'x',
  }),
  'init container': init({ image: initImage }),
  'init container without image': init({ name: 'x' }),
  'empty init container': init({}),
  'two init containers without names': init({ image: initImage }, { image: initImage }),
  'init containers and a clash': both(container({ name: 'init-container' }), init({ image: initImage })),
  'init containers of one name': init({ name: 'a', image: initImage }, { name: 'a', image: initImage }),
  'an init container named as the container': both(container({ name: 'a' }), init({ name: 'a', image: initImage })),
  'init container with probes': init({ image: initImage, livenessProbe: {}, readinessProbe: { httpGet }, startupProbe: { exec: {} } }),
  'init container with lifecycle': init({ image: initImage, lifecycle: { preStop: { exec: { command: ['a'] } } } }),
  'init container with restartPolicy': init({ image: initImage, restartPolicy: 'Always' }),
  'init container with stdin, tty and devices': init({
    image: initImage,
    stdin: true,
    stdinOnce: true,
    tty: true,
    volumeDevices: [{ name: 'a', devicePath: '/a' }],
  }),
  'init container with an unknown field': init({ image: initImage, colour: 'red' }),
  'init container with resource claims': init({ image: initImage, resources: { claims: [{ name: 'a' }], requests: { cpu: '1' } } }),
  'init container with a port': init({ image: initImage, ports: [{ containerPort: 80 }] }),
  'init container with hostPort': init({ image: initImage, ports: [{ containerPort: 8012, hostPort: 80, hostIP: '1.2.3.4' }] }),
  'init container with PORT': init({
    image: initImage,
    env: [
      { name: 'PORT', value: '1' },
      { name: 'K_SERVICE', value: '1' },
    ],
  }),
  'init container with fieldRef': init({ image: initImage, env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'a' } } }] }),
  'init container with fileKeyRef': init({
    image: initImage,
    env: [{ name: 'A', valueFrom: { fileKeyRef: { volumeName: 'a', key: 'b', path: 'c' } } }],
  }),
  'init container with security': init({
    image: initImage,
    securityContext: { privileged: true, procMount: 'Default', seLinuxOptions: {}, windowsOptions: {} },
  }),
  'init container with a bad policy': init({ image: initImage, terminationMessagePolicy: 'x', imagePullPolicy: 'y' }),
  'init container with resizePolicy': init({ image: initImage, resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'x' }] }),
  'init container with envFrom twice': init({ image: initImage, envFrom: [{ configMapRef: { name: 'a' }, secretRef: { name: 'a' } }] }),
  'init container that mounts': both(
    pod({ volumes: [{ name: 'v', ...settings }] }),
    init({ image: initImage, volumeMounts: [{ name: 'v', mountPath: '/a' }] }),
  ),
  'init container that mounts read-only': both(
    pod({ volumes: [{ name: 'v', ...settings }] }),
    init({ image: initImage, volumeMounts: [{ name: 'v', mountPath: '/a', readOnly: true }] }),
  ),
  'init container that mounts subPathExpr': both(
    pod({ volumes: [{ name: 'v', emptyDir: {} }] }),
    init({ image: initImage, volumeMounts: [{ name: 'v', mountPath: '/a', subPathExpr: 'x', recursiveReadOnly: 'Enabled' }] }),
  ),
  'init container named queue-proxy': init({ name: 'queue-proxy', image: initImage }),
  'init container with all and requests': init({
    image: initImage,
    command: ['a'],
    args: ['b'],
    workingDir: '/',
    resources: { requests: { cpu: '1' } },
  }),
  'empty init containers': pod({ initContainers: [] }),
};

import { texts } from '../names.ts';
import { allowed, annotated, container, image, inContainer, inPod, on, pod, type Rule } from './case.ts';

type Field = [field: string, value: unknown, flag: string];
const gated: Field[] = [
  ['affinity', { nodeAffinity: {} }, 'affinity'],
  ['topologySpreadConstraints', [{ maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' }], 'topologyspreadconstraints'],
  ['hostAliases', [{ ip: '127.0.0.1' }], 'hostaliases'],
  ['nodeSelector', { a: 'b' }, 'nodeselector'],
  ['runtimeClassName', 'a', 'runtimeclassname'],
  ['tolerations', [{ key: 'a' }], 'tolerations'],
  ['shareProcessNamespace', true, 'shareprocessnamespace'],
  ['priorityClassName', 'a', 'priorityclassname'],
  ['schedulerName', 'a', 'schedulername'],
  ['dnsPolicy', 'Default', 'dnspolicy'],
  ['dnsConfig', { searches: ['a'] }, 'dnsconfig'],
  ['hostIPC', true, 'hostipc'],
  ['hostPID', true, 'hostpid'],
  ['hostNetwork', true, 'hostnetwork'],
];
const reserved = ['8008', '8012', '8013', '8022', '9090', '9091'].map(Number);
const max = 2147483647;
const secure = { features: { 'secure-pod-defaults': 'Enabled' } };
const context = 'securityContext';
const init = on('init-containers');
const side = (c: object, more = {}, web = {}) =>
  pod(
    {
      containers: [
        { name: 'web', image, ports: [{ containerPort: 8080 }], ...web },
        { name: 'side', image, ...c },
      ],
    },
    more,
  );
const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
const insecure = (...paths: string[]) =>
  `Kubernetes default value is insecure, Knative may default this to secure in a future release: ${paths.map((p) => `${inContainer}.securityContext.${p}`).join(', ')}`;
const safe = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  seccompProfile: { type: 'RuntimeDefault' },
  capabilities: { drop: ['ALL'] },
};

/** Contract control-plane 4.5 and 5: the pod, its containers and their probes. */
export const podRules: readonly Rule[] = [
  {
    id: '4.5 fields that are always allowed',
    accepts: [pod({ serviceAccountName: 'a', imagePullSecrets: [{ name: 'a' }], enableServiceLinks: true })],
    rejects: [
      [
        pod({ restartPolicy: 'Always', nodeName: 'a', hostname: 'a' }),
        `must not set the field(s): ${inPod}.hostname, ${inPod}.nodeName, ${inPod}.restartPolicy`,
      ],
    ],
  },
  {
    id: '4.5 automountServiceAccountToken',
    accepts: [pod({ automountServiceAccountToken: false })],
    rejects: [[pod({ automountServiceAccountToken: true }), `must not set the field(s): ${inPod}.automountServiceAccountToken`]],
  },
  ...gated.map(
    ([field, value, flag]): Rule => ({
      id: `4.5 ${field} with kubernetes.podspec-${flag}`,
      accepts: [pod({ [field]: value }, on(flag)), pod({ [field]: value }, allowed(flag))],
      rejects: [[pod({ [field]: value }), `must not set the field(s): ${inPod}.${field}`]],
    }),
  ),
  {
    id: '4.5 securityContext of the pod',
    accepts: [
      pod(
        {
          [context]: {
            runAsUser: 1,
            runAsGroup: 1,
            runAsNonRoot: true,
            fsGroup: 1,
            supplementalGroups: [1],
            seccompProfile: { type: 'Localhost' },
          },
        },
        on('securitycontext'),
      ),
      pod({ [context]: { fsGroup: 1 } }, allowed('securitycontext')),
    ],
    rejects: [
      [pod({ [context]: { runAsUser: 1 } }), `must not set the field(s): ${inPod}.securityContext, ${inPod}.securityContext.runAsUser`],
      [pod({ [context]: {} }), `must not set the field(s): ${inPod}.securityContext`],
      [
        pod({ [context]: { sysctls: [{ name: 'a', value: 'b' }] } }, on('securitycontext')),
        `must not set the field(s): ${inPod}.securityContext.sysctls`,
      ],
    ],
  },
  {
    id: '4.5 securityContext of the pod with secure-pod-defaults',
    accepts: ['RuntimeDefault', 'Unconfined'].map((type) => pod({ [context]: { seccompProfile: { type } } }, secure)),
    rejects: [
      [
        pod({ [context]: { seccompProfile: { type: 'Localhost' } } }, secure),
        `must not set the field(s): ${inPod}.securityContext.seccompProfile`,
      ],
      [pod({ [context]: { fsGroup: 1 } }, secure), `must not set the field(s): ${inPod}.securityContext.fsGroup`],
    ],
  },
  ...['runAsUser', 'runAsGroup', 'fsGroup'].map(
    (field): Rule => ({
      id: `4.5 bounds of the pod's ${field}`,
      accepts: [0, max].map((n) => pod({ [context]: { [field]: n } }, on('securitycontext'))),
      rejects: [-1, max + 1].map((n) => [
        pod({ [context]: { [field]: n } }, on('securitycontext')),
        `expected 0 <= ${n} <= ${max}: ${inPod}.securityContext.${field}`,
      ]),
    }),
  ),
  {
    id: '4.5 bounds of supplementalGroups',
    accepts: [pod({ [context]: { supplementalGroups: [0, max] } }, on('securitycontext'))],
    rejects: [
      [
        pod({ [context]: { supplementalGroups: [1, -1] } }, on('securitycontext')),
        `expected 0 <= -1 <= ${max}: ${inPod}.securityContext.supplementalGroups[1]`,
      ],
    ],
  },
  {
    id: '4.5 there is a container',
    accepts: [container({})],
    rejects: [[pod({ containers: [] }), `missing field(s): ${inPod}.containers`]],
  },
  {
    id: '4.5 several containers with multi-container',
    accepts: [side({})],
    rejects: [
      [side({}, { features: { 'multi-container': 'Disabled' } }), 'multi-container is off, but found 2 containers: '],
      [side({}, { features: { 'multi-container': 'Allowed' } }), 'multi-container is off, but found 2 containers: '],
    ],
  },
  {
    id: '4.5 names of containers differ',
    accepts: [side({})],
    rejects: [[side({ name: 'web' }), `duplicate container name "web": ${inPod}.containers[1].name`]],
  },
  {
    id: '4.5 reserved names of containers',
    accepts: [container({ name: '&anything' })],
    rejects: [[container({ name: 'queue-proxy' }), `"queue-proxy" is a reserved container name: ${inContainer}.name`]],
  },
  {
    id: '4.5 one port in all containers',
    accepts: [side({}), container({})],
    rejects: [
      [
        side({ ports: [{ containerPort: 8081 }] }),
        `more than one container port is set: ${inPod}.containers[*].ports\nOnly a single port is allowed across all containers`,
      ],
      [side({}, {}, { ports: [] }), `missing field(s): ${inPod}.containers[*].ports`],
    ],
  },
  ...reserved.map(
    (p): Rule => ({
      id: `4.5 port ${p} is reserved`,
      accepts: [container({ ports: [{ containerPort: p - 2000 }] })],
      rejects: [
        [
          container({ ports: [{ containerPort: p }] }),
          `invalid value: ${p} is a reserved port: ${inContainer}.ports.containerPort\n${p} is a reserved port, please use a different value`,
        ],
      ],
    }),
  ),
  {
    id: '4.5 port 8112 is not reserved',
    accepts: [container({ ports: [{ containerPort: 8112 }] })],
    rejects: [[container({ ports: [{ containerPort: 65536 }] }), `expected 0 <= 65536 <= 65535: ${inContainer}.ports.containerPort`]],
  },
  {
    id: '4.5 bounds of a port',
    accepts: [0, 65535].map((containerPort) => container({ ports: [{ containerPort }] })),
    rejects: [[container({ ports: [{ containerPort: -1 }] }), `expected 0 <= -1 <= 65535: ${inContainer}.ports.containerPort`]],
  },
  {
    id: '4.5 protocol of a port',
    accepts: ['', 'TCP'].map((protocol) => container({ ports: [{ containerPort: 80, protocol }] })),
    rejects: [[container({ ports: [{ containerPort: 80, protocol: 'UDP' }] }), `invalid value: UDP: ${inContainer}.ports.protocol`]],
  },
  {
    id: '4.5 name of a port',
    accepts: ['', 'h2c', 'http1'].map((name) => container({ ports: [{ containerPort: 80, name }] })),
    rejects: [
      [
        container({ ports: [{ containerPort: 80, name: 'web' }] }),
        `Port name web is not allowed: ${inContainer}.ports\nName must be empty, or one of: 'h2c', 'http1'`,
      ],
    ],
  },
  {
    id: '4.5 other fields of a port',
    accepts: [container({ ports: [{ containerPort: 80, hostPort: 0 }] })],
    rejects: [
      [
        container({ ports: [{ containerPort: 80, hostPort: 80, hostIP: '::' }] }),
        `must not set the field(s): ${inContainer}.ports.hostIP, ${inContainer}.ports.hostPort`,
      ],
    ],
  },
  {
    id: '4.5 a variable has a name',
    accepts: [container({ env: [{ name: 'a', value: 'b' }] })],
    rejects: [[container({ env: [{ value: 'b' }] }), `missing field(s): ${inContainer}.env[0].name`]],
  },
  ...['PORT', 'K_SERVICE', 'K_CONFIGURATION', 'K_REVISION'].map(
    (name): Rule => ({
      id: `4.5 variable ${name} is reserved`,
      accepts: [container({ env: [{ name: name.toLowerCase() }] }), ...(name === 'PORT' ? [side({ env: [{ name }] })] : [])],
      rejects: [
        [container({ env: [{ name }] }), `"${name}" is a reserved environment variable: ${inContainer}.env[0].name`],
        ...(name === 'PORT'
          ? []
          : [[side({ env: [{ name }] }), `"${name}" is a reserved environment variable: ${inPod}.containers[1].env[0].name`] as const]),
      ],
    }),
  ),
  {
    id: '4.5 sources of variables with kubernetes.podspec-fieldref',
    accepts: [
      container({ env: [{ name: 'a', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }, on('fieldref')),
      container({ env: [{ name: 'a', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }] }, allowed('fieldref')),
      container({ env: [{ name: 'a', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }] }),
    ],
    rejects: [
      [
        container({ env: [{ name: 'a', valueFrom: { fieldRef: { fieldPath: 'a' } } }] }),
        `must not set the field(s): ${inContainer}.env[0].valueFrom.fieldRef`,
      ],
      [
        container({ env: [{ name: 'a', valueFrom: { resourceFieldRef: { resource: 'a' } } }] }),
        `must not set the field(s): ${inContainer}.env[0].valueFrom.resourceFieldRef`,
      ],
    ],
  },
  {
    id: '4.5 envFrom is one of two',
    accepts: [container({ envFrom: [{ secretRef: { name: 'a' } }, { configMapRef: { name: 'a' }, prefix: 'b' }] })],
    rejects: [
      [
        container({ envFrom: [{}] }),
        `expected exactly one, got neither: ${inContainer}.envFrom.configMapRef, ${inContainer}.envFrom.secretRef`,
      ],
      [
        container({ envFrom: [{ secretRef: {}, configMapRef: {} }] }),
        `expected exactly one, got both: ${inContainer}.envFrom.configMapRef, ${inContainer}.envFrom.secretRef`,
      ],
    ],
  },
  {
    id: '4.5 image',
    accepts: ['ab', 'a/b', 'example.com:5000/ab:1', `ab@sha256:${'0'.repeat(64)}`].map((i) => container({ image: i })),
    rejects: [
      [container({ image: '' }), `missing field(s): ${inContainer}.image`],
      [
        container({ image: 'x y' }),
        `Failed to parse image reference: ${inContainer}.image\nimage: "x y", error: could not parse reference: x y`,
      ],
      [container({ image: 'a' }), `Failed to parse image reference: ${inContainer}.image\nimage: "a", error: could not parse reference: a`],
    ],
  },
  {
    id: '4.5 resources',
    accepts: [container({ resources: { limits: { cpu: '1' }, requests: { memory: '1Gi' } } })],
    rejects: [[container({ resources: { claims: [{ name: 'a' }] } }), `must not set the field(s): ${inContainer}.resources.claims`]],
  },
  {
    id: '4.5 other fields of a container',
    accepts: [container({ args: ['a'], command: ['a'], workingDir: '/', imagePullPolicy: 'Always', terminationMessagePath: '/a' })],
    rejects: [
      [
        container({ stdin: true, tty: true, lifecycle: {} }),
        `must not set the field(s): ${inContainer}.lifecycle, ${inContainer}.stdin, ${inContainer}.tty`,
      ],
    ],
  },
  {
    id: '4.5 securityContext of a container',
    accepts: [container({ [context]: { ...safe, readOnlyRootFilesystem: true, runAsUser: 1, runAsGroup: 1, privileged: false } })],
    rejects: [
      [container({ [context]: { privileged: true } }), `must not set the field(s): ${inContainer}.securityContext.privileged`],
      [
        container({ [context]: { procMount: 'Default', seLinuxOptions: {} } }),
        `must not set the field(s): ${inContainer}.securityContext.procMount, ${inContainer}.securityContext.seLinuxOptions`,
      ],
    ],
  },
  ...['runAsUser', 'runAsGroup'].map(
    (field): Rule => ({
      id: `4.5 bounds of a container's ${field}`,
      accepts: [0, max].map((n) => container({ [context]: { [field]: n } })),
      rejects: [[container({ [context]: { [field]: -1 } }), `expected 0 <= -1 <= ${max}: ${inContainer}.securityContext.${field}`]],
    }),
  ),
  {
    id: '4.5 capabilities',
    accepts: [
      container({ [context]: { capabilities: { drop: ['ALL'] } } }),
      container({ [context]: { capabilities: { add: ['SYS_TIME'] } } }, on('kubernetes.containerspec-addcapabilities')),
      container({ [context]: { capabilities: { add: ['NET_BIND_SERVICE'] } } }, secure),
    ],
    rejects: [
      [
        container({ [context]: { capabilities: { add: ['NET_BIND_SERVICE'] } } }),
        `must not set the field(s): ${inContainer}.securityContext.capabilities.add`,
      ],
      [
        container({ [context]: { capabilities: { add: ['SYS_TIME'] } } }, secure),
        `must not set the field(s): ${inContainer}.securityContext.capabilities.add`,
      ],
      [
        container(
          { [context]: { capabilities: { add: ['SYS_TIME'] } } },
          { features: { 'kubernetes.containerspec-addcapabilities': 'Allowed' } },
        ),
        `must not set the field(s): ${inContainer}.securityContext.capabilities.add`,
      ],
    ],
  },
  {
    id: '4.5 warnings of insecure defaults',
    warns: true,
    accepts: [
      container({ [context]: safe }),
      container({}, secure),
      container({}, { features: { 'secure-pod-defaults': 'AllowRootBounded' } }),
    ],
    rejects: [
      [container({}), insecure('allowPrivilegeEscalation', 'capabilities', 'runAsNonRoot', 'seccompProfile')],
      [container({ [context]: { ...safe, seccompProfile: { localhostProfile: 'a' } } }), insecure('seccompProfile.type')],
      [container({ [context]: { ...safe, capabilities: {} } }), insecure('capabilities.drop')],
      [
        container({ [context]: { ...safe, capabilities: { drop: ['all'] } } }),
        `invalid value: all: ${inContainer}.securityContext.capabilities.drop\nMust be spelled as 'ALL'`,
      ],
    ],
  },
  {
    id: '4.5 terminationMessagePolicy',
    accepts: ['', 'File', 'FallbackToLogsOnError'].map((terminationMessagePolicy) => container({ terminationMessagePolicy })),
    rejects: [[container({ terminationMessagePolicy: 'x' }), `invalid value: x: ${inContainer}.terminationMessagePolicy`]],
  },
  ...probes.flatMap((probe): Rule[] => {
    const at = `${inContainer}.${probe}`;
    return [
      {
        id: `4.5 ${probe} has one handler`,
        accepts: [{ httpGet: { path: '/' } }, { tcpSocket: {} }, { exec: { command: ['a'] } }, { grpc: { port: 1 } }].map((p) =>
          container({ [probe]: p }),
        ),
        rejects: [
          ...(probe === 'readinessProbe'
            ? []
            : [
                [
                  container({ [probe]: {} }),
                  `expected exactly one, got neither: ${at}.exec, ${at}.grpc, ${at}.httpGet, ${at}.tcpSocket`,
                ] as const,
              ]),
          [container({ [probe]: { exec: {}, grpc: { port: 1 } } }), `expected exactly one, got both: ${at}.exec, ${at}.gRPC`],
        ],
      },
      {
        id: `4.5 port of a ${probe}`,
        accepts: [
          container({ [probe]: { httpGet: { port: 1234 } } }),
          container({ [probe]: { httpGet: { port: 'http' } } }),
          container({ ports: [{ containerPort: 80, name: 'h2c' }], [probe]: { tcpSocket: { port: 'h2c' } } }),
        ],
        rejects: [
          [
            container({ [probe]: { httpGet: { port: 'web' } } }),
            `invalid value: web: ${at}.httpGet.port\nProbe port must match container port`,
          ],
          [
            container({ [probe]: { tcpSocket: { port: '8080' } } }),
            `invalid value: 8080: ${at}.tcpSocket.port\nProbe port must match container port`,
          ],
        ],
      },
      {
        id: `4.5 ${probe} of a sidecar with multi-container-probing`,
        accepts: [side({}), side({ [probe]: { httpGet: { port: 80 } } }, on('multi-container-probing'))],
        rejects: [
          [
            side({ [probe]: { exec: {}, initialDelaySeconds: 1, successThreshold: 1 } }),
            `must not set the field(s): ${inPod}.containers[1].${probe}, ${inPod}.containers[1].${probe}.initialDelaySeconds, ${inPod}.containers[1].${probe}.successThreshold`,
          ],
          [
            side({ [probe]: { tcpSocket: {} } }, on('multi-container-probing')),
            `invalid value: 0: ${inPod}.containers[1].${probe}.tcpSocket.port\nProbe port must be specified`,
          ],
        ],
      },
    ];
  }),
  ...(
    [
      ['periodSeconds', 0, -1],
      ['initialDelaySeconds', 0, -1],
      ['successThreshold', 1, -1],
    ] as const
  ).map(
    ([field, least, bad]): Rule => ({
      id: `4.5 ${field} of a readiness probe`,
      accepts: [container({ readinessProbe: { [field]: least } }), container({ readinessProbe: { [field]: max } })],
      rejects: [
        [
          container({ readinessProbe: { periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 1, [field]: bad } }),
          `expected ${least} <= ${bad} <= ${max}: ${inContainer}.readinessProbe.${field}`,
        ],
      ],
    }),
  ),
  ...['timeoutSeconds', 'failureThreshold'].map(
    (field): Rule => ({
      id: `4.5 ${field} of a readiness probe`,
      accepts: [container({ readinessProbe: { periodSeconds: 1, [field]: 1 } })],
      rejects: [
        [
          container({ readinessProbe: { periodSeconds: 1, [field]: -1 } }),
          `expected 1 <= -1 <= ${max}: ${inContainer}.readinessProbe.${field}`,
        ],
        [
          container({ readinessProbe: { periodSeconds: 0, [field]: 1 } }),
          `${field} is disallowed when periodSeconds is zero: ${inContainer}.readinessProbe.${field}`,
        ],
      ],
    }),
  ),
  {
    id: '4.5 init containers with kubernetes.podspec-init-containers',
    accepts: [pod({ initContainers: [{ image }] }, init)],
    rejects: [
      [
        pod({ initContainers: [{ image }] }),
        `must not set the field(s): ${inPod}.initContainers\npod spec support for init-containers is off, but found 1 init containers: `,
      ],
      [
        pod({ initContainers: [{ image }] }, allowed('init-containers')),
        'pod spec support for init-containers is off, but found 1 init containers: ',
      ],
    ],
  },
  ...[...probes, 'lifecycle'].map(
    (field): Rule => ({
      id: `4.5 ${field} of an init container`,
      accepts: [pod({ initContainers: [{ image }] }, init)],
      rejects: [
        [
          pod({ initContainers: [{ image, [field]: {} }] }, init),
          `field not allowed in an init container: ${inContainer}.${field}${field === 'lifecycle' ? `\nmust not set the field(s): ${inContainer}.lifecycle` : ''}`,
        ],
      ],
    }),
  ),
  {
    id: '4.5 an init container is told of as a container',
    accepts: [
      pod(
        { initContainers: [{ image, ports: [{ containerPort: 80, protocol: 'UDP' }, { containerPort: 81 }], env: [{ name: 'PORT' }] }] },
        init,
      ),
    ],
    rejects: [
      [pod({ initContainers: [{}] }, init), `missing field(s): ${inContainer}.image`],
      [
        pod({ initContainers: [{ image, name: 'a' }], containers: [{ image, name: 'a' }] }, init),
        `duplicate container name "a": ${inContainer}.name`,
      ],
      [
        pod({ initContainers: [{ image, volumeMounts: [{ name: 'v', mountPath: '/v' }] }], volumes: [{ name: 'v', secret: {} }] }, init),
        `volume mount should be readOnly for this type of volume: ${inContainer}.volumeMounts[0].readOnly`,
      ],
    ],
  },
  {
    id: '4.5 serviceAccountName',
    accepts: ['', 'a', 'a.b'].map((serviceAccountName) => pod({ serviceAccountName })),
    rejects: [[pod({ serviceAccountName: 'A@b' }), `invalid value: A@b: ${inPod}.serviceAccountName\n${texts.subdomain1123}`]],
  },
  {
    id: '0.5 equal errors are one, and all are in order',
    accepts: [annotated({})],
    rejects: [
      [
        pod({
          containers: [
            { name: 'a', image: '', ports: [{ containerPort: 80, protocol: 'UDP' }] },
            { name: 'b', image: '' },
          ],
          hostPID: true,
        }),
        `invalid value: UDP: ${inContainer}.ports.protocol\nmissing field(s): ${inContainer}.image, ${inPod}.containers[1].image\nmust not set the field(s): ${inPod}.hostPID`,
      ],
    ],
  },
];

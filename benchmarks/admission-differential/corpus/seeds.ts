import { type Json, objectOf } from './edit.ts';

/** Valid objects that cases start from: small ones for cases by hand, rich ones for mutations. */

const image = 'registry.example/hello';
const revision = (): Json => ({ containers: [{ image }] });

export const service = objectOf('Service', 'hello', { template: { spec: revision() } });
export const configuration = objectOf('Configuration', 'hello', { template: { spec: revision() } });
export const revisionObject = objectOf('Revision', 'hello-00001', revision());
export const route = objectOf('Route', 'hello', { traffic: [{ configurationName: 'hello', percent: 100 }] });
export const domainMapping = objectOf('DomainMapping', 'hello.example.com', {
  ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello' },
});
const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello-00001-deployment' };
export const podAutoscaler = objectOf('PodAutoscaler', 'hello-00001', { scaleTargetRef: target, protocolType: 'http1' });
export const metric = objectOf('Metric', 'hello-00001', { stableWindow: 60e9, panicWindow: 6e9, scrapeTarget: 'hello-00001-private' });
export const serverlessService = objectOf('ServerlessService', 'hello-00001', { mode: 'Serve', objectRef: target, protocolType: 'http1' });
const split = { serviceNamespace: 'default', serviceName: 'hello-00001', servicePort: 80, percent: 100 };
export const ingress = objectOf('Ingress', 'hello', {
  rules: [{ hosts: ['hello.default.example.com'], visibility: 'ExternalIP', http: { paths: [{ splits: [split] }] } }],
});
export const certificate = objectOf('Certificate', 'hello', { dnsNames: ['hello.example.com', '*.example.com'], secretName: 'hello-tls' });

/** The small one of each kind. */
export const all: readonly Json[] = [
  service,
  configuration,
  revisionObject,
  route,
  domainMapping,
  podAutoscaler,
  metric,
  serverlessService,
  ingress,
  certificate,
];

/** A Service that uses most of what stock settings allow. */
export const richService: Json = {
  ...service,
  metadata: {
    ...service.metadata,
    labels: { app: 'hello', 'networking.knative.dev/visibility': 'cluster-local' },
    annotations: { 'serving.knative.dev/rollout-duration': '30s', 'networking.knative.dev/http-protocol': 'redirected', note: 'x' },
  },
  spec: {
    template: {
      metadata: {
        name: 'hello-first',
        labels: { app: 'hello', version: 'v1' },
        annotations: {
          'autoscaling.knative.dev/class': 'kpa.autoscaling.knative.dev',
          'autoscaling.knative.dev/metric': 'rps',
          'autoscaling.knative.dev/min-scale': '1',
          'autoscaling.knative.dev/max-scale': '10',
          'autoscaling.knative.dev/target': '12.5',
          'autoscaling.knative.dev/window': '2m',
          'autoscaling.knative.dev/panic-window-percentage': '20',
          'autoscaling.knative.dev/scale-down-delay': '15s',
          'serving.knative.dev/progress-deadline': '60s',
          'queue.sidecar.serving.knative.dev/cpu-resource-request': '50m',
        },
      },
      spec: {
        serviceAccountName: 'runner',
        timeoutSeconds: 120,
        idleTimeoutSeconds: 60,
        responseStartTimeoutSeconds: 30,
        containerConcurrency: 10,
        enableServiceLinks: false,
        automountServiceAccountToken: false,
        imagePullSecrets: [{ name: 'registry' }],
        volumes: [
          { name: 'settings', configMap: { name: 'settings', items: [{ key: 'a', path: 'a.txt' }], optional: true } },
          { name: 'secret', secret: { secretName: 'secret', defaultMode: 420 } },
          { name: 'scratch', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
          {
            name: 'all',
            projected: {
              sources: [
                { configMap: { name: 'settings', items: [{ key: 'b', path: 'b.txt' }] } },
                { secret: { name: 'secret' } },
                { serviceAccountToken: { path: 'token', audience: 'hello', expirationSeconds: 3600 } },
                { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
              ],
            },
          },
        ],
        containers: [
          {
            name: 'main',
            image: `${image}:v1`,
            command: ['/run'],
            args: ['--port', '8080'],
            workingDir: '/work',
            env: [
              { name: 'TARGET', value: 'world' },
              { name: 'FROM_MAP', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } },
              { name: 'FROM_SECRET', valueFrom: { secretKeyRef: { name: 'secret', key: 'b', optional: true } } },
            ],
            envFrom: [{ configMapRef: { name: 'settings' }, prefix: 'S_' }, { secretRef: { name: 'secret' } }],
            ports: [{ name: 'http1', containerPort: 8080, protocol: 'TCP' }],
            resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } },
            readinessProbe: { httpGet: { path: '/ready', port: 8080, httpHeaders: [{ name: 'X-Probe', value: '1' }] }, periodSeconds: 5 },
            livenessProbe: { tcpSocket: { port: 8080 }, initialDelaySeconds: 3, periodSeconds: 10 },
            startupProbe: { exec: { command: ['true'] }, failureThreshold: 30 },
            securityContext: {
              runAsUser: 1000,
              runAsGroup: 1000,
              runAsNonRoot: true,
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
              seccompProfile: { type: 'RuntimeDefault' },
            },
            terminationMessagePath: '/dev/termination',
            terminationMessagePolicy: 'File',
            imagePullPolicy: 'Always',
            volumeMounts: [
              { name: 'settings', mountPath: '/settings' },
              { name: 'secret', mountPath: '/secret', readOnly: true, subPath: 'b' },
              { name: 'scratch', mountPath: '/scratch' },
              { name: 'all', mountPath: '/all' },
            ],
          },
          { name: 'helper', image: 'registry.example/helper@sha256:'.concat('a'.repeat(64)), env: [{ name: 'PORT', value: '1' }] },
        ],
      },
    },
    traffic: [
      { latestRevision: true, percent: 90, tag: 'latest' },
      { revisionName: 'hello-first', percent: 10, tag: 'first' },
    ],
  },
};

/** The same with what only feature flags allow. */
export const flaggedService: Json = (() => {
  const out = structuredClone(richService);
  const pod = out.spec.template.spec;
  Object.assign(pod, {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }],
        },
      },
    },
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'node', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { a: 'b' } } },
    ],
    hostAliases: [{ ip: '127.0.0.1', hostnames: ['a.example'] }],
    nodeSelector: { disk: 'fast' },
    tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 5 }],
    runtimeClassName: 'strict',
    dnsPolicy: 'None',
    dnsConfig: { nameservers: ['192.0.2.1'], options: [{ name: 'ndots', value: '2' }] },
    shareProcessNamespace: true,
    hostIPC: true,
    hostPID: true,
    hostNetwork: true,
    priorityClassName: 'high',
    schedulerName: 'other',
    securityContext: {
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 2000,
      runAsNonRoot: true,
      supplementalGroups: [1, 2],
      seccompProfile: { type: 'RuntimeDefault' },
    },
    initContainers: [{ image: 'registry.example/init', command: ['true'], volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] }],
  });
  pod.volumes.push(
    { name: 'claim', persistentVolumeClaim: { claimName: 'claim', readOnly: false } },
    { name: 'host', hostPath: { path: '/var/lib/x', type: 'Directory' } },
    { name: 'driver', csi: { driver: 'x.example', readOnly: true, volumeAttributes: { a: 'b' } } },
    {
      name: 'short',
      ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } } },
    },
    { name: 'files', image: { reference: 'registry.example/files', pullPolicy: 'IfNotPresent' } },
  );
  const [main, helper] = pod.containers;
  main.volumeMounts.push(
    { name: 'claim', mountPath: '/claim', mountPropagation: 'HostToContainer' },
    { name: 'host', mountPath: '/host', readOnly: true },
    { name: 'driver', mountPath: '/driver' },
    { name: 'short', mountPath: '/short' },
    { name: 'files', mountPath: '/files' },
  );
  main.env.push({ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } });
  main.securityContext.capabilities.add = ['NET_ADMIN'];
  helper.readinessProbe = { httpGet: { path: '/', port: 8081 } };
  return out;
})();

/** The revision such a Service makes. */
export const richRevision: Json = {
  ...objectOf('Revision', 'hello-first', structuredClone(richService.spec.template.spec)),
  metadata: {
    name: 'hello-first',
    namespace: 'default',
    labels: { 'serving.knative.dev/configuration': 'hello', app: 'hello' },
    annotations: structuredClone(richService.spec.template.metadata.annotations),
    ownerReferences: [
      {
        apiVersion: 'serving.knative.dev/v1',
        kind: 'Configuration',
        name: 'hello',
        uid: 'a-b-c',
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  },
};

export const richIngress: Json = {
  ...ingress,
  metadata: { ...ingress.metadata, annotations: { 'networking.knative.dev/ingress.class': 'ebb' } },
  spec: {
    httpOption: 'Redirected',
    tls: [{ hosts: ['hello.default.example.com'], secretName: 'tls', secretNamespace: 'default' }],
    rules: [
      {
        hosts: ['hello.default.example.com'],
        visibility: 'ExternalIP',
        http: {
          paths: [
            {
              path: '/',
              rewriteHost: 'hello.internal',
              headers: { 'Knative-Serving-Tag': { exact: 'first' } },
              appendHeaders: { a: 'b' },
              splits: [
                { ...split, percent: 60, appendHeaders: { c: 'd' } },
                { ...split, serviceName: 'hello-00002', servicePort: 'http', percent: 40 },
              ],
            },
          ],
        },
      },
      { hosts: ['hello.default.svc.cluster.local'], visibility: 'ClusterLocal', http: { paths: [{ splits: [split] }] } },
    ],
  },
};

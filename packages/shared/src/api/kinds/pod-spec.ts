import { Type } from 'typebox';
import type { Container, PodSpec } from '../builtin.ts';
import { atomic, bool, int32, int64, intOrString, keyed, list, object, preserved, preservedList, quantities, text } from '../schema.ts';

/** Accepted keys of a revision's pod spec (contract control-plane 1.2); everything else is pruned by the API server. */

const withDefault = (value: string) => Type.String({ default: value });
const keyRef = Type.Object({ key: text, name: Type.Optional(withDefault('')), optional: Type.Optional(bool) });
const nameRef = object({ name: withDefault(''), optional: bool });

const env = Type.Object({
  name: text,
  value: Type.Optional(text),
  valueFrom: Type.Optional(object({ configMapKeyRef: keyRef, secretKeyRef: keyRef, fieldRef: preserved(), resourceFieldRef: preserved() })),
});

const httpGet = object({
  host: text,
  httpHeaders: atomic(Type.Object({ name: text, value: text })),
  path: text,
  port: intOrString,
  scheme: text,
});

const probe = object({
  exec: object({ command: atomic(text) }),
  failureThreshold: int32,
  grpc: object({ port: int32, service: withDefault('') }),
  httpGet,
  initialDelaySeconds: int32,
  periodSeconds: int32,
  successThreshold: int32,
  tcpSocket: object({ host: text, port: intOrString }),
  timeoutSeconds: int32,
});

const securityContext = object({
  allowPrivilegeEscalation: bool,
  capabilities: object({ add: atomic(text), drop: atomic(text) }),
  privileged: bool,
  readOnlyRootFilesystem: bool,
  runAsGroup: int64,
  runAsNonRoot: bool,
  runAsUser: int64,
  seccompProfile: Type.Object({ type: text, localhostProfile: Type.Optional(text) }),
});

const container = object({
  args: atomic(text),
  command: atomic(text),
  env: keyed(env, 'name'),
  envFrom: atomic(object({ configMapRef: nameRef, prefix: text, secretRef: nameRef })),
  image: text,
  imagePullPolicy: text,
  livenessProbe: probe,
  name: text,
  ports: list(object({ containerPort: int32, name: text, protocol: withDefault('TCP') })),
  readinessProbe: probe,
  resources: object({ limits: quantities, requests: quantities }),
  securityContext,
  startupProbe: probe,
  terminationMessagePath: text,
  terminationMessagePolicy: text,
  volumeMounts: keyed(
    Type.Object({
      mountPath: text,
      name: text,
      mountPropagation: Type.Optional(text),
      readOnly: Type.Optional(bool),
      subPath: Type.Optional(text),
    }),
    'mountPath',
  ),
  workingDir: text,
});

const items = atomic(Type.Object({ key: text, path: text, mode: Type.Optional(int32) }));
const downwardItems = atomic(
  Type.Object({
    path: text,
    fieldRef: Type.Optional(preserved()),
    mode: Type.Optional(int32),
    resourceFieldRef: Type.Optional(preserved()),
  }),
);

const volume = Type.Object({
  name: text,
  configMap: Type.Optional(object({ defaultMode: int32, items, name: withDefault(''), optional: bool })),
  secret: Type.Optional(object({ defaultMode: int32, items, optional: bool, secretName: text })),
  projected: Type.Optional(
    object({
      defaultMode: int32,
      sources: atomic(
        object({
          configMap: object({ items, name: withDefault(''), optional: bool }),
          downwardAPI: object({ items: downwardItems }),
          secret: object({ items, name: withDefault(''), optional: bool }),
          serviceAccountToken: Type.Object({ path: text, audience: Type.Optional(text), expirationSeconds: Type.Optional(int64) }),
        }),
      ),
    }),
  ),
  csi: Type.Optional(preserved()),
  emptyDir: Type.Optional(preserved()),
  ephemeral: Type.Optional(preserved()),
  hostPath: Type.Optional(preserved()),
  image: Type.Optional(preserved()),
  persistentVolumeClaim: Type.Optional(preserved()),
});

/** RevisionSpec's schema. Containers and volumes have Kubernetes' own types: they become a pod's. */
export const revisionSpec = Type.Object({
  affinity: Type.Optional(preserved<NonNullable<PodSpec['affinity']>>()),
  automountServiceAccountToken: Type.Optional(bool),
  containerConcurrency: Type.Optional(int64),
  containers: Type.Unsafe<Container[]>(list(container)),
  dnsConfig: Type.Optional(preserved<NonNullable<PodSpec['dnsConfig']>>()),
  dnsPolicy: Type.Optional(text),
  enableServiceLinks: Type.Optional(bool),
  hostAliases: Type.Optional(preservedList<NonNullable<PodSpec['hostAliases']>[number]>()),
  hostIPC: Type.Optional(bool),
  hostNetwork: Type.Optional(bool),
  hostPID: Type.Optional(bool),
  idleTimeoutSeconds: Type.Optional(int64),
  imagePullSecrets: Type.Optional(keyed(object({ name: withDefault('') }), 'name')),
  initContainers: Type.Optional(preservedList<Container>()),
  nodeSelector: Type.Optional(Type.Unsafe<Record<string, string>>({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true })),
  priorityClassName: Type.Optional(text),
  responseStartTimeoutSeconds: Type.Optional(int64),
  runtimeClassName: Type.Optional(text),
  schedulerName: Type.Optional(text),
  securityContext: Type.Optional(preserved<NonNullable<PodSpec['securityContext']>>()),
  serviceAccountName: Type.Optional(text),
  shareProcessNamespace: Type.Optional(bool),
  timeoutSeconds: Type.Optional(int64),
  tolerations: Type.Optional(preservedList<NonNullable<PodSpec['tolerations']>[number]>()),
  topologySpreadConstraints: Type.Optional(preservedList<NonNullable<PodSpec['topologySpreadConstraints']>[number]>()),
  volumes: Type.Optional(Type.Unsafe<NonNullable<PodSpec['volumes']>>(keyed(volume, 'name'))),
});

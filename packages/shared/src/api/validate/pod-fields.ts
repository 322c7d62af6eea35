import type { FeatureName, FeaturesConfig } from '../../config/features.ts';
import type { Loose } from '../defaults/context.ts';
import { disallowed, type FieldErrors } from './field-error.ts';
import { isSet, ofRevisionSpec } from './semantic.ts';

/** When a field may be set: always, with a flag that is not Disabled, or by a rule of its own. */
type Allowed = true | FeatureName | ((value: unknown, features: FeaturesConfig) => boolean);

const on = (flag: FeatureName, features: FeaturesConfig): boolean => features[flag] !== 'Disabled';
const onlyFalse = (value: unknown): boolean => value === false;

/** Whether anything may stand in a pod's securityContext. */
const podSecurityAllowed = (features: FeaturesConfig): boolean =>
  on('kubernetes.podspec-securitycontext', features) || on('secure-pod-defaults', features);

const all = (...names: string[]): Record<string, Allowed> => Object.fromEntries(names.map((n) => [n, true]));

/**
 * What may stand where in a revision's pod (contract control-plane 4.5): the one list of it. A field that is not here
 * is refused.
 */
export const podFields = {
  spec: {
    ...all('serviceAccountName', 'containers', 'volumes', 'imagePullSecrets', 'enableServiceLinks', ...ofRevisionSpec),
    automountServiceAccountToken: onlyFalse,
    affinity: 'kubernetes.podspec-affinity',
    topologySpreadConstraints: 'kubernetes.podspec-topologyspreadconstraints',
    hostAliases: 'kubernetes.podspec-hostaliases',
    nodeSelector: 'kubernetes.podspec-nodeselector',
    runtimeClassName: 'kubernetes.podspec-runtimeclassname',
    tolerations: 'kubernetes.podspec-tolerations',
    shareProcessNamespace: 'kubernetes.podspec-shareprocessnamespace',
    priorityClassName: 'kubernetes.podspec-priorityclassname',
    schedulerName: 'kubernetes.podspec-schedulername',
    initContainers: 'kubernetes.podspec-init-containers',
    dnsPolicy: 'kubernetes.podspec-dnspolicy',
    dnsConfig: 'kubernetes.podspec-dnsconfig',
    hostIPC: 'kubernetes.podspec-hostipc',
    hostPID: 'kubernetes.podspec-hostpid',
    hostNetwork: 'kubernetes.podspec-hostnetwork',
    securityContext: (_value, features) => podSecurityAllowed(features),
  },
  podSecurityContext: {
    ...Object.fromEntries(
      ['runAsUser', 'runAsGroup', 'runAsNonRoot', 'fsGroup', 'supplementalGroups'].map((f) => [f, 'kubernetes.podspec-securitycontext']),
    ),
    seccompProfile: (value, features) =>
      on('kubernetes.podspec-securitycontext', features) ||
      (on('secure-pod-defaults', features) &&
        ['RuntimeDefault', 'Unconfined'].includes(String((value as Loose).type)) &&
        (value as Loose).localhostProfile === undefined),
  },
  container: all(
    ...['args', 'command', 'env', 'envFrom', 'image', 'imagePullPolicy', 'livenessProbe', 'name', 'ports', 'readinessProbe', 'resources'],
    ...['securityContext', 'startupProbe', 'terminationMessagePath', 'terminationMessagePolicy', 'volumeMounts', 'workingDir'],
  ),
  containerSecurityContext: {
    ...all(
      'capabilities',
      'readOnlyRootFilesystem',
      'runAsUser',
      'runAsGroup',
      'runAsNonRoot',
      'allowPrivilegeEscalation',
      'seccompProfile',
    ),
    privileged: onlyFalse,
  },
  capabilities: {
    drop: true,
    add: (value, features) =>
      features['kubernetes.containerspec-addcapabilities'] === 'Enabled' ||
      (on('secure-pod-defaults', features) && Array.isArray(value) && value.length === 1 && value[0] === 'NET_BIND_SERVICE'),
  },
  ports: all('containerPort', 'name', 'protocol'),
  resources: all('limits', 'requests'),
  probe: all(
    ...['httpGet', 'tcpSocket', 'exec', 'grpc', 'initialDelaySeconds', 'periodSeconds'],
    ...['timeoutSeconds', 'successThreshold', 'failureThreshold', 'terminationGracePeriodSeconds'],
  ),
  env: all('name', 'value', 'valueFrom'),
  valueFrom: {
    ...all('configMapKeyRef', 'secretKeyRef'),
    fieldRef: 'kubernetes.podspec-fieldref',
    resourceFieldRef: 'kubernetes.podspec-fieldref',
  },
  envFrom: all('configMapRef', 'prefix', 'secretRef'),
  volumes: {
    ...all('name', 'configMap', 'projected', 'secret'),
    emptyDir: 'kubernetes.podspec-volumes-emptydir',
    persistentVolumeClaim: 'kubernetes.podspec-persistent-volume-claim',
    hostPath: 'kubernetes.podspec-volumes-hostpath',
    csi: 'kubernetes.podspec-volumes-csi',
    ephemeral: 'kubernetes.podspec-volumes-ephemeral',
    image: 'kubernetes.podspec-volumes-image',
  },
  volumeMounts: {
    ...all('mountPath', 'name', 'readOnly', 'subPath'),
    mountPropagation: 'kubernetes.podspec-volumes-mount-propagation',
  },
} as const satisfies Record<string, Record<string, Allowed>>;

/** The fields of a decoded object that may not be set where it stands, told as one error with sorted paths. */
export function validateFields(where: keyof typeof podFields, object: Loose, features: FeaturesConfig): FieldErrors {
  const table: Record<string, Allowed> = podFields[where];
  const wrong = Object.entries(object)
    .filter(([name, value]) => {
      const allowed = Object.hasOwn(table, name) ? table[name] : undefined;
      if (!isSet(value) || allowed === true) return false;
      if (allowed === undefined) return true;
      return typeof allowed === 'function' ? !allowed(value, features) : !on(allowed, features);
    })
    .map(([name]) => name)
    .sort();
  return wrong.length ? disallowed(...wrong) : [];
}

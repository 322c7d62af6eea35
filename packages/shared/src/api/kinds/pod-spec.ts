import { Type } from 'typebox';
import type { Container, PodSpec } from '../builtin.ts';
import { bool, int64, keyed, list, object, preserved, preservedList, required, text, textMap, whole } from '../schema.ts';
import { container } from './container.ts';
import { volumes } from './volume.ts';

const needs = (flag: string): string => `Needs the feature flag kubernetes.podspec-${flag}.`;
type Field<K extends keyof PodSpec> = NonNullable<PodSpec[K]>;
type Entry<K extends keyof PodSpec> = Field<K> extends readonly (infer E)[] ? E : never;

/**
 * RevisionSpec's schema: the accepted keys (contract control-plane 1.2); everything else is pruned by the API server.
 * Containers and volumes have Kubernetes' own types: they become a pod's.
 */
export const revisionSpec = required(
  'What runs, and how requests reach it. A revision never changes it.',
  { containers: Type.Unsafe<Container[]>(list('The containers; the one with a port gets the requests.', container)) },
  {
    affinity: preserved<Field<'affinity'>>(`Which nodes and neighbours the pods prefer or need. ${needs('affinity')}`),
    automountServiceAccountToken: bool('May only be set to false: the pods get no token of their service account.'),
    containerConcurrency: int64(
      'Requests a pod works on at the same time; more wait. 0: no limit. Default: container-concurrency of config-defaults (0).',
    ),
    dnsConfig: preserved<Field<'dnsConfig'>>(`Name servers and search domains of the pods. ${needs('dnsconfig')}`),
    dnsPolicy: text(`How the pods resolve names. ${needs('dnspolicy')}`),
    enableServiceLinks: bool(
      'Whether the services of the namespace become environment variables. Default: enable-service-links of config-defaults (false).',
    ),
    hostAliases: preservedList<Entry<'hostAliases'>>(`Lines of the pods' hosts file. ${needs('hostaliases')}`),
    hostIPC: bool(`Whether the pods share the node's IPC. ${needs('hostipc')}`),
    hostNetwork: bool(`Whether the pods share the node's network. ${needs('hostnetwork')}`),
    hostPID: bool(`Whether the pods see the node's processes. ${needs('hostpid')}`),
    idleTimeoutSeconds: int64(
      'Seconds a request may stay without a byte of the response. 0: no limit. Default: revision-idle-timeout-seconds of config-defaults (0).',
    ),
    imagePullSecrets: keyed(
      'Secrets of the namespace with which images are pulled and their digests looked up.',
      object('A secret.', { name: text('The name of the secret.', { default: '' }) }, whole),
      'name',
    ),
    initContainers: preservedList<Container>(
      `Containers that run one after the other before the others start. ${needs('init-containers')}`,
    ),
    nodeSelector: textMap(`Labels of the nodes the pods may run on. ${needs('nodeselector')}`, whole),
    priorityClassName: text(`The priority class of the pods. ${needs('priorityclassname')}`),
    responseStartTimeoutSeconds: int64(
      'Seconds until the first byte of the response must have come. Default: revision-response-start-timeout-seconds of config-defaults, where that is less than timeoutSeconds.',
    ),
    runtimeClassName: text(`The runtime class of the pods. ${needs('runtimeclassname')}`),
    schedulerName: text(`The scheduler that places the pods. ${needs('schedulername')}`),
    securityContext: preserved<Field<'securityContext'>>(
      `What the processes of all containers may do: user, group, seccomp profile. ${needs('securitycontext')}`,
    ),
    serviceAccountName: text('The service account of the pods. Default: default.'),
    shareProcessNamespace: bool(`Whether the containers of a pod see each other's processes. ${needs('shareprocessnamespace')}`),
    timeoutSeconds: int64(
      'Seconds a request may take in all. Default: revision-timeout-seconds of config-defaults (300); at most its max-revision-timeout-seconds (600).',
    ),
    tolerations: preservedList<Entry<'tolerations'>>(`Taints of nodes the pods put up with. ${needs('tolerations')}`),
    topologySpreadConstraints: preservedList<Entry<'topologySpreadConstraints'>>(
      `How the pods spread over nodes and zones. ${needs('topologyspreadconstraints')}`,
    ),
    volumes: Type.Unsafe<Field<'volumes'>>(volumes),
  },
);

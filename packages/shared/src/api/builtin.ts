import type * as k8s from '@kubernetes/client-node';
import type { Json, Kind, KubeObject, ObjectMeta } from './meta.ts';

type Builtin<T> = Omit<Json<T>, 'metadata' | 'apiVersion' | 'kind'> & KubeObject & { metadata: ObjectMeta };

export type Deployment = Builtin<k8s.V1Deployment>;
export type HorizontalPodAutoscaler = Builtin<k8s.V2HorizontalPodAutoscaler>;
export type Pod = Builtin<k8s.V1Pod>;
export type PodSpec = Json<k8s.V1PodSpec>;
export type Container = Json<k8s.V1Container>;
export type Probe = Json<k8s.V1Probe>;
export type KubeService = Builtin<k8s.V1Service>;
export type Endpoints = Builtin<k8s.V1Endpoints>;
export type EndpointSubset = Json<k8s.V1EndpointSubset>;
export type EndpointSlice = Builtin<k8s.V1EndpointSlice>;
export type ConfigMap = Builtin<k8s.V1ConfigMap>;
export type Secret = Builtin<k8s.V1Secret>;
export type ServiceAccount = Builtin<k8s.V1ServiceAccount>;
export type Namespace = Builtin<k8s.V1Namespace>;
export type Lease = Builtin<k8s.V1Lease>;
export type TokenReview = Builtin<k8s.V1TokenReview>;
export type KubeEvent = Builtin<k8s.CoreV1Event>;
export type MutatingWebhookConfiguration = Builtin<k8s.V1MutatingWebhookConfiguration>;
export type ValidatingWebhookConfiguration = Builtin<k8s.V1ValidatingWebhookConfiguration>;

function kind<T extends KubeObject>(group: string, version: string, name: string, plural: string, namespaced = true): Kind<T> {
  return { group, version, kind: name, plural, namespaced };
}

/** The Kubernetes types Ebb reads or writes. */
export const builtin = {
  Deployment: kind<Deployment>('apps', 'v1', 'Deployment', 'deployments'),
  HorizontalPodAutoscaler: kind<HorizontalPodAutoscaler>('autoscaling', 'v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
  Pod: kind<Pod>('', 'v1', 'Pod', 'pods'),
  Service: kind<KubeService>('', 'v1', 'Service', 'services'),
  Endpoints: kind<Endpoints>('', 'v1', 'Endpoints', 'endpoints'),
  EndpointSlice: kind<EndpointSlice>('discovery.k8s.io', 'v1', 'EndpointSlice', 'endpointslices'),
  ConfigMap: kind<ConfigMap>('', 'v1', 'ConfigMap', 'configmaps'),
  Secret: kind<Secret>('', 'v1', 'Secret', 'secrets'),
  ServiceAccount: kind<ServiceAccount>('', 'v1', 'ServiceAccount', 'serviceaccounts'),
  Namespace: kind<Namespace>('', 'v1', 'Namespace', 'namespaces', false),
  Lease: kind<Lease>('coordination.k8s.io', 'v1', 'Lease', 'leases'),
  Event: kind<KubeEvent>('', 'v1', 'Event', 'events'),
  TokenReview: kind<TokenReview>('authentication.k8s.io', 'v1', 'TokenReview', 'tokenreviews', false),
  MutatingWebhookConfiguration: kind<MutatingWebhookConfiguration>(
    'admissionregistration.k8s.io',
    'v1',
    'MutatingWebhookConfiguration',
    'mutatingwebhookconfigurations',
    false,
  ),
  ValidatingWebhookConfiguration: kind<ValidatingWebhookConfiguration>(
    'admissionregistration.k8s.io',
    'v1',
    'ValidatingWebhookConfiguration',
    'validatingwebhookconfigurations',
    false,
  ),
} as const;

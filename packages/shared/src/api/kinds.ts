import type { Image } from './kinds/caching.ts';
import type { Certificate, ClusterDomainClaim, Ingress, ServerlessService } from './kinds/networking.ts';
import type { Metric, PodAutoscaler } from './kinds/scaling.ts';
import type { Configuration, DomainMapping, Revision, Route, Service } from './kinds/serving.ts';
import type { Kind, KubeObject } from './meta.ts';

export type * from './kinds/caching.ts';
export type * from './kinds/networking.ts';
export type * from './kinds/scaling.ts';
export type * from './kinds/serving.ts';

const kind = <T extends KubeObject>(group: string, version: string, name: string, plural: string, namespaced = true): Kind<T> => ({
  group,
  version,
  kind: name,
  plural,
  namespaced,
});

const serving = 'serving.knative.dev';
const autoscaling = 'autoscaling.internal.knative.dev';
const networking = 'networking.internal.knative.dev';

/** The twelve kinds of the contract (control-plane 1.1). Their schemas are in api/kinds/, their columns in api/crds-facts.ts. */
export const kinds = {
  Service: kind<Service>(serving, 'v1', 'Service', 'services'),
  Configuration: kind<Configuration>(serving, 'v1', 'Configuration', 'configurations'),
  Revision: kind<Revision>(serving, 'v1', 'Revision', 'revisions'),
  Route: kind<Route>(serving, 'v1', 'Route', 'routes'),
  DomainMapping: kind<DomainMapping>(serving, 'v1beta1', 'DomainMapping', 'domainmappings'),
  PodAutoscaler: kind<PodAutoscaler>(autoscaling, 'v1alpha1', 'PodAutoscaler', 'podautoscalers'),
  Metric: kind<Metric>(autoscaling, 'v1alpha1', 'Metric', 'metrics'),
  Ingress: kind<Ingress>(networking, 'v1alpha1', 'Ingress', 'ingresses'),
  Certificate: kind<Certificate>(networking, 'v1alpha1', 'Certificate', 'certificates'),
  ServerlessService: kind<ServerlessService>(networking, 'v1alpha1', 'ServerlessService', 'serverlessservices'),
  ClusterDomainClaim: kind<ClusterDomainClaim>(networking, 'v1alpha1', 'ClusterDomainClaim', 'clusterdomainclaims', false),
  Image: kind<Image>('caching.internal.knative.dev', 'v1alpha1', 'Image', 'images'),
} as const;

export type KindName = keyof typeof kinds;

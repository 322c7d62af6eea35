import { conditionSet } from './conditions.ts';

/** The condition set of each kind, dependents in declared order (contract control-plane 1.4). */
export const conditionSets = {
  Service: conditionSet('Ready', ['ConfigurationsReady', 'RoutesReady']),
  Configuration: conditionSet('Ready', []),
  Revision: conditionSet('Ready', ['ResourcesAvailable', 'ContainerHealthy']),
  Route: conditionSet('Ready', ['AllTrafficAssigned', 'IngressReady', 'CertificateProvisioned']),
  DomainMapping: conditionSet('Ready', ['DomainClaimed', 'ReferenceResolved', 'IngressReady', 'CertificateProvisioned']),
  PodAutoscaler: conditionSet('Ready', ['Active', 'ScaleTargetInitialized', 'SKSReady']),
  ServerlessService: conditionSet('Ready', ['EndpointsPopulated']),
  Ingress: conditionSet('Ready', ['NetworkConfigured', 'LoadBalancerReady']),
  Metric: conditionSet('Ready', []),
} as const;

/** The namespace of the components: SYSTEM_NAMESPACE, or the contract's default. */
export const defaultSystemNamespace = 'knative-serving';
/** CLUSTER_DOMAIN's default (contract control-plane, head). */
export const defaultClusterDomain = 'cluster.local';
/** The class of Ebb's own gateway, the stock value of config-network `ingress-class` in deploy/config. */
export const ebbIngressClass = 'ebb.ingress.networking.knative.dev';
export const kpaClass = 'kpa.autoscaling.knative.dev';
export const hpaClass = 'hpa.autoscaling.knative.dev';

/** The audience of the token by which a pod proves to activators who it is. */
export const announcementAudience = 'ebb';

/** The DNS name of a Service inside the cluster. */
export function serviceHost(name: string, namespace: string, clusterDomain: string): string {
  return `${name}.${namespace}.svc.${clusterDomain}`;
}

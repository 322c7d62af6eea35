import type { Endpoints, KubeService } from '@ebb/shared/api/builtin.ts';
import type { Ingress, LoadBalancer, Route } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { ownerReference } from '@ebb/shared/api/meta.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import type { Target } from './hosts.ts';

type Entry = NonNullable<LoadBalancer['ingress']>[number];

const port = { name: 'http2', port: ports.serviceHttp, targetPort: ports.serviceHttp, appProtocol: 'kubernetes.io/h2c', protocol: 'TCP' };

/** Where the ingress says it is reached: its private load balancer if it has one; exactly one entry counts. */
export function loadBalancerOf(ingress: Ingress | undefined, local: boolean): Entry | undefined {
  const status = ingress?.status;
  const lb = status?.privateLoadBalancer?.ingress?.length || local ? status?.privateLoadBalancer : status?.publicLoadBalancer;
  return lb?.ingress?.length === 1 ? lb.ingress[0] : undefined;
}

/** The placeholder Service of a target (contract control-plane 7.5.4): a name inside the cluster for the Route. */
export function placeholderOf(route: Route, target: Target, entry: Entry | undefined): { service: KubeService; endpoints?: Endpoints } {
  const { [labels.visibility]: _, ...inherited } = route.metadata.labels ?? {};
  const metadata = {
    name: target.hostname,
    namespace: route.metadata.namespace,
    labels: { ...inherited, [labels.route]: route.metadata.name },
    annotations: { ...route.metadata.annotations },
    ownerReferences: [ownerReference(route)],
  };
  const service = (spec: KubeService['spec']): KubeService => ({ apiVersion: 'v1', kind: 'Service', metadata, spec });
  const external = (name: string) => service({ type: 'ExternalName', externalName: name, sessionAffinity: 'None', ports: [port] });
  if (entry?.ip) {
    return {
      service: service({ type: 'ClusterIP', clusterIP: 'None', ports: [port] }),
      endpoints: {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata,
        subsets: [
          { addresses: [{ ip: entry.ip }], ports: [{ name: port.name, port: port.port, appProtocol: port.appProtocol, protocol: 'TCP' }] },
        ],
      },
    };
  }
  if (entry?.meshOnly)
    return { service: service({ type: 'ClusterIP', ports: [{ name: 'http', port: ports.serviceHttp, protocol: 'TCP' }] }) };
  return { service: external(entry?.domainInternal || entry?.domain || target.host) };
}

/** Whether a live Service can be updated to the wanted one, or must be made anew: type and cluster IP cannot change. */
export function needsNew(live: KubeService, wanted: KubeService): boolean {
  const external = (s: KubeService) => s.spec?.type === 'ExternalName';
  if (!external(live) && external(wanted)) return true;
  return !external(live) && !external(wanted) && (live.spec?.clusterIP === 'None') !== (wanted.spec?.clusterIP === 'None');
}

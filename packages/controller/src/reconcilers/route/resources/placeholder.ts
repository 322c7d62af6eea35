import { builtin, type Endpoints, type KubeService } from '@ebb/shared/api/builtin.ts';
import type { Ingress, LoadBalancer, Route } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { ownerReference } from '@ebb/shared/api/meta.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import type { Write } from '@ebb/shared/kube/reconciler.ts';
import { jsonEqual } from '@ebb/shared/lib/equal.ts';
import type { Target } from './hosts.ts';

type Entry = NonNullable<LoadBalancer['ingress']>[number];

const port = { name: 'http2', port: ports.serviceHttp, targetPort: ports.serviceHttp, appProtocol: 'kubernetes.io/h2c', protocol: 'TCP' };

/** Where the ingress says it is reached: its private load balancer if it has one; exactly one entry counts. */
function loadBalancerOf(ingress: Ingress | undefined, local: boolean): Entry | undefined {
  const status = ingress?.status;
  const lb = status?.privateLoadBalancer?.ingress?.length || local ? status?.privateLoadBalancer : status?.publicLoadBalancer;
  const [entry, ...more] = lb?.ingress ?? [];
  const known = entry && (entry.ip || entry.domainInternal || entry.domain || entry.meshOnly);
  return known && more.length === 0 ? entry : undefined;
}

/** The placeholder of a target (contract control-plane 7.5.4): a name inside the cluster for the Route. */
function placeholderOf(route: Route, target: Target, entry: Entry | undefined): { service: KubeService; endpoints?: Endpoints } {
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
  const name = entry?.domainInternal || entry?.domain;
  if (entry && !name)
    return { service: service({ type: 'ClusterIP', ports: [{ name: 'http', port: ports.serviceHttp, protocol: 'TCP' }] }) };
  return { service: external(name ?? target.host) };
}

/** Whether a live Service can be updated to the wanted one, or must be made anew: type and cluster IP cannot change. */
function needsNew(live: KubeService, wanted: KubeService): boolean {
  const external = (s: KubeService) => s.spec?.type === 'ExternalName';
  if (!external(live) && external(wanted)) return true;
  return !external(live) && !external(wanted) && (live.spec?.clusterIP === 'None') !== (wanted.spec?.clusterIP === 'None');
}

export interface Live {
  ingress?: Ingress;
  service?: KubeService;
  endpoints?: Endpoints;
}

/** The writes that make a target's placeholder, and once the ingress says where it is reached, lead it there. */
export function placeholderWrites(route: Route, target: Target, live: Live): Write[] {
  const entry = loadBalancerOf(live.ingress, target.local);
  const { service, endpoints } = placeholderOf(route, target, entry);
  const { namespace } = route.metadata;
  const create: Write = { verb: 'create', kind: builtin.Service, object: service };
  if (!live.service) {
    const quoted = JSON.stringify(target.hostname);
    return [
      {
        ...create,
        event: { type: 'Normal', reason: 'Created', message: `Created placeholder service ${quoted}` },
        failed: (error: Error) => {
          const message = `Failed to create placeholder service ${quoted}: ${error.message}`;
          return { event: { type: 'Warning', reason: 'CreationFailed', message } };
        },
        doing: 'failed to create placeholder service',
      },
      ...endpointsWrites(endpoints, live.endpoints, namespace),
    ];
  }
  // Without a load balancer the placeholder stays where it led before.
  if (!entry) return [];
  const { name, uid } = live.service.metadata;
  const written: Write[] = needsNew(live.service, service)
    ? [{ verb: 'delete', kind: builtin.Service, namespace, name, uid }, create]
    : update(live.service, service);
  return [...written, ...endpointsWrites(endpoints, live.endpoints, namespace)];
}

/** A placeholder of a gateway's address has Endpoints by its name, any other has none. */
function endpointsWrites(wanted: Endpoints | undefined, live: Endpoints | undefined, namespace: string): Write[] {
  const kind = builtin.Endpoints;
  if (!wanted) return live ? [{ verb: 'delete', kind, namespace, name: live.metadata.name, uid: live.metadata.uid }] : [];
  if (!live) return [{ verb: 'create', kind, object: wanted }];
  if (jsonEqual(live.subsets, wanted.subsets)) return [];
  return [{ verb: 'update', kind, object: { ...wanted, metadata: live.metadata } }];
}

/** The writes that remove the placeholder of a tag that went. */
export function removalWrites(service: KubeService, endpoints: Endpoints | undefined): Write[] {
  const { namespace, name, uid } = service.metadata;
  const removal: Write = { verb: 'delete', kind: builtin.Service, namespace, name, uid, doing: 'failed to delete Service' };
  return [removal, ...endpointsWrites(undefined, endpoints, namespace)];
}

function update(live: KubeService, wanted: KubeService): Write[] {
  // Labels and annotations are a union: what others put there stays (contract 2.4).
  const metadata = {
    ...live.metadata,
    labels: { ...live.metadata.labels, ...wanted.metadata.labels },
    annotations: { ...live.metadata.annotations, ...wanted.metadata.annotations },
  };
  const kept = wanted.spec?.type === 'ClusterIP' ? { clusterIP: live.spec?.clusterIP, clusterIPs: live.spec?.clusterIPs } : {};
  const relevant = ({ spec }: KubeService) => [
    spec?.type,
    spec?.externalName ?? '',
    spec?.ports?.map((p) => [p.name, p.port, p.appProtocol]),
  ];
  const same =
    jsonEqual(relevant(live), relevant(wanted)) &&
    jsonEqual(live.metadata.labels ?? {}, metadata.labels) &&
    jsonEqual(live.metadata.annotations ?? {}, metadata.annotations);
  return same ? [] : [{ verb: 'update', kind: builtin.Service, object: { ...live, metadata, spec: { ...wanted.spec, ...kept } } }];
}

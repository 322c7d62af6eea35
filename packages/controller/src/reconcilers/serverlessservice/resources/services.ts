import type { KubeService } from '@ebb/shared/api/builtin.ts';
import type { ServerlessService } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { ownerReference } from '@ebb/shared/api/meta.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import { childName } from '@ebb/shared/lib/child-name.ts';

export const privateName = (sks: ServerlessService): string => childName(sks.metadata.name, '-private');

/** `http2` for h2c, `http` otherwise: names of service ports and of the endpoint ports behind them. */
export const portName = (sks: ServerlessService): 'http' | 'http2' => (sks.spec.protocolType === 'h2c' ? 'http2' : 'http');
export const targetPort = (sks: ServerlessService): number => (sks.spec.protocolType === 'h2c' ? ports.h2c : ports.http1);

const appProtocol = (sks: ServerlessService) => (sks.spec.protocolType === 'h2c' ? { appProtocol: 'kubernetes.io/h2c' } : {});

export function metadataOf(sks: ServerlessService, name: string, type: 'Public' | 'Private') {
  return {
    name,
    namespace: sks.metadata.namespace,
    labels: { ...sks.metadata.labels, [labels.serverlessService]: sks.metadata.name, [labels.serviceType]: type },
    annotations: { ...sks.metadata.annotations },
    ownerReferences: [ownerReference(sks)],
  };
}

/** The Service that selects the revision's pods (contract 7.8, "SKS"). */
export function privateServiceOf(sks: ServerlessService, selector: Record<string, string>): KubeService {
  const name = portName(sks);
  const target = targetPort(sks);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(sks, privateName(sks), 'Private'),
    spec: {
      selector,
      ports: [
        { name, protocol: 'TCP', port: ports.serviceHttp, targetPort: target, ...appProtocol(sks) },
        { name: 'https', protocol: 'TCP', port: ports.serviceHttps, targetPort: ports.https },
        { name: 'http-autometric', protocol: 'TCP', port: ports.autometric, targetPort: 'http-autometric' },
        { name: 'http-usermetric', protocol: 'TCP', port: ports.usermetric, targetPort: 'http-usermetric' },
        { name: `${name}-istio`, protocol: 'TCP', port: target, targetPort: target },
      ],
    },
  };
}

/** The Service that the ingress routes to; its Endpoints are ours. */
export function publicServiceOf(sks: ServerlessService): KubeService {
  const port = sks.spec.protocolType === 'h2c' ? ports.serviceH2c : ports.serviceHttp;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(sks, sks.metadata.name, 'Public'),
    spec: {
      ports: [
        { name: portName(sks), protocol: 'TCP', port, targetPort: targetPort(sks), ...appProtocol(sks) },
        { name: 'https', protocol: 'TCP', port: ports.serviceHttps, targetPort: ports.https },
      ],
    },
  };
}

import type { Endpoints, KubeService } from '@ebb/shared/api/builtin.ts';
import type { Ingress, IngressPath, IngressRule, IngressSplit } from '@ebb/shared/api/kinds.ts';
import { ebbIngressClass } from '@ebb/shared/api/system.ts';

const namespace = 'ns';

/** A split to port 80 of a Service. */
export const split = (serviceName: string, more: Partial<IngressSplit> = {}): IngressSplit => ({
  serviceName,
  serviceNamespace: namespace,
  servicePort: 80,
  percent: 100,
  ...more,
});

/** A rule for people outside; `more` changes that. */
export const rule = (hosts: string[], paths: IngressPath[], more: Partial<IngressRule> = {}): IngressRule => ({
  hosts,
  visibility: 'ExternalIP',
  http: { paths },
  ...more,
});

export function ingress(name: string, rules: IngressRule[], more: Partial<Ingress['spec']> = {}): Ingress {
  return {
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'Ingress',
    metadata: {
      name,
      namespace,
      uid: name,
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      annotations: { 'networking.knative.dev/ingress.class': ebbIngressClass },
    },
    spec: { httpOption: 'Enabled', rules, ...more },
  };
}

/** A Service with port 80, of this name. */
export const service = (name: string, portName = 'http'): KubeService => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { ports: [{ name: portName, port: 80 }] },
});

export const endpoints = (name: string, ...at: { host?: string; port: number; portName?: string }[]): Endpoints => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name, namespace },
  subsets: at.map(({ host = '127.0.0.1', port, portName = 'http' }) => ({
    addresses: [{ ip: host }],
    ports: [{ name: portName, port }],
  })),
});

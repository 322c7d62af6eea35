import type { ServedKind } from '../api/validate/index.ts';

export const image = 'example.com/hello';
export const template = { spec: { containers: [{ image }] } };
/** Of what a PodAutoscaler or ServerlessService is for. */
export const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello' };
/** Of an Ingress. */
export const split = { serviceNamespace: 'default', serviceName: 's', servicePort: 80, percent: 100 };

/** A spec of each kind that passes validation. */
export const goodSpecs: Record<ServedKind, Record<string, unknown>> = {
  Service: { template, traffic: [{ latestRevision: true, percent: 100 }] },
  Configuration: { template },
  Route: { traffic: [{ configurationName: 'hello', latestRevision: true, percent: 100 }] },
  Revision: template.spec,
  DomainMapping: { ref: { name: 'hello', kind: 'Service', apiVersion: 'serving.knative.dev/v1' } },
  PodAutoscaler: { scaleTargetRef: reference, protocolType: 'http1' },
  Metric: { stableWindow: 1, panicWindow: 1, scrapeTarget: 'x' },
  ServerlessService: { mode: 'Serve', objectRef: reference, protocolType: 'h2c' },
  Ingress: { rules: [{ hosts: ['a'], http: { paths: [{ splits: [split] }] } }] },
  Certificate: { dnsNames: ['a.example.com'], secretName: 's' },
};

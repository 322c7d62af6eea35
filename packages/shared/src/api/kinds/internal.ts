import { type Static, Type } from 'typebox';
import type { KubeObject } from '../meta.ts';
import { bool, commonStatus, int32, int64, intOrString, list, object, text, textMap } from '../schema.ts';

/** The kinds components talk through: autoscaling.internal, networking.internal, caching.internal (contract 1.3). */

const objectRef = object({ apiVersion: text, kind: text, name: text });
const protocol = Type.Unsafe<'http1' | 'h2c'>({ type: 'string' });

export const podAutoscalerSchemas = {
  spec: Type.Object({
    containerConcurrency: Type.Optional(int64),
    scaleTargetRef: objectRef,
    reachability: Type.Optional(Type.Unsafe<'' | 'Reachable' | 'Unreachable'>({ type: 'string' })),
    protocolType: protocol,
  }),
  status: Type.Object({
    ...commonStatus,
    serviceName: text,
    metricsServiceName: text,
    desiredScale: Type.Optional(int32),
    actualScale: Type.Optional(int32),
  }),
};

export const metricSchemas = {
  spec: Type.Object({ stableWindow: int64, panicWindow: int64, scrapeTarget: text }),
  status: Type.Object({ ...commonStatus }),
};

export const serverlessServiceSchemas = {
  spec: Type.Object({
    mode: Type.Optional(Type.Unsafe<'Serve' | 'Proxy'>({ type: 'string' })),
    objectRef,
    protocolType: protocol,
    numActivators: Type.Optional(int32),
  }),
  status: Type.Object({ ...commonStatus, serviceName: Type.Optional(text), privateServiceName: Type.Optional(text) }),
};

const split = Type.Object({
  serviceNamespace: text,
  serviceName: text,
  servicePort: intOrString,
  percent: Type.Optional(int64),
  appendHeaders: Type.Optional(textMap),
});

const path = object({
  path: text,
  rewriteHost: text,
  headers: Type.Unsafe<Record<string, { exact: string }>>({
    type: 'object',
    additionalProperties: { type: 'object', properties: { exact: { type: 'string' } } },
  }),
  appendHeaders: textMap,
  splits: list(split),
});

const rule = object({
  hosts: list(text),
  visibility: Type.Unsafe<'' | 'ExternalIP' | 'ClusterLocal'>({ type: 'string' }),
  http: object({ paths: list(path) }),
});

const loadBalancer = object({ ingress: list(object({ ip: text, domain: text, domainInternal: text, meshOnly: bool })) });

export const ingressSchemas = {
  spec: object({
    tls: list(object({ hosts: list(text), secretName: text, secretNamespace: text })),
    rules: list(rule),
    httpOption: Type.Unsafe<'' | 'Enabled' | 'Redirected'>({ type: 'string' }),
  }),
  status: Type.Object({
    ...commonStatus,
    publicLoadBalancer: Type.Optional(loadBalancer),
    privateLoadBalancer: Type.Optional(loadBalancer),
  }),
};

export const certificateSchemas = {
  spec: Type.Object({ dnsNames: list(text), secretName: text, domain: Type.Optional(text) }),
  status: Type.Object({
    ...commonStatus,
    notAfter: Type.Optional(text),
    http01Challenges: Type.Optional(list(object({ url: text, serviceName: text, serviceNamespace: text, servicePort: intOrString }))),
  }),
};

export const clusterDomainClaimSchemas = { spec: Type.Object({ namespace: text }) };

export const imageSchemas = {
  spec: Type.Object({
    image: text,
    serviceAccountName: Type.Optional(text),
    imagePullSecrets: Type.Optional(list(object({ name: text }))),
  }),
  status: Type.Object({ ...commonStatus }),
};

export type PodAutoscaler = KubeObject & {
  spec: Static<typeof podAutoscalerSchemas.spec>;
  status?: Static<typeof podAutoscalerSchemas.status>;
};
export type Metric = KubeObject & { spec: Static<typeof metricSchemas.spec>; status?: Static<typeof metricSchemas.status> };
export type ServerlessService = KubeObject & {
  spec: Static<typeof serverlessServiceSchemas.spec>;
  status?: Static<typeof serverlessServiceSchemas.status>;
};
export type Ingress = KubeObject & { spec: Static<typeof ingressSchemas.spec>; status?: Static<typeof ingressSchemas.status> };
export type IngressRule = Static<typeof rule>;
export type IngressPath = Static<typeof path>;
export type IngressSplit = Static<typeof split>;
export type LoadBalancer = Static<typeof loadBalancer>;
export type Certificate = KubeObject & { spec: Static<typeof certificateSchemas.spec>; status?: Static<typeof certificateSchemas.status> };
export type ClusterDomainClaim = KubeObject & { spec: Static<typeof clusterDomainClaimSchemas.spec> };
export type Image = KubeObject & { spec: Static<typeof imageSchemas.spec>; status?: Static<typeof imageSchemas.status> };

import { type Static, Type } from 'typebox';
import type { KubeObject } from '../meta.ts';
import { addressable, bool, commonStatus, int32, int64, list, object, text } from '../schema.ts';
import { revisionSpec } from './pod-spec.ts';

/** The kinds developers write: serving.knative.dev (contract control-plane 1.3). */

export const revisionTemplate = object({
  metadata: Type.Unsafe<{
    name?: string;
    generateName?: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  }>({
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    properties: {
      annotations: { type: 'object', additionalProperties: { type: 'string' } },
      finalizers: { type: 'array', items: { type: 'string' } },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      name: { type: 'string' },
      namespace: { type: 'string' },
    },
  }),
  spec: revisionSpec,
});

const trafficTarget = object({
  tag: text,
  revisionName: text,
  configurationName: text,
  latestRevision: bool,
  percent: int64,
  url: text,
});

const names = { latestReadyRevisionName: Type.Optional(text), latestCreatedRevisionName: Type.Optional(text) } as const;
const reached = { url: Type.Optional(text), address: Type.Optional(addressable), traffic: Type.Optional(list(trafficTarget)) } as const;
const digests = list(object({ name: text, imageDigest: text }));

export const serviceSchemas = {
  spec: object({ template: revisionTemplate, traffic: list(trafficTarget) }),
  status: Type.Object({ ...commonStatus, ...names, ...reached }),
};
export const configurationSchemas = { spec: object({ template: revisionTemplate }), status: Type.Object({ ...commonStatus, ...names }) };
export const routeSchemas = { spec: object({ traffic: list(trafficTarget) }), status: Type.Object({ ...commonStatus, ...reached }) };
export const revisionSchemas = {
  spec: revisionSpec,
  status: Type.Object({
    ...commonStatus,
    logUrl: Type.Optional(text),
    containerStatuses: Type.Optional(digests),
    initContainerStatuses: Type.Optional(digests),
    actualReplicas: Type.Optional(int32),
    desiredReplicas: Type.Optional(int32),
  }),
};
export const domainMappingSchemas = {
  spec: Type.Object({
    ref: Type.Object({
      kind: text,
      name: text,
      apiVersion: Type.Optional(text),
      namespace: Type.Optional(text),
      group: Type.Optional(text),
      address: Type.Optional(text),
    }),
    tls: Type.Optional(Type.Object({ secretName: text })),
  }),
  status: Type.Object({ ...commonStatus, url: Type.Optional(text), address: Type.Optional(addressable) }),
};

export type RevisionSpec = Static<typeof revisionSpec>;
export type RevisionTemplate = Static<typeof revisionTemplate>;
export type TrafficTarget = Static<typeof trafficTarget>;
export type Service = KubeObject & { spec: Static<typeof serviceSchemas.spec>; status?: Static<typeof serviceSchemas.status> };
export type Configuration = KubeObject & {
  spec: Static<typeof configurationSchemas.spec>;
  status?: Static<typeof configurationSchemas.status>;
};
export type Revision = KubeObject & { spec: RevisionSpec; status?: Static<typeof revisionSchemas.status> };
export type Route = KubeObject & { spec: Static<typeof routeSchemas.spec>; status?: Static<typeof routeSchemas.status> };
export type DomainMapping = KubeObject & {
  spec: Static<typeof domainMappingSchemas.spec>;
  status?: Static<typeof domainMappingSchemas.status>;
};

import { type Static, Type } from 'typebox';
import type { KubeObject } from '../meta.ts';
import { addressable, bool, commonStatus, int32, int64, list, object, plainText, required, text, textMap } from '../schema.ts';
import { revisionSpec } from './pod-spec.ts';

/** The kinds developers write: serving.knative.dev (contract control-plane 1.3). */

interface TemplateMetadata {
  name?: string;
  generateName?: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export const revisionTemplate = object('The revision to make: each change makes a new one.', {
  metadata: Type.Unsafe<TemplateMetadata>({
    type: 'object',
    description: 'Labels, annotations and, if wanted, the name of the revision. Settings of scaling are annotations here.',
    'x-kubernetes-preserve-unknown-fields': true,
    properties: {
      annotations: textMap('Annotations of the revision; autoscaling.knative.dev/* set how it scales.'),
      finalizers: list('Not used.', plainText),
      labels: textMap('Labels of the revision and its pods.'),
      name: text('The name of the revision; must begin with the name of its owner and "-", and change with every other change.'),
      namespace: text('Not used: a revision is in the namespace of its owner.'),
    },
  }),
  spec: revisionSpec,
});

const trafficTarget = object('A share of the requests and where it goes.', {
  tag: text('A name for this target. It gets a URL of its own, whatever its share.'),
  revisionName: text('The revision that gets the requests; instead of latestRevision.'),
  configurationName: text('The configuration whose latest ready revision gets the requests. Only in a Route, and never in a status.'),
  latestRevision: bool('Whether the latest ready revision gets the requests. Default: true where no revisionName is set.'),
  percent: int64('The share in percent; the shares of all targets sum to 100.'),
  url: text('The URL of a target with a tag. Only in a status.'),
});

const template = { template: revisionTemplate } as const;
const traffic = {
  traffic: list('Who gets which share of the requests. Of a Service by default: all to the latest ready revision.', trafficTarget),
} as const;
const names = Type.Partial(
  Type.Object({
    latestReadyRevisionName: text('The newest revision that became ready.'),
    latestCreatedRevisionName: text('The newest revision.'),
  }),
).properties;
const reached = Type.Partial(
  Type.Object({
    url: text('Where requests are sent.'),
    address: addressable,
    traffic: list('Who gets which share of the requests now, by revision.', trafficTarget),
  }),
).properties;
const digests = (what: string) =>
  list(
    `The images of the ${what}, as they run.`,
    object('A container and its image.', {
      name: text('The name of the container.'),
      imageDigest: text('The image by its digest; empty where tags are not resolved.'),
    }),
  );

const status = 'What is true now; written by the controller.';

export const serviceSchemas = {
  spec: object('What should run and who gets the requests: the fields of a Configuration and of a Route.', { ...template, ...traffic }),
  status: object(status, { ...commonStatus, ...names, ...reached }),
};
export const configurationSchemas = {
  spec: object('What should run.', template),
  status: object(status, { ...commonStatus, ...names }),
};
export const routeSchemas = {
  spec: object('Who gets the requests.', traffic),
  status: object(status, { ...commonStatus, ...reached }),
};
export const revisionSchemas = {
  spec: revisionSpec,
  status: object(status, {
    ...commonStatus,
    logUrl: text('Where the logs are, by logging.revision-url-template of config-observability.'),
    containerStatuses: digests('containers'),
    initContainerStatuses: digests('init containers'),
    actualReplicas: int32('Pods that are ready.'),
    desiredReplicas: int32('Pods the autoscaler wants.'),
  }),
};
export const domainMappingSchemas = {
  spec: required(
    'What the domain that is the name of this object leads to.',
    {
      ref: required(
        'The object it leads to: a Service or Route, or anything else with an address.',
        { kind: text('The kind.'), name: text('The name.') },
        {
          apiVersion: text('The API version, such as serving.knative.dev/v1.'),
          namespace: text('The namespace; must be that of the DomainMapping, which is the default.'),
          group: text('Not to be set: use apiVersion.'),
          address: text('The name of the address, where the object has several.'),
        },
      ),
    },
    {
      tls: required('The certificate for https, instead of one made for the domain.', {
        secretName: text('A secret of type kubernetes.io/tls in the same namespace.'),
      }),
    },
  ),
  status: object(status, { ...commonStatus, url: text('Where requests are sent.'), address: addressable }),
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

import type { TSchema } from 'typebox';
import { imageSchemas } from './kinds/caching.ts';
import { certificateSchemas, clusterDomainClaimSchemas, ingressSchemas, serverlessServiceSchemas } from './kinds/networking.ts';
import { metricSchemas, podAutoscalerSchemas } from './kinds/scaling.ts';
import { configurationSchemas, domainMappingSchemas, revisionSchemas, routeSchemas, serviceSchemas } from './kinds/serving.ts';
import type { KindName } from './kinds.ts';

interface Column {
  name: string;
  type: 'string' | 'integer';
  jsonPath: string;
}

/** What a CRD says beyond its schema (contract control-plane 1.1). */
export interface CrdFacts {
  /** What the kind is, for `kubectl explain` and docs/reference. */
  doc: string;
  shortNames?: string[];
  categories: string[];
  columns: Column[];
  labels?: Record<string, string>;
  schemas: { spec: TSchema; status?: TSchema };
}

const col = (name: string, jsonPath: string, type: Column['type'] = 'string'): Column => ({ name, type, jsonPath });
const ready = [
  col('Ready', ".status.conditions[?(@.type=='Ready')].status"),
  col('Reason', ".status.conditions[?(@.type=='Ready')].reason"),
];
const url = col('URL', '.status.url');
const latest = [col('LatestCreated', '.status.latestCreatedRevisionName'), col('LatestReady', '.status.latestReadyRevisionName')];
const label = (name: string) => `.metadata.labels['serving\\.knative\\.dev/${name}']`;

const serving = ['all', 'knative', 'serving'];
const networking = ['knative-internal', 'networking'];
const autoscaling = ['knative-internal', 'autoscaling'];
const addressable = { 'duck.knative.dev/addressable': 'true' };
const podspecable = { 'duck.knative.dev/podspecable': 'true' };

export const crdFacts: Record<KindName, CrdFacts> = {
  Service: {
    doc: 'An application: it makes and owns a Configuration, which makes a revision of each change, and a Route, which sends requests to revisions.',
    shortNames: ['kservice', 'ksvc'],
    categories: serving,
    columns: [url, ...latest, ...ready],
    labels: { ...addressable, ...podspecable },
    schemas: serviceSchemas,
  },
  Configuration: {
    doc: 'What should run. Each change of it makes a new Revision; the old ones stay.',
    shortNames: ['config', 'cfg'],
    categories: serving,
    columns: [...latest, ...ready],
    labels: podspecable,
    schemas: configurationSchemas,
  },
  Revision: {
    doc: 'One version of an application, scaled with its requests and to zero without any. Its spec never changes.',
    shortNames: ['rev'],
    categories: serving,
    columns: [
      col('Config Name', label('configuration')),
      col('Generation', label('configurationGeneration')),
      ...ready,
      col('Actual Replicas', '.status.actualReplicas', 'integer'),
      col('Desired Replicas', '.status.desiredReplicas', 'integer'),
    ],
    schemas: revisionSchemas,
  },
  Route: {
    doc: 'Gives revisions a URL and splits the requests among them.',
    shortNames: ['rt'],
    categories: serving,
    columns: [url, ...ready],
    labels: addressable,
    schemas: routeSchemas,
  },
  DomainMapping: {
    doc: 'Makes a domain, which is its name, lead to a Service or anything else with an address.',
    shortNames: ['dm'],
    categories: serving,
    columns: [url, ...ready],
    schemas: domainMappingSchemas,
  },
  PodAutoscaler: {
    doc: 'How a revision is scaled. Made by the controller for each revision.',
    shortNames: ['kpa', 'pa'],
    categories: autoscaling,
    columns: [col('DesiredScale', '.status.desiredScale', 'integer'), col('ActualScale', '.status.actualScale', 'integer'), ...ready],
    schemas: podAutoscalerSchemas,
  },
  Metric: {
    doc: 'Which numbers are collected of a revision. Made by the autoscaler for each PodAutoscaler.',
    categories: autoscaling,
    columns: ready,
    schemas: metricSchemas,
  },
  Ingress: {
    doc: 'Hosts, and where their requests go. Made by the controller for each Route and DomainMapping, made true by the ingress whose class it has.',
    shortNames: ['kingress', 'king'],
    categories: networking,
    columns: ready,
    schemas: ingressSchemas,
  },
  Certificate: {
    doc: 'A certificate that is wanted. Made by the controller for hosts with TLS, issued by whoever has its class.',
    shortNames: ['kcert'],
    categories: networking,
    columns: ready,
    schemas: certificateSchemas,
  },
  ServerlessService: {
    doc: 'Whether requests for a revision go to its pods or to activators. Made by the autoscaler for each PodAutoscaler.',
    shortNames: ['sks'],
    categories: networking,
    columns: [
      col('Mode', '.spec.mode'),
      col('Activators', '.spec.numActivators', 'integer'),
      col('ServiceName', '.status.serviceName'),
      col('PrivateServiceName', '.status.privateServiceName'),
      ...ready,
    ],
    schemas: serverlessServiceSchemas,
  },
  ClusterDomainClaim: {
    doc: 'Which namespace may use the domain that is its name.',
    shortNames: ['cdc'],
    categories: networking,
    columns: [],
    schemas: clusterDomainClaimSchemas,
  },
  Image: {
    doc: 'An image that caches may want to have on the nodes. Made by the controller for each container of a revision.',
    categories: ['knative-internal', 'caching'],
    columns: [col('Image', '.spec.image')],
    schemas: imageSchemas,
  },
};

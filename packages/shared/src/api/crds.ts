import type { TSchema } from 'typebox';
import {
  certificateSchemas,
  clusterDomainClaimSchemas,
  imageSchemas,
  ingressSchemas,
  metricSchemas,
  podAutoscalerSchemas,
  serverlessServiceSchemas,
} from './kinds/internal.ts';
import { configurationSchemas, domainMappingSchemas, revisionSchemas, routeSchemas, serviceSchemas } from './kinds/serving.ts';
import { type KindName, kinds } from './kinds.ts';

interface Column {
  name: string;
  type: 'string' | 'integer';
  jsonPath: string;
}

/** What a CRD says beyond its schema (contract control-plane 1.1). */
interface Facts {
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

export const crdFacts: Record<KindName, Facts> = {
  Service: {
    shortNames: ['kservice', 'ksvc'],
    categories: serving,
    columns: [url, ...latest, ...ready],
    labels: { ...addressable, ...podspecable },
    schemas: serviceSchemas,
  },
  Configuration: {
    shortNames: ['config', 'cfg'],
    categories: serving,
    columns: [...latest, ...ready],
    labels: podspecable,
    schemas: configurationSchemas,
  },
  Revision: {
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
  Route: { shortNames: ['rt'], categories: serving, columns: [url, ...ready], labels: addressable, schemas: routeSchemas },
  DomainMapping: { shortNames: ['dm'], categories: serving, columns: [url, ...ready], schemas: domainMappingSchemas },
  PodAutoscaler: {
    shortNames: ['kpa', 'pa'],
    categories: autoscaling,
    columns: [col('DesiredScale', '.status.desiredScale', 'integer'), col('ActualScale', '.status.actualScale', 'integer'), ...ready],
    schemas: podAutoscalerSchemas,
  },
  Metric: { categories: autoscaling, columns: ready, schemas: metricSchemas },
  Ingress: { shortNames: ['kingress', 'king'], categories: networking, columns: ready, schemas: ingressSchemas },
  Certificate: { shortNames: ['kcert'], categories: networking, columns: ready, schemas: certificateSchemas },
  ServerlessService: {
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
  ClusterDomainClaim: { shortNames: ['cdc'], categories: networking, columns: [], schemas: clusterDomainClaimSchemas },
  Image: {
    categories: ['knative-internal', 'caching'],
    columns: [col('Image', '.spec.image')],
    schemas: imageSchemas,
  },
};

/** The CustomResourceDefinition of a kind, for `version` of Ebb. */
export function crd(name: KindName, version: string): Record<string, unknown> {
  const kind = kinds[name];
  const facts = crdFacts[name];
  const component = kind.group.startsWith('networking') ? { 'app.kubernetes.io/component': 'networking' } : {};
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${kind.plural}.${kind.group}`,
      labels: {
        'app.kubernetes.io/name': 'knative-serving',
        ...component,
        'app.kubernetes.io/version': version,
        'knative.dev/crd-install': 'true',
        ...facts.labels,
      },
    },
    spec: {
      group: kind.group,
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind: name,
        plural: kind.plural,
        singular: name.toLowerCase(),
        categories: facts.categories,
        ...(facts.shortNames ? { shortNames: facts.shortNames } : {}),
      },
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          subresources: { status: {} },
          ...(facts.columns.length ? { additionalPrinterColumns: facts.columns } : {}),
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                spec: facts.schemas.spec,
                ...(facts.schemas.status ? { status: facts.schemas.status } : {}),
              },
            },
          },
        },
      ],
    },
  };
}

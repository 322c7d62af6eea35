import { type KindName, kinds } from '@ebb/shared/api/kinds.ts';
import type { RoutePath } from '../../packages/webhook/src/handler/stack.ts';
import { edited, type Json, pod } from '../admission-differential/corpus/edit.ts';
import { podAutoscaler, revisionObject, richRevision, richService, route, service } from '../admission-differential/corpus/seeds.ts';
import { postBytes } from './raw-client.ts';

interface Kept {
  kind: KindName;
  operation: 'CREATE' | 'UPDATE';
  object: Json;
  before?: Json;
  subResource?: string;
}

const annotated = (o: Json): Json => ({
  ...o,
  metadata: {
    ...o.metadata,
    annotations: { ...o.metadata.annotations, 'serving.knative.dev/creator': 'bench', 'serving.knative.dev/lastModifier': 'bench' },
  },
});
const withStatus = (o: Json): Json => ({ ...o, status: { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] } });
const changed = (o: Json): Json => edited(annotated(o), pod({ timeoutSeconds: 99 }));
const unnamed = edited(richService, (o) => {
  delete o.spec.template.metadata.name;
  o.spec.traffic = [{ latestRevision: true, percent: 100 }];
});

/** What a cluster sends: what developers apply, small and large, and what controllers make of it and report of it. */
const requests: readonly Kept[] = [
  { kind: 'Service', operation: 'CREATE', object: service },
  { kind: 'Service', operation: 'CREATE', object: richService },
  { kind: 'Service', operation: 'UPDATE', before: annotated(service), object: changed(service) },
  { kind: 'Service', operation: 'UPDATE', before: annotated(unnamed), object: changed(unnamed) },
  { kind: 'Service', operation: 'UPDATE', subResource: 'status', before: annotated(service), object: withStatus(annotated(service)) },
  { kind: 'Revision', operation: 'CREATE', object: revisionObject },
  { kind: 'Revision', operation: 'CREATE', object: richRevision },
  { kind: 'Revision', operation: 'UPDATE', subResource: 'status', before: richRevision, object: withStatus(richRevision) },
  { kind: 'Route', operation: 'CREATE', object: route },
  { kind: 'PodAutoscaler', operation: 'CREATE', object: podAutoscaler },
  { kind: 'PodAutoscaler', operation: 'UPDATE', subResource: 'status', before: podAutoscaler, object: withStatus(podAutoscaler) },
];

function bodyOf({ kind, operation, object, before, subResource }: Kept, uid: string): string {
  const { group, version, plural } = kinds[kind];
  const request = {
    uid,
    kind: { group, version, kind },
    resource: { group, version, resource: plural },
    ...(subResource ? { subResource } : {}),
    name: object.metadata.name,
    namespace: object.metadata.namespace,
    operation,
    userInfo: { username: 'bench', groups: ['system:authenticated'] },
    object,
    oldObject: before ?? null,
    dryRun: false,
    options: null,
  };
  return JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request });
}

/** The requests as bytes: each for defaulting and for validation, as an API server sends them. */
export const reviews: readonly Buffer[] = requests.flatMap((r, i) =>
  (['/defaulting', '/resource-validation'] as const satisfies RoutePath[]).map((path) => postBytes(path, bodyOf(r, `bench-${i}`))),
);

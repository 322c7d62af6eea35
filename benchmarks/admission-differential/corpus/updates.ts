import type { KindName } from '@ebb/shared/api/kinds.ts';
import type { Case } from './case.ts';
import { annotated, both, container, type Edit, edited, init, type Json, meta, pod, spec, templateMeta } from './edit.ts';
import {
  configuration,
  domainMapping,
  ingress,
  podAutoscaler,
  revisionObject,
  richIngress,
  richRevision,
  richService,
  route,
  serverlessService,
  service,
} from './seeds.ts';

/** What an update may and may not change (contract control-plane 3 rules 2, 5, 7; 4.2, 4.3). */

type Change = (stored: Json) => Json;
const change =
  (...edits: Edit[]): Change =>
  (stored) =>
    edited(stored, ...edits);

const byName = (o: Json): Json => edited(o, templateMeta({ name: 'hello-one' }));
const remark =
  (key: string, value: string | undefined): Edit =>
  (o) => {
    o.metadata.annotations = { ...o.metadata.annotations, [key]: value };
    if (value === undefined) delete o.metadata.annotations[key];
  };
const creator = 'serving.knative.dev/creator';
const modifier = 'serving.knative.dev/lastModifier';
const first =
  (edit: (c: Json) => void): Edit =>
  (o) =>
    edit((o.spec.template?.spec ?? o.spec).containers[0]);

/** Changes any owned kind may see; `spec` is changed by one more edit. */
const userChanges = (specChange: Edit): Record<string, Edit> => ({
  nothing: () => {},
  'the spec': specChange,
  creator: remark(creator, 'bob'),
  'creator removed': remark(creator, undefined),
  lastModifier: remark(modifier, 'bob'),
  'lastModifier removed': remark(modifier, undefined),
  'spec and lastModifier': both(specChange, remark(modifier, 'carol')),
  'both annotations removed': meta({ annotations: {} }),
  'a label': meta({ labels: { a: 'b' } }),
  'an annotation of its own': remark('note', 'x'),
});

/** Changes of a template. */
const templateChanges: Record<string, Edit> = {
  image: container({ image: 'registry.example/other' }),
  'env added': container({ env: [{ name: 'A', value: '1' }] }),
  'env added, twice': container({
    env: [
      { name: 'A', value: '1' },
      { name: 'B', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } },
    ],
  }),
  args: container({ args: ['a', 'b'] }),
  command: container({ command: ['x'] }),
  concurrency: pod({ containerConcurrency: 7 }),
  'concurrency removed': pod({ containerConcurrency: undefined }),
  timeout: pod({ timeoutSeconds: 77 }),
  'timeout removed': pod({ timeoutSeconds: undefined }),
  'idle timeout': pod({ idleTimeoutSeconds: 7 }),
  'service account': pod({ serviceAccountName: 'other' }),
  'pull secrets': pod({ imagePullSecrets: [{ name: 'a' }] }),
  'service links': pod({ enableServiceLinks: true }),
  'token mount': pod({ automountServiceAccountToken: false }),
  'a template label': templateMeta({ labels: { x: 'y' } }),
  'a template annotation': templateMeta({ annotations: { x: 'y' } }),
  'a bad template annotation': templateMeta({ annotations: { 'autoscaling.knative.dev/min-scale': 'x' } }),
  'readiness probe': container({ readinessProbe: { httpGet: { path: '/', port: 8080 }, successThreshold: 1 } }),
  'liveness probe': container({ livenessProbe: { grpc: { port: 1 }, periodSeconds: 3 } }),
  'startup probe': container({ startupProbe: { tcpSocket: { port: 'http' } } }),
  'probe port': first((c) => {
    c.readinessProbe = { ...c.readinessProbe, tcpSocket: { port: 9999 }, httpGet: undefined };
  }),
  ports: container({ ports: [{ containerPort: 9999, name: 'h2c' }] }),
  resources: container({ resources: { requests: { cpu: '2', memory: '1Gi' } } }),
  'equal quantities': first((c) => {
    if (c.resources?.requests) c.resources = { requests: { cpu: '0.1', memory: '65536Ki' }, limits: { cpu: '1000m', memory: '0.125Gi' } };
  }),
  security: container({ securityContext: { runAsUser: 5, runAsNonRoot: true, capabilities: { drop: ['ALL'] } } }),
  'a volume': both(
    pod({ volumes: [{ name: 'new', configMap: { name: 'x' } }] }),
    container({ volumeMounts: [{ name: 'new', mountPath: '/new', readOnly: true }] }),
  ),
  'a sidecar': (o) => (o.spec.template?.spec ?? o.spec).containers.push({ name: 'more', image: 'registry.example/more' }),
  'a container less': (o) => (o.spec.template?.spec ?? o.spec).containers.pop(),
  'the container renamed': container({ name: 'renamed' }),
  'an init container': init({ name: 'init', image: 'registry.example/init' }),
  'working directory and message path': container({
    workingDir: '/x',
    terminationMessagePath: '/y',
    terminationMessagePolicy: 'FallbackToLogsOnError',
  }),
  'pull policy': container({ imagePullPolicy: 'Never' }),
  'many at once': both(
    container({ image: 'registry.example/o', args: ['x'], env: [] }),
    pod({ timeoutSeconds: 5, containerConcurrency: 1 }),
    templateMeta({ labels: { a: 'b' } }),
  ),
  'node selector': pod({ nodeSelector: { a: 'b' } }),
  'a value with "quotes" and lines': container({ args: ['a "b"\n\tc', 'ü', '`x`', '\\'] }),
  'spec emptied': (o) => {
    (o.spec.template ?? o).spec = {};
  },
  'defaults left out again': first((c) => {
    delete c.readinessProbe;
    delete c.name;
    delete c.resources;
  }),
};

const update = (kind: KindName, prefix: string, before: Json, changes: Record<string, Edit>, more: Partial<Case> = {}): Case[] =>
  Object.entries(changes).map(([id, edit]) => ({
    id: `${kind} update, ${prefix}: ${id}`,
    config: 'stock',
    kind,
    operation: 'UPDATE',
    user: 'bob',
    before,
    object: change(edit),
    ...more,
  }));

const owned = (o: Json): Json =>
  edited(o, meta({ ownerReferences: [{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello', uid: 'u' }] }));
const newImage = container({ image: 'registry.example/other' });
const newTraffic = spec({
  traffic: [
    { configurationName: 'hello', percent: 50 },
    { revisionName: 'hello-00001', percent: 50 },
  ],
});
const newRef: Edit = (o) => {
  o.spec.ref.name = 'other';
};

/** Writes of status: of what is fine, and of what would be refused otherwise. */
const statusOf = (kind: KindName, before: Json, bad: Edit): Case[] =>
  Object.entries({
    'of a good object': (o: Json) => {
      o.status = { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] };
    },
    'with unknown fields': (o: Json) => {
      o.status = { colour: 'red', conditions: [{ type: 'Ready', status: 'Maybe', lastTransitionTime: '2026-01-01T00:00:00Z' }] };
    },
    'of an object that would be refused': bad,
  }).map(([id, edit]) => ({
    id: `${kind} status ${id}`,
    config: 'stock',
    kind,
    operation: 'UPDATE',
    subResource: 'status',
    user: 'system:serviceaccount:knative-serving:controller',
    before,
    object: change(edit),
  }));

export const updateCases: Case[] = [
  ...update('Service', 'users', service, userChanges(newImage)),
  ...update('Configuration', 'users', configuration, userChanges(newImage)),
  ...update('Configuration', 'users, owned', owned(configuration), userChanges(newImage)),
  ...update('Route', 'users', route, userChanges(newTraffic)),
  ...update('Route', 'users, owned', owned(route), userChanges(newTraffic)),
  ...update('DomainMapping', 'users', domainMapping, userChanges(newRef)),
  ...update('Service', 'template', service, templateChanges),
  ...update('Service', 'named template', byName(service), templateChanges),
  ...update('Service', 'rich named template', richService, templateChanges),
  ...update('Configuration', 'named template', byName(configuration), templateChanges),
  ...update(
    'Service',
    'named template, secure',
    byName(service),
    { image: newImage, nothing: () => {}, 'defaults left out again': templateChanges['defaults left out again'] as Edit },
    { config: 'secure' },
  ),
  ...update(
    'Service',
    'named template, narrow',
    byName(service),
    { image: newImage, nothing: () => {}, 'defaults left out again': templateChanges['defaults left out again'] as Edit },
    { config: 'narrow' },
  ),
  ...update('Service', 'a new name', byName(service), {
    image: both(newImage, templateMeta({ name: 'hello-two' })),
    'no name': both(newImage, templateMeta({ name: undefined })),
    'a bad name': templateMeta({ name: 'other' }),
  }),
  ...update('Revision', 'spec', revisionObject, templateChanges),
  ...update('Revision', 'rich spec', richRevision, templateChanges),
  ...update('Revision', 'metadata', richRevision, {
    'min-scale': remark('autoscaling.knative.dev/min-scale', '3'),
    'bad min-scale': remark('autoscaling.knative.dev/min-scale', 'x'),
    'owner removed': meta({ ownerReferences: [] }),
    labels: meta({ labels: { a: 'b' } }),
  }),
  ...update('Route', 'traffic', route, {
    'too little': spec({ traffic: [{ configurationName: 'hello', percent: 5 }] }),
    none: spec({ traffic: [] }),
  }),
  ...update('PodAutoscaler', 'spec', podAutoscaler, {
    concurrency: spec({ containerConcurrency: 5 }),
    'bad concurrency': spec({ containerConcurrency: -5 }),
    class: annotated({}),
    'bad scale': annotated({ 'autoscaling.knative.dev/max-scale': 'x' }),
  }),
  ...update('ServerlessService', 'spec', serverlessService, { mode: spec({ mode: 'Proxy' }), 'bad mode': spec({ mode: 'x' }) }),
  ...update('Ingress', 'spec', richIngress, { option: spec({ httpOption: 'x' }), fewer: spec({ rules: richIngress.spec.rules.slice(1) }) }),
  ...statusOf('Service', service, meta({ name: 'A_b', annotations: { 'autoscaling.knative.dev/min-scale': '1' } })),
  ...statusOf('Configuration', configuration, meta({ name: 'A_b' })),
  ...statusOf('Route', route, meta({ name: 'A_b' })),
  ...statusOf('Revision', revisionObject, meta({ name: 'A_b', annotations: { 'autoscaling.knative.dev/min-scale': 'x' } })),
  ...statusOf('DomainMapping', domainMapping, spec({ ref: {} })),
  ...statusOf('PodAutoscaler', podAutoscaler, meta({ name: 'A_b' })),
  ...statusOf('Ingress', ingress, spec({ rules: [] })),
  ...statusOf('ServerlessService', serverlessService, spec({ mode: '' })),
];

import type { AnnotationName } from './annotations.ts';

/** What docs/reference says of an annotation. */
interface AnnotationDoc {
  /** The kinds it is put on. */
  on: string;
  /** Who writes it. */
  by: 'you' | 'Ebb' | 'the webhook' | 'the install' | 'kubectl';
  /** What it may be. */
  values: string;
  /** What holds without it. */
  otherwise?: string;
  doc: string;
}

const template = 'template, Revision';
const served = 'Service, Route';
const routed = 'Service, Route, DomainMapping';
const quantity = 'quantity';
const of = (key: string) => `\`${key}\` of config-autoscaler`;
const you = (on: string, values: string, doc: string, otherwise?: string): AnnotationDoc => ({ on, by: 'you', values, doc, otherwise });
const ebb = (on: string, values: string, doc: string): AnnotationDoc => ({ on, by: 'Ebb', values, doc });
const sidecar = (what: string, key: string) =>
  you(template, quantity, `${what} of queue-proxy.`, `\`queue-sidecar-${key}\` of config-deployment`);

/** Every annotation of the table, for people (contract control-plane 2.2). */
export const annotationDocs: Record<AnnotationName, AnnotationDoc> = {
  creator: {
    on: 'Service, Configuration, Route, DomainMapping',
    by: 'the webhook',
    values: 'user',
    doc: 'Who made it; cannot be changed.',
  },
  lastModifier: {
    on: 'Service, Configuration, Route, DomainMapping',
    by: 'the webhook',
    values: 'user',
    doc: 'Who changed its spec last.',
  },
  rolloutDuration: you(
    served,
    'duration ≥ 0, whole seconds',
    'Over which time traffic moves to a new revision.',
    '`rollout-duration` of config-network',
  ),
  routes: ebb('Configuration, Revision', 'names', 'The routes that lead to it.'),
  routingStateModified: ebb(
    'Revision',
    'RFC 3339 time',
    'Since when its routing state is what it is; the age that counts when old revisions are deleted.',
  ),
  lastPinned: ebb('Revision', 'time', 'Of earlier versions; not handed on.'),
  noGC: you('Revision', '`true`', 'Keeps the revision from being deleted as an old one.', 'it may be'),
  progressDeadline: you(
    template,
    'duration ≥ 0, whole seconds',
    'How long the revision may take to become ready.',
    '`progress-deadline` of config-deployment',
  ),
  queueResourcePercentage: you(
    template,
    'number 0.1 to 100',
    "Deprecated. Resources of queue-proxy as a share of the user container's; use the annotations for each resource.",
  ),
  queueCPURequest: sidecar('CPU request', 'cpu-request'),
  queueCPULimit: sidecar('CPU limit', 'cpu-limit'),
  queueMemoryRequest: sidecar('Memory request', 'memory-request'),
  queueMemoryLimit: sidecar('Memory limit', 'memory-limit'),
  queueEphemeralStorageRequest: sidecar('Ephemeral storage request', 'ephemeral-storage-request'),
  queueEphemeralStorageLimit: sidecar('Ephemeral storage limit', 'ephemeral-storage-limit'),
  class: you(
    template,
    '`kpa.autoscaling.knative.dev`, `hpa.autoscaling.knative.dev`, or a class of somebody else',
    'Who scales the revision.',
    of('pod-autoscaler-class'),
  ),
  metric: you(
    template,
    'class kpa: `concurrency`, `rps`; class hpa: `cpu`, `memory` or a custom metric',
    'What the revision is scaled by.',
    'kpa: `concurrency`; hpa: `cpu`',
  ),
  minScale: you(template, 'integer ≥ 0', 'Least pods, while a route leads to the revision.', of('min-scale')),
  maxScale: you(template, 'integer ≥ 0, ≥ min-scale, ≤ max-scale-limit', 'Most pods; 0: no limit.', of('max-scale')),
  initialScale: you(
    template,
    'integer ≥ 1, or 0 where allow-zero-initial-scale',
    'Pods a new revision has before it is ready.',
    of('initial-scale'),
  ),
  activationScale: you(
    template,
    'integer ≥ 2, ≥ min-scale, ≤ max-scale',
    'Pods the revision gets at once when it is woken from zero.',
    'as many as the requests need',
  ),
  target: you(
    template,
    'number ≥ 0.01',
    'What one pod is to have: concurrent requests, or requests per second, or the value of the HPA metric.',
    'by metric, `container-concurrency-target-default` or `requests-per-second-target-default` of config-autoscaler',
  ),
  targetUtilization: you(
    template,
    'number 1 to 100',
    'How much of the target, in percent, is aimed at.',
    of('container-concurrency-target-percentage'),
  ),
  targetBurstCapacity: you(
    template,
    'number ≥ 0, or -1',
    'The burst that is absorbed without activators; 0: they are in the path only at zero; -1: always.',
    of('target-burst-capacity'),
  ),
  window: you(template, 'duration 6s to 1h, whole seconds', 'The time averages are taken over.', of('stable-window')),
  panicWindow: you(template, 'number 1 to 100', 'The panic window, in percent of the window.', of('panic-window-percentage')),
  panicThreshold: you(
    template,
    'number 110 to 1000',
    'Load in percent of what the pods are good for, at which panic begins.',
    of('panic-threshold-percentage'),
  ),
  scaleDownDelay: you(
    template,
    'duration 0s to 1h, whole seconds',
    'How long fewer pods must be enough before there are fewer.',
    of('scale-down-delay'),
  ),
  podRetention: you(
    template,
    'duration 0s to 1h',
    'How long the last pod stays at least once none is needed.',
    of('scale-to-zero-pod-retention-period'),
  ),
  metricAggregation: you(
    template,
    '`linear`, `weighted-exponential`',
    'How values within a window are averaged: all alike, or the later the more.',
    '`linear`',
  ),
  ingressClass: you(`${routed}, Ingress`, 'name', 'Which ingress serves it.', '`ingress-class` of config-network'),
  certificateClass: you(
    `${routed}, Namespace, Certificate`,
    'name',
    'Who issues its certificates.',
    '`certificate-class` of config-network',
  ),
  disableExternalDomainTLS: you(routed, 'true or false', 'Keeps certificates from its hosts that are open to the world.', '`false`'),
  httpOption: you(
    routed,
    '`enabled`, `redirected`',
    'What happens to plain http where there is a certificate: answered, or sent to https.',
    '`http-protocol` of config-network',
  ),
  rollout: ebb('Ingress', 'JSON', 'How far a gradual rollout has come.'),
  tagToHost: ebb('Ingress', 'JSON, tag → hosts', 'The hosts of each tag.'),
  queueProxyPodInfo: you(
    template,
    '`enabled`',
    'Lets queue-proxy see the annotations of its pod; needs the flag `queueproxy.mount-podinfo`.',
  ),
  httpFullDuplex: you(
    template,
    '`enabled`',
    'The container answers while it still reads the request (HTTP/1.1).',
    'requests are read to their end first',
  ),
  defaultContainer: ebb('Pod', 'name', 'The container kubectl means without `-c`: the one that gets the requests.'),
  lastApplied: { on: 'any', by: 'kubectl', values: 'JSON', doc: "kubectl's memory of what was applied; not handed on to children." },
  exampleChecksum: {
    on: 'ConfigMap',
    by: 'the install',
    values: 'checksum',
    doc: 'Of the `_example`: an edit there is refused, as it would change nothing.',
  },
};

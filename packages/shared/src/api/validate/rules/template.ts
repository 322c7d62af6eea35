import { texts } from '../names.ts';
import { annotated, image, inAnnotations, inPod, of, on, pod, type Rule, template } from './case.ts';

const at = 'spec.template.metadata';
const deadline = 'serving.knative.dev/progress-deadline';
const queue = (name: string) => `queue.sidecar.serving.knative.dev/${name}`;
const quantities = ['cpu', 'memory', 'ephemeral-storage'].flatMap((r) => [`${r}-resource-request`, `${r}-resource-limit`]);
const networking = [
  ...['ingress.class', 'ingress-class', 'certificate.class', 'certificate-class', 'disableAutoTLS', 'disable-auto-tls'],
  ...['disable-external-domain-tls', 'httpOption', 'http-protocol'],
].map((k) => `networking.knative.dev/${k}`);
const share = queue('resource-percentage');
const shareAt = `${inAnnotations}.[${share}]`;
const spec = (more: object = {}) => ({ containers: [{ name: 'web', image, ...more }] });
const template1 = (more: object = {}, name = 'hello-1') => ({ template: { metadata: { name }, spec: spec(more) } });
const sum = (n: number) => `Traffic targets sum to ${n}, want 100: spec.traffic`;
const all = { percent: 100, latestRevision: true };
const traffic = (...entries: object[]) => of('Service', { traffic: entries });
const routed = (...entries: object[]) => of('Route', { traffic: entries });
const dm = (ref: object) => of('DomainMapping', { ref: { name: 'hello', kind: 'Service', apiVersion: 'serving.knative.dev/v1', ...ref } });

/** Contract control-plane 4.3. */
export const templateRules: readonly Rule[] = [
  {
    id: '4.3 name of a template',
    accepts: [template({ metadata: { name: 'hello-1' } })],
    rejects: [
      [template({ metadata: { name: 'hello-A' } }), `invalid value: not a DNS 1035 label: [${texts.label1035}]: ${at}.name`],
      [template({ metadata: { name: 'hello-a.b' } }), `invalid value: not a DNS 1035 label: [${texts.label1035}]: ${at}.name`],
    ],
  },
  {
    id: '4.3 generateName of a template',
    accepts: [template({ metadata: { generateName: 'a-' } })],
    rejects: [
      [
        template({ metadata: { generateName: 'AB-', name: 'other' } }),
        `invalid value: not a DNS 1035 label prefix: [${texts.label1035}]: ${at}.generateName`,
      ],
    ],
  },
  {
    id: "4.3 a template's name begins with the parent's",
    accepts: [template({ metadata: { name: 'hello-' + 'x' } })],
    rejects: [[template({ metadata: { name: 'other' } }), `invalid value: "other" must have prefix "hello-": ${at}.name`]],
  },
  {
    id: '4.3 a template has no name when the parent has none yet',
    accepts: [template({}, { metadata: { name: null, generateName: 'hello-' } })],
    rejects: [
      [
        template({ metadata: { name: 'hello-1' } }, { metadata: { name: null, generateName: 'hello-' } }),
        `must not set the field(s): ${at}.name`,
      ],
    ],
  },
  ...(['Service', 'Configuration'] as const).map(
    (kind): Rule => ({
      id: `4.3 a ${kind}'s template that keeps its name keeps its content`,
      accepts: [
        of(kind, template1(), { before: { spec: template1() } }),
        of(kind, template1({ image: 'other' }, 'hello-2'), { before: { spec: template1() } }),
        of(kind, template1({ resources: { limits: { cpu: '1000m' } } }), {
          before: { spec: template1({ resources: { limits: { cpu: '1' } } }) },
        }),
      ],
      rejects: [
        [
          of(kind, template1({ image: 'other' }), { before: { spec: template1() } }),
          `Saw the following changes without a name change (-old +new): ${at}.name\n{*v1.RevisionTemplateSpec}.Spec.PodSpec.Containers[0].Image:\n\t-: "${image}"\n\t+: "other"\n`,
        ],
      ],
    }),
  ),
  {
    id: '4.3 the spec of a Revision is immutable',
    accepts: [of('Revision', spec(), { before: { spec: spec() }, metadata: { labels: { a: 'b' } } })],
    rejects: [
      [
        of('Revision', spec({ image: 'other' }), { before: { spec: spec() } }),
        `Immutable fields changed (-old +new): spec\n{v1.RevisionSpec}.PodSpec.Containers[0].Image:\n\t-: "${image}"\n\t+: "other"\n`,
      ],
    ],
  },
  {
    id: '4.3 timeoutSeconds',
    accepts: [0, 1, 600]
      .map((timeoutSeconds) => pod({ timeoutSeconds }))
      .concat(pod({ timeoutSeconds: 900 }, { defaults: { 'max-revision-timeout-seconds': '900' } })),
    rejects: [
      [pod({ timeoutSeconds: 601 }), `expected 0 <= 601 <= 600: ${inPod}.timeoutSeconds`],
      [pod({ timeoutSeconds: -1 }), `expected 0 <= -1 <= 600: ${inPod}.timeoutSeconds`],
    ],
  },
  {
    id: '4.3 containerConcurrency',
    accepts: [0, 1, 1000].map((containerConcurrency) => pod({ containerConcurrency })),
    rejects: [
      [pod({ containerConcurrency: 1001 }), `expected 0 <= 1001 <= 1000: ${inPod}.containerConcurrency`],
      [
        pod({ containerConcurrency: 11 }, { defaults: { 'container-concurrency-max-limit': '10' } }),
        `expected 0 <= 11 <= 10: ${inPod}.containerConcurrency`,
      ],
      [
        pod({ containerConcurrency: 0 }, { defaults: { 'allow-container-concurrency-zero': 'false', 'container-concurrency': '1' } }),
        `expected 1 <= 0 <= 1000: ${inPod}.containerConcurrency`,
      ],
    ],
  },
  {
    id: '4.3 networking annotations of a template',
    accepts: networking.map((k) => annotated({ [k]: 'x' })),
    rejects: [
      [
        annotated({ 'networking.knative.dev/ingress_class': 'x' }),
        `invalid key name "networking.knative.dev/ingress_class": ${inAnnotations}`,
      ],
    ],
  },
  {
    id: '4.3 progress deadline',
    accepts: ['0s', '10m', ''].map((v) => annotated({ [deadline]: v })),
    rejects: [
      [annotated({ [deadline]: 'x' }), `invalid value: x: ${inAnnotations}.${deadline}`],
      [annotated({ [deadline]: '1.5s' }), `progress-deadline=1.5s is not at second precision: ${inAnnotations}.${deadline}`],
      [annotated({ [deadline]: '-1s' }), `progress-deadline=-1s must be positive: ${inAnnotations}.${deadline}`],
    ],
  },
  ...quantities.map(queue).map(
    (key): Rule => ({
      id: `4.3 ${key}`,
      accepts: ['1', '100m', '1Gi'].map((v) => annotated({ [key]: v })),
      rejects: [[annotated({ [key]: 'x' }), `invalid value: x: ${inAnnotations}.[${key}]`]],
    }),
  ),
  {
    id: '4.3 share of queue-proxy',
    accepts: ['0.1', '100', '5e1'].map((v) => annotated({ [share]: v })),
    rejects: [
      [annotated({ [share]: 'x' }), `invalid value: x: ${shareAt}`],
      [annotated({ [share]: '0.01' }), `expected 0.1 <= 0.01 <= 100: ${shareAt}`],
      [annotated({ [share]: '101' }), `expected 0.1 <= 101 <= 100: ${shareAt}`],
    ],
  },
  {
    id: '4.3 share of queue-proxy is deprecated',
    warns: true,
    accepts: [annotated({}, on('secure-pod-defaults'))],
    rejects: [
      [
        annotated({ [share]: '10' }, on('secure-pod-defaults')),
        'Queue proxy resource percentage annotation is deprecated. Please use the available annotations to explicitly set resource values per service: ',
      ],
    ],
  },
  {
    id: '4.3 traffic sums to 100',
    accepts: [traffic(all), traffic({ revisionName: 'a', percent: 40 }, { percent: 60 }), traffic(all, { tag: 'a', revisionName: 'b' })],
    rejects: [
      [traffic({ percent: 99 }), sum(99)],
      [traffic({ percent: 60 }, { percent: 60 }), sum(120)],
      [of('Route', { traffic: null }), sum(0)],
    ],
  },
  {
    id: '4.3 a tag is used once',
    accepts: [traffic(all, { tag: 'a', revisionName: 'b' }, { tag: 'b', revisionName: 'b' })],
    rejects: [
      [
        traffic({ tag: 'a', revisionName: 'b' }, { ...all, tag: 'a' }),
        'Multiple definitions for "a": spec.traffic[0].tag, spec.traffic[1].tag',
      ],
    ],
  },
  {
    id: '4.3 a tag is a label',
    accepts: [traffic({ ...all, tag: 'a-1' })],
    rejects: [
      [traffic(all, { tag: 'A', revisionName: 'b' }), `invalid value: not a DNS 1035 label: [${texts.label1035}]: spec.traffic.tag[1]`],
    ],
  },
  {
    id: '4.3 latestRevision and revisionName agree',
    accepts: [traffic({ percent: 100, revisionName: 'a', latestRevision: false })],
    rejects: [
      [traffic({ ...all, revisionName: 'a' }), 'may not set revisionName "a" when latestRevision is true: spec.traffic[0].latestRevision'],
      [
        traffic({ percent: 100, latestRevision: false }),
        'may not set revisionName "" when latestRevision is false: spec.traffic[0].latestRevision',
      ],
    ],
  },
  {
    id: "4.3 a Service's traffic goes to its own configuration",
    accepts: [traffic(all)],
    rejects: [[traffic({ ...all, configurationName: 'a' }), 'must not set the field(s): spec.traffic[0].configurationName']],
  },
  {
    id: "4.3 a Route's traffic goes to one thing",
    accepts: [routed({ percent: 100, configurationName: 'a' }), routed({ percent: 100, revisionName: 'a' })],
    rejects: [
      [
        routed({ percent: 100, configurationName: 'a', revisionName: 'b' }),
        'expected exactly one, got both: spec.traffic[0].configurationName, spec.traffic[0].revisionName',
      ],
      [routed({ percent: 100 }), 'expected exactly one, got neither: spec.traffic[0].configurationName, spec.traffic[0].revisionName'],
    ],
  },
  {
    id: '4.3 names in traffic',
    accepts: [routed({ percent: 100, configurationName: 'a_B.c' })],
    rejects: [
      [routed({ percent: 100, configurationName: 'a b' }), `invalid key name "a b": spec.traffic[0].configurationName\n${texts.qualified}`],
      [traffic({ percent: 100, revisionName: '-a' }), `invalid key name "-a": spec.traffic[0].revisionName\n${texts.qualified}`],
      [
        traffic({ percent: 100, revisionName: 'a'.repeat(64) }),
        `invalid key name "${'a'.repeat(64)}": spec.traffic[0].revisionName\nname part must be no more than 63 bytes`,
      ],
    ],
  },
  {
    id: '4.3 percent',
    accepts: [traffic({ percent: 0, revisionName: 'a' }, all)],
    rejects: [
      [
        traffic({ percent: 101, revisionName: 'a' }, { percent: -1 }),
        'expected 0 <= -1 <= 100: spec.traffic[1].percent\nexpected 0 <= 101 <= 100: spec.traffic[0].percent',
      ],
    ],
  },
  {
    id: '4.3 traffic has no url',
    accepts: [traffic({ ...all, url: '' })],
    rejects: [[traffic({ ...all, url: 'http://a' }), 'must not set the field(s): spec.traffic[0].url']],
  },
  {
    id: '4.3 reference of a DomainMapping is whole',
    accepts: [dm({}), dm({ address: 'a' })],
    rejects: [
      [dm({ name: null }), 'missing field(s): spec.ref.name'],
      [dm({ kind: '', apiVersion: '' }), 'missing field(s): spec.ref.apiVersion, spec.ref.kind'],
    ],
  },
  {
    id: '4.3 reference of a DomainMapping has no group',
    accepts: [dm({ group: '' })],
    rejects: [[dm({ group: 'a' }), 'must not set the field(s): spec.ref.group']],
  },
  {
    id: '4.3 reference of a DomainMapping stays in its namespace',
    accepts: [dm({ namespace: 'default' })],
    rejects: [
      [dm({ namespace: 'other' }), 'mismatched namespaces: spec.ref.namespace\nparent namespace: "default" does not match ref: "other"'],
    ],
  },
];

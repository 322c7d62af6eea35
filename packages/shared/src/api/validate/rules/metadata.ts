import { texts } from '../names.ts';
import { metadata, of, type Rule } from './case.ts';

const named = ['Service', 'Configuration', 'Route', 'Revision', 'PodAutoscaler', 'Metric'] as const;
const rollout = 'serving.knative.dev/rollout-duration';
const alias = 'serving.knative.dev/rolloutDuration';
const at = 'metadata.annotations';
const spelling = 'autoscaling annotations must be put under "spec.template.metadata.annotations" to work';
const user = (key: string, name: string) => ({ annotations: { [`serving.knative.dev/${key}`]: name } });
const owned = { ownerReferences: [{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'p', uid: 'u' }] };
const invalidName = (name: string, text: string) => `invalid name "${name}": ${text}: metadata.name`;

/** Contract control-plane 4.2. */
export const metadataRules: readonly Rule[] = [
  ...named.flatMap((kind): Rule[] => [
    {
      id: `4.2 name of a ${kind}`,
      accepts: [metadata(kind, { name: 'a' }), metadata(kind, { name: 'a'.repeat(63) })],
      rejects: [
        [metadata(kind, { name: 'a.b' }), `not a DNS 1035 label: [${texts.label1035}]: metadata.name`],
        [metadata(kind, { name: '1a' }), `not a DNS 1035 label: [${texts.label1035}]: metadata.name`],
        [metadata(kind, { name: 'a'.repeat(64) }), 'not a DNS 1035 label: [must be no more than 63 characters]: metadata.name'],
      ],
    },
    {
      id: `4.2 generateName of a ${kind}`,
      accepts: [metadata(kind, { name: null, generateName: 'a-' })],
      rejects: [
        [metadata(kind, { name: null, generateName: 'AB-' }), `not a DNS 1035 label prefix: [${texts.label1035}]: metadata.generateName`],
        [metadata(kind, { name: null }), 'name or generateName is required: metadata.name'],
      ],
    },
  ]),
  ...(['Service', 'Configuration', 'Route'] as const).map(
    (kind): Rule => ({
      id: `4.2 autoscaling annotations of a ${kind}`,
      accepts: [metadata(kind, { annotations: { 'example.com/a': 'b' } })],
      rejects: [
        [
          metadata(kind, { annotations: { 'autoscaling.knative.dev/target': '1' } }),
          `invalid key name "autoscaling.knative.dev/target": ${at}\n${spelling}`,
        ],
      ],
    }),
  ),
  ...(['Revision', 'PodAutoscaler', 'Metric'] as const).map(
    (kind): Rule => ({
      id: `4.2 autoscaling annotations of a ${kind}`,
      accepts: [metadata(kind, { annotations: { 'autoscaling.knative.dev/min-scale': '1' } })],
      rejects: [
        [
          metadata(kind, { annotations: { 'autoscaling.knative.dev/min-scale': 'x' } }),
          `invalid value: x: ${at}.autoscaling.knative.dev/min-scale`,
        ],
      ],
    }),
  ),
  ...(['Service', 'Route'] as const).map(
    (kind): Rule => ({
      id: `4.2 rollout duration of a ${kind}`,
      accepts: ['0s', '90s', '1h', ''].map((v) => metadata(kind, { annotations: { [rollout]: v } })),
      rejects: [
        [metadata(kind, { annotations: { [rollout]: 'x' } }), `invalid value: x: ${at}.${rollout}`],
        [metadata(kind, { annotations: { [rollout]: '1500ms' } }), `rollout-duration=1500ms is not at second precision: ${at}.${rollout}`],
        [metadata(kind, { annotations: { [rollout]: '-1s' } }), `rollout-duration=-1s must be positive: ${at}.${rollout}`],
        // The first listed spelling that is there counts, and is told (0.2).
        [metadata(kind, { annotations: { [alias]: 'x' } }), `invalid value: x: ${at}.${alias}`],
        [metadata(kind, { annotations: { [alias]: '1s', [rollout]: 'y' } }), `invalid value: y: ${at}.${rollout}`],
      ],
    }),
  ),
  ...(
    [
      ['Configuration', 'service', 'Service'],
      ['Route', 'service', 'Service'],
      ['Revision', 'configuration', 'Configuration'],
    ] as const
  ).map(([kind, label, parent]): Rule => {
    const labels = { [`serving.knative.dev/${label}`]: 'p' };
    const reference = (k: string, name: string) => ({
      ownerReferences: [{ apiVersion: 'serving.knative.dev/v1', kind: k, name, uid: 'u' }],
    });
    const text = `missing field(s): metadata.labels.serving.knative.dev/${label}`;
    return {
      id: `4.2 label ${label} of a ${kind}`,
      accepts: [metadata(kind, { labels, ...reference(parent, 'p') })],
      rejects: [
        [metadata(kind, { labels }), text],
        [metadata(kind, { labels, ...reference(parent, 'other') }), text],
        [metadata(kind, { labels, ...reference('Other', 'p') }), text],
      ],
    };
  }),
  ...(['Service', 'Configuration', 'Route', 'DomainMapping'] as const).flatMap((kind): Rule[] => [
    {
      id: `4.2 creator of a ${kind}`,
      accepts: [
        metadata(kind, user('creator', 'ann'), { before: { metadata: user('creator', 'ann') } }),
        ...(kind === 'Service' || kind === 'DomainMapping'
          ? []
          : [metadata(kind, { ...user('creator', 'bob'), ...owned }, { before: { metadata: user('creator', 'ann') } })]),
      ],
      rejects: [
        [
          metadata(kind, user('creator', 'bob'), { before: { metadata: user('creator', 'ann') } }),
          `annotation value is immutable: ${at}.serving.knative.dev/creator`,
        ],
        [
          metadata(kind, {}, { before: { metadata: user('creator', 'ann') } }),
          `annotation value is immutable: ${at}.serving.knative.dev/creator`,
        ],
      ],
    },
    {
      id: `4.2 last modifier of a ${kind}`,
      accepts: [metadata(kind, user('lastModifier', 'ann'), { before: { metadata: user('lastModifier', 'ann') } })],
      rejects: [
        [
          metadata(kind, user('lastModifier', 'bob'), { before: { metadata: user('lastModifier', 'ann') } }),
          `invalid value: bob: ${at}.serving.knative.dev/lastModifier`,
        ],
      ],
    },
  ]),
  {
    id: '4.2 generateName of a DomainMapping',
    accepts: [metadata('DomainMapping', {})],
    rejects: [[metadata('DomainMapping', { generateName: 'a-' }), 'must not set the field(s): metadata.generateName']],
  },
  {
    id: '4.2 name of a DomainMapping is a full domain name',
    accepts: ['a.b', 'a.example.com', 'a.example.com.', '1.2'].map((name) => metadata('DomainMapping', { name })),
    rejects: [
      [
        metadata('DomainMapping', { name: 'a' }),
        invalidName('a', 'name: Invalid value: "a": should be a domain with at least two segments separated by dots'),
      ],
      [metadata('DomainMapping', { name: 'A.b' }), invalidName('A.b', `name: Invalid value: "A.b": ${texts.subdomain1123}`)],
      [
        metadata('DomainMapping', { name: `${'a'.repeat(64)}.b` }),
        invalidName(`${'a'.repeat(64)}.b`, `name: Invalid value: "${'a'.repeat(64)}": must be no more than 63 characters`),
      ],
    ],
  },
  {
    id: '4.2 name of a DomainMapping outside of the cluster',
    accepts: [metadata('DomainMapping', { name: 'cluster.local' })],
    rejects: [
      [
        metadata('DomainMapping', { name: 'a.cluster.local' }),
        invalidName('a.cluster.local', 'must not be a subdomain of cluster local domain "cluster.local"'),
      ],
    ],
  },
  {
    id: '4.2 writes of the status',
    accepts: (['Service', 'Configuration'] as const).map((kind) =>
      of(kind, {}, { metadata: { annotations: { 'autoscaling.knative.dev/target': '1' } }, before: {}, status: true }),
    ),
    rejects: [
      [metadata('Route', { name: 'a.b' }, { before: {}, status: true }), `not a DNS 1035 label: [${texts.label1035}]: metadata.name`],
      [metadata('Revision', { name: 'a.b' }, { before: {}, status: true }), `not a DNS 1035 label: [${texts.label1035}]: metadata.name`],
    ],
  },
];

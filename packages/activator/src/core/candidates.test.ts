import type { Endpoints, Pod } from '@ebb/shared/api/builtin.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import { describe, expect, test } from 'vitest';
import { candidatesOf, destOf, natureOf } from './candidates.ts';

const metadata = { name: 'x', namespace: 'default' };
const pod = (podIP: string | undefined, ready = false, more: { phase?: string; gone?: boolean } = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...metadata, ...(more.gone ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
  status: { phase: more.phase ?? 'Running', podIP, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});
const endpoints = (ready: string[], notReady: string[], port = 8012, name = 'http'): Endpoints => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata,
  subsets: [
    {
      addresses: ready.map((ip) => ({ ip })),
      notReadyAddresses: notReady.map((ip) => ({ ip })),
      ports: [
        { name: 'https', port: 8112 },
        { name, port },
      ],
    },
  ],
});
const http = { containerConcurrency: 0, protocol: 'http1', onlyKubernetesKnows: false } as const;

describe('candidatesOf', () => {
  test.each([
    ['nothing yet', http, undefined, [], []],
    ['a pod without an address', http, undefined, [pod(undefined)], []],
    ['a pod before the Endpoints', http, undefined, [pod('10.0.0.1')], [{ dest: '10.0.0.1:8012', ready: false }]],
    [
      'both kinds of addresses',
      http,
      endpoints(['10.0.0.2'], ['10.0.0.1']),
      [],
      [
        { dest: '10.0.0.1:8012', ready: false },
        { dest: '10.0.0.2:8012', ready: true },
      ],
    ],
    ['ready by either', http, endpoints([], ['10.0.0.1']), [pod('10.0.0.1', true)], [{ dest: '10.0.0.1:8012', ready: true }]],
    ['a pod on its way out', http, endpoints(['10.0.0.1'], []), [pod('10.0.0.1', true, { gone: true })], []],
    [
      'an address that has a new pod',
      http,
      undefined,
      [pod('10.0.0.1'), pod('10.0.0.1', true, { gone: true })],
      [{ dest: '10.0.0.1:8012', ready: false }],
    ],
    ['a pod that ended', http, undefined, [pod('10.0.0.1', false, { phase: 'Failed' })], []],
    [
      'h2c has its own port',
      { ...http, protocol: 'h2c' as const },
      endpoints(['10.0.0.1'], [], 8013, 'http2'),
      [pod('10.0.0.2')],
      [
        { dest: '10.0.0.1:8013', ready: true },
        { dest: '10.0.0.2:8013', ready: false },
      ],
    ],
    [
      'only Kubernetes knows',
      { ...http, onlyKubernetesKnows: true },
      endpoints(['10.0.0.2'], ['10.0.0.1']),
      [],
      [{ dest: '10.0.0.2:8012', ready: true }],
    ],
  ])('%s', (_name, nature, own, pods, expected) => {
    expect(candidatesOf(nature, own, pods)).toEqual(expected);
  });

  test('pods that only announced themselves come with their names', () => {
    const announced = [
      { pod: 'a', address: '10.0.0.1' },
      { pod: 'b', address: 'fd00::2' },
      { pod: 'c', address: '10.0.0.3' },
    ];
    expect(candidatesOf(http, endpoints(['10.0.0.3'], []), [pod('10.0.0.1', true)], announced)).toEqual([
      { dest: '10.0.0.1:8012', ready: true },
      { dest: '10.0.0.3:8012', ready: true },
      { dest: '[fd00::2]:8012', ready: false, announced: 'b' },
    ]);
    expect(candidatesOf({ ...http, onlyKubernetesKnows: true }, undefined, [], announced)).toEqual([]);
  });

  test('an IPv6 address is bracketed', () => {
    expect(destOf('fd00::1', 8012)).toBe('[fd00::1]:8012');
  });
});

describe('natureOf', () => {
  const revision = (spec: Revision['spec']): Revision => ({ apiVersion: 'serving.knative.dev/v1', kind: 'Revision', metadata, spec });
  test.each([
    ['plain', { containers: [{ name: 'a' }] }, http],
    [
      'h2c with a limit',
      { containerConcurrency: 5, containers: [{ name: 'a', ports: [{ name: 'h2c', containerPort: 1 }] }] },
      { containerConcurrency: 5, protocol: 'h2c', onlyKubernetesKnows: false },
    ],
    [
      'exec probe',
      { containers: [{ name: 'a', readinessProbe: { exec: { command: ['true'] } } }] },
      { ...http, onlyKubernetesKnows: true },
    ],
    [
      'exec probe of a sidecar',
      {
        containers: [
          { name: 'a', ports: [{ containerPort: 1 }] },
          { name: 'b', readinessProbe: { exec: {} } },
        ],
      },
      http,
    ],
    [
      'startup probe of a sidecar',
      {
        containers: [
          { name: 'a', ports: [{ containerPort: 1 }] },
          { name: 'b', startupProbe: {} },
        ],
      },
      { ...http, onlyKubernetesKnows: true },
    ],
  ])('%s', (_name, spec, expected) => {
    expect(natureOf(revision(spec as Revision['spec']))).toEqual(expected);
  });
});

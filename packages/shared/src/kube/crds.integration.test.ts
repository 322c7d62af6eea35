import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kinds } from '../api/kinds.ts';
import type { Kind, KubeObject } from '../api/meta.ts';
import { deployedCrds, installCrds } from '../testing/crds.ts';
import { startKube, type TestKube } from '../testing/kube.ts';
import { programFromEnv } from '../testing/programs.ts';

let kube: TestKube;
let installed: Awaited<ReturnType<typeof installCrds>>;

beforeAll(async () => {
  kube = await startKube();
  installed = await installCrds(kube.client);
});
afterAll(() => kube?.stop());

const kubectl = async (...args: string[]): Promise<string[][]> => {
  const { stdout } = await promisify(execFile)(join(programFromEnv('EBB_KUBE_BIN'), 'kubectl'), ['--kubeconfig', kube.kubeconfig, ...args]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s{2,}/));
};

type Made = KubeObject & { status?: unknown };
/** Creates an object and gives it a status, as a reconciler does. */
async function make(kind: Kind, name: string, spec: unknown, status: Record<string, unknown>, labels = {}): Promise<Made> {
  const conditions = [{ type: 'Ready', status: 'False', reason: 'Because' }];
  const object = { apiVersion: '', kind: '', metadata: { name, namespace: kind.namespaced ? 'default' : '', labels }, spec };
  const created = await kube.client.create(kind as Kind<Made>, object);
  return kube.client.updateStatus(kind as Kind<Made>, { ...created, status: { ...status, conditions } });
}

describe('the twelve kinds', () => {
  test('are accepted as structural schemas without a complaint', () => {
    expect(installed.map((c) => c.metadata.name).sort()).toEqual(
      Object.values(kinds)
        .map((k) => `${k.plural}.${k.group}`)
        .sort(),
    );
    const complaints = installed.flatMap((c) => (c.status?.conditions ?? []).filter((x) => x.type === 'NonStructuralSchema'));
    expect(complaints).toEqual([]);
    const unhappy = installed.flatMap((c) =>
      (c.status?.conditions ?? []).filter((x) => x.status !== 'True').map((x) => `${c.metadata.name} ${x.type}`),
    );
    expect(unhappy).toEqual([]);
  });

  test('are those the table of kinds names', () => {
    const served = deployedCrds().map((c) => {
      const spec = c.spec as { group: string; names: { kind: string; plural: string }; scope: string; versions: { name: string }[] };
      return [spec.group, spec.versions[0]?.name, spec.names.kind, spec.names.plural, spec.scope === 'Namespaced'].join(' ');
    });
    const known = Object.values(kinds).map((k) => [k.group, k.version, k.kind, k.plural, k.namespaced].join(' '));
    expect(served.sort()).toEqual(known.sort());
  });
});

const template = { spec: { containers: [{ image: 'example.com/hello' }] } };
const names = { latestCreatedRevisionName: 'created', latestReadyRevisionName: 'ready' };
const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };
const url = 'http://x.example.com';
const of = 'serving.knative.dev/configuration';
const at = 'serving.knative.dev/configurationGeneration';

/** Short name → object, its status, the columns and what they show (contract control-plane 1.1). */
const columns: [string, Kind, unknown, Record<string, unknown>, string[], string[], Record<string, string>?][] = [
  ['ksvc', kinds.Service, { template }, { url, ...names }, ['URL', 'LATESTCREATED', 'LATESTREADY'], [url, 'created', 'ready']],
  ['cfg', kinds.Configuration, { template }, names, ['LATESTCREATED', 'LATESTREADY'], ['created', 'ready']],
  ['rt', kinds.Route, {}, { url }, ['URL'], [url]],
  ['dm', kinds.DomainMapping, { ref: { kind: 'Service', name: 'x' } }, { url }, ['URL'], [url]],
  [
    'pa',
    kinds.PodAutoscaler,
    { scaleTargetRef: reference, protocolType: 'http1' },
    { serviceName: '', metricsServiceName: '', desiredScale: 2, actualScale: 1 },
    ['DESIREDSCALE', 'ACTUALSCALE'],
    ['2', '1'],
  ],
  ['metrics.autoscaling.internal.knative.dev', kinds.Metric, { stableWindow: 1, panicWindow: 1, scrapeTarget: '' }, {}, [], []],
  ['king', kinds.Ingress, {}, {}, [], []],
  ['kcert', kinds.Certificate, { dnsNames: ['x.example.com'], secretName: 's' }, {}, [], []],
  [
    'sks',
    kinds.ServerlessService,
    { mode: 'Proxy', objectRef: reference, protocolType: 'http1', numActivators: 3 },
    { serviceName: 'public', privateServiceName: 'private' },
    ['MODE', 'ACTIVATORS', 'SERVICENAME', 'PRIVATESERVICENAME'],
    ['Proxy', '3', 'public', 'private'],
  ],
];

describe('kubectl get', () => {
  test.each(columns)('%s', async (short, kind, spec, status, titles, values) => {
    await make(kind, 'x.example.com', spec, status);
    const rows = await kubectl('get', short);
    expect(rows).toEqual([
      ['NAME', ...titles, 'READY', 'REASON'],
      ['x.example.com', ...values, 'False', 'Because'],
    ]);
  });

  test('rev', async () => {
    await make(kinds.Revision, 'x', template.spec, { actualReplicas: 1, desiredReplicas: 2 }, { [of]: 'x', [at]: '1' });
    expect(await kubectl('get', 'rev')).toEqual([
      ['NAME', 'CONFIG NAME', 'GENERATION', 'READY', 'REASON', 'ACTUAL REPLICAS', 'DESIRED REPLICAS'],
      ['x', 'x', '1', 'False', 'Because', '1', '2'],
    ]);
  });

  test('images, cdc', async () => {
    const meta = { name: 'x', namespace: 'default' };
    await kube.client.create(kinds.Image, { apiVersion: '', kind: '', metadata: meta, spec: { image: 'example.com/hello' } });
    expect((await kubectl('get', 'images')).flat()).toEqual(['NAME', 'IMAGE', 'x', 'example.com/hello']);
    const claim = { apiVersion: '', kind: '', metadata: { name: 'x.example.com', namespace: '' }, spec: { namespace: 'default' } };
    await kube.client.create(kinds.ClusterDomainClaim, claim);
    expect((await kubectl('get', 'cdc'))[1]?.[0]).toBe('x.example.com');
  });
});

test('what the schema does not know is dropped, what it requires is asked for', async () => {
  const metadata = { name: 'pruned', namespace: 'default' };
  const spec = { template: { ...template, extra: 1 }, unknown: true } as never;
  const created = await kube.client.create(kinds.Service, { apiVersion: '', kind: '', metadata, spec });
  expect(created.spec).toEqual({ template });
  const incomplete = kube.client.create(kinds.PodAutoscaler, { apiVersion: '', kind: '', metadata, spec: {} as never });
  await expect(incomplete).rejects.toThrow('spec.scaleTargetRef: Required value');
});

import { execFileSync } from 'node:child_process';
import { get as httpGet } from 'node:http';
import { join } from 'node:path';
import { getCondition } from '@ebb/shared/api/conditions.ts';
import { type Ingress, kinds } from '@ebb/shared/api/kinds.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import type { Running } from '@ebb/shared/telemetry/process.ts';
import { installCrds } from '@ebb/shared/testing/crds.ts';
import { startKube, type TestKube } from '@ebb/shared/testing/kube.ts';
import { freePort, programFromEnv } from '@ebb/shared/testing/programs.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { startGateway } from './app.ts';
import { ingress, rule, split } from './testing/objects.ts';

const deploy = join(import.meta.dirname, '../../../deploy');
const classKey = 'networking.knative.dev/ingress.class';
const others = ['kourier', 'istio', 'contour', 'gateway-api'] as const;

let kube: TestKube;
let gateway: Running;
const kubectl = (...args: string[]): string =>
  execFileSync(join(programFromEnv('EBB_KUBE_BIN'), 'kubectl'), ['--kubeconfig', kube.kubeconfig, ...args], { encoding: 'utf8' });

beforeAll(async () => {
  kube = await startKube();
  await installCrds(kube.client);
  kubectl('apply', '--server-side', '-k', join(deploy, 'namespace'));
  kubectl('apply', '--server-side', '-k', join(deploy, 'config'));
  process.env.KUBECONFIG = kube.kubeconfig;
  for (const name of ['GATEWAY_HTTP_PORT', 'GATEWAY_LOCAL_HTTP_PORT', 'GATEWAY_HTTPS_PORT', 'GATEWAY_LOCAL_HTTPS_PORT', 'PROBES_PORT'])
    process.env[name] = String(await freePort());
  Object.assign(process.env, { METRICS_PROMETHEUS_PORT: '0', DRAIN_SECONDS: '0', DRAIN_GRACE_SECONDS: '0' });
  gateway = await startGateway(createLogger('test', 'silent'));
}, 60_000);
afterAll(async () => {
  await gateway?.drain();
  await kube?.stop();
});

interface Rendered {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  spec?: { type?: string; ports?: { port: number; nodePort?: number }[] };
}

/** The objects of an overlay, which the API server accepts, by kind and name. */
function accepted(overlay: string): (kind: string, name: string) => Rendered | undefined {
  const folder = join(deploy, 'overlays', overlay);
  const objects = parseAllDocuments(kubectl('kustomize', folder)).map((d) => d.toJS() as Rendered);
  const applied = kubectl('apply', '--server-side', '--force-conflicts', '--dry-run=server', '-k', folder);
  expect(applied.trim().split('\n')).toHaveLength(objects.length);
  return (kind, name) => objects.find((o) => o.kind === kind && o.metadata.name === name);
}

test.each(others)('%s: everything but the gateway is accepted, and the class of routes is its', (name) => {
  const of = accepted(name);
  expect(of('Deployment', 'gateway')).toBeUndefined();
  expect(of('Deployment', 'controller')).toBeDefined();
  expect(of('ConfigMap', 'config-network')?.data?.['ingress-class']).toBe(`${name}.ingress.networking.knative.dev`);
});

test.each([
  ['all', 'ClusterIP'],
  ['load-balancer', 'LoadBalancer'],
  ['node-port', 'NodePort'],
])('%s: the gateway is a Service of type %s', (name, type) => {
  const of = accepted(name);
  expect(of('Deployment', 'gateway')).toBeDefined();
  const service = of('Service', 'gateway');
  expect(service?.spec?.type ?? 'ClusterIP').toBe(type);
  expect(service?.spec?.ports?.map((p) => p.port)).toEqual([80, 443]);
  expect(of('ConfigMap', 'config-network')?.data?.['ingress-class']).toBe('ebb.ingress.networking.knative.dev');
});

const ofClass = (name: string, value: string | undefined): Ingress => {
  const made = ingress(name, [rule([`${name}.example.com`], [{ splits: [split('app', { serviceNamespace: 'default' })] }])]);
  const { name: own, annotations } = made.metadata;
  return {
    ...made,
    metadata: { name: own, namespace: 'default', annotations: value === undefined ? undefined : { ...annotations, [classKey]: value } },
  };
};

test('Ingresses of other classes, or of none, are left alone; one that comes over is taken, one that leaves is let go', async () => {
  const foreign = [
    ...others.map((o) => [o, `${o}.ingress.networking.knative.dev`] as const),
    ['empty', ''] as const,
    ['none', undefined] as const,
  ];
  for (const [name, value] of foreign) await kube.client.create(kinds.Ingress, ofClass(name, value));
  const before = await kube.client.list(kinds.Ingress);
  await kube.client.create(kinds.Ingress, ofClass('ours', 'ebb.ingress.networking.knative.dev'));
  const get = (name: string): Promise<Ingress> => kube.client.get(kinds.Ingress, 'default', name);
  const taken = (name: string) =>
    until(async () => expect(getCondition((await get(name)).status?.conditions, 'LoadBalancerReady')?.reason).toBe('Uninitialized'));
  await taken('ours');
  const { items } = await kube.client.list(kinds.Ingress);
  expect(items.filter((i) => i.metadata.name !== 'ours')).toEqual(before.items);

  const become = (name: string, value: string) =>
    kube.client.patch(kinds.Ingress, 'default', name, 'merge', { metadata: { annotations: { [classKey]: value } } });
  await become('istio', 'ebb.ingress.networking.knative.dev');
  await taken('istio');
  const status = (host: string) =>
    new Promise<number | undefined>((resolve, reject) =>
      httpGet({ port: process.env.GATEWAY_HTTP_PORT, headers: { host }, agent: false }, (res) => resolve(res.resume().statusCode)).on(
        'error',
        reject,
      ),
    );
  // Nothing is behind it, but it is ours.
  await until(async () => expect(await status('istio.example.com')).toBe(503));
  await become('istio', 'istio.ingress.networking.knative.dev');
  await until(async () => expect(await status('istio.example.com')).toBe(404));
  expect(await status('kourier.example.com')).toBe(404);
  expect(await status('ours.example.com')).toBe(503);
});

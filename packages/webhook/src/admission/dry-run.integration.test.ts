import { builtin } from '@ebb/shared/api/builtin.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { apiConfig } from '@ebb/shared/testing/api-context.ts';
import { startKube, type TestKube } from '@ebb/shared/testing/kube.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dryRun } from './dry-run.ts';
import type { AdmissionRequest } from './review.ts';

const settings = { config: apiConfig(), clusterDomain: 'cluster.local' };
const log = createLogger('test', 'silent');
let kube: TestKube;
beforeAll(async () => {
  kube = await startKube();
  // No controller makes it here.
  const accounts = { group: '', version: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', namespaced: true };
  const metadata = { name: 'default', namespace: 'default' };
  await kube.client.create(accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
});
afterAll(() => kube?.stop());

const container = { name: 'web', image: 'example.com/hello', readinessProbe: { tcpSocket: { port: 0 } } };
function says(containers: object[], more: Partial<AdmissionRequest> = {}, metadata: object = {}) {
  const request = {
    uid: 'u',
    kind: { group: 'serving.knative.dev', version: 'v1', kind: 'Service' },
    operation: 'CREATE',
    namespace: 'default',
    dryRun: true,
    object: { metadata: { name: 'hello', ...metadata }, spec: { template: { spec: { containers, timeoutSeconds: 30 } } } },
    ...more,
  } as AdmissionRequest;
  return dryRun(request, settings, (pod) => kube.client.create(builtin.Pod, pod, { dryRun: true }), log);
}

test('a template that makes a pod is good, and no pod is made', async () => {
  const liveness = { httpGet: { path: '/', port: 0 } };
  expect(
    await says([
      { ...container, ports: [{ containerPort: 8080 }], livenessProbe: liveness },
      { name: 'side', image: 'b' },
    ]),
  ).toEqual({});
  expect((await kube.client.list(builtin.Pod, { namespace: 'default' })).items).toEqual([]);
});

const bad = [{ ...container, name: '&InvalidValue' }];

test('what the API server says of another is told', async () => {
  const { denied } = await says(bad);
  expect(denied).toMatch(
    /^validation callback failed: dry run failed with Pod "dry-run-validation\w+" is invalid: spec\.containers\[0\]\.name: Invalid value: "&InvalidValue": .*: spec\.template$/,
  );
  expect((await says([{ ...container, image: ' x' }], { operation: 'UPDATE' })).denied).toContain('spec.containers[0].image');
});

test('nobody else is asked: no dry run, a Configuration of a Service, other kinds, deletions, no template', async () => {
  const configuration = { group: 'serving.knative.dev', version: 'v1', kind: 'Configuration' };
  expect(await says(bad, { dryRun: false })).toEqual({});
  expect((await says(bad, { kind: configuration })).denied).toMatch(/^validation callback failed: /);
  expect(await says(bad, { kind: configuration }, { labels: { 'serving.knative.dev/service': 'hello' } })).toEqual({});
  expect(await says(bad, { kind: { ...configuration, kind: 'Revision' } })).toEqual({});
  expect(await says(bad, { operation: 'DELETE' })).toEqual({});
  expect(await says(bad, { object: { metadata: {}, spec: {} } as never })).toEqual({});
});

import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { builtin } from '@ebb/shared/api/builtin.ts';
import { getCondition, isReady } from '@ebb/shared/api/conditions.ts';
import { type Configuration, kinds, type Revision } from '@ebb/shared/api/kinds.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import { temporaryFolder } from '@ebb/shared/testing/programs.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestController, type TestController } from '../testing/controller.ts';
import { startRegistry, type TestRegistry, user } from '../testing/registry.ts';

let running: TestController;
let client: KubeClient;
let registry: TestRegistry;
let silent: Server;
const folder = temporaryFolder();

beforeAll(async () => {
  registry = await startRegistry({ auth: 'basic', tls: true });
  writeFileSync(join(folder.path, 'registry.pem'), registry.certificate);
  silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const config = { 'config-deployment': { 'digest-resolution-timeout': '30s', 'registries-skipping-tag-resolving': 'kept.example.com' } };
  running = await startTestController({ env: { SSL_CERT_DIR: folder.path }, config });
  client = running.client;
});
afterAll(async () => {
  await running?.stop();
  await registry?.stop();
  silent?.close();
  folder.remove();
});

const configuration = (name: string, ...images: string[]): Configuration => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Configuration',
  metadata: { name, namespace: 'default' },
  spec: {
    template: {
      spec: {
        containers: images.map((image, i) => ({
          name: `c${i}`,
          image,
          ...(i === 0 && images.length > 1 ? { ports: [{ containerPort: 8080 }] } : {}),
        })),
      },
    },
  },
});
const revision = (name: string): Promise<Revision> => client.get(kinds.Revision, 'default', `${name}-00001`);
const ready = (name: string) =>
  until(async () => {
    const r = await revision(name);
    expect(isReady(r)).toBe(true);
    return r;
  });

test('a private image is found once its pull secret is there, and deployed by its digest', async () => {
  const digest = await registry.push('team/hello', 'v1');
  await client.create(kinds.Configuration, configuration('private', `${registry.host}/team/hello:v1`));
  await until(async () => {
    const { status } = await revision('private');
    expect(getCondition(status?.conditions, 'ContainerHealthy')).toMatchObject({ status: 'False', reason: 'ContainerMissing' });
    expect(getCondition(status?.conditions, 'ContainerHealthy')?.message).toContain('unexpected status code 401 Unauthorized');
  });
  const of = await client.get(kinds.Configuration, 'default', 'private');
  expect(getCondition(of.status?.conditions, 'Ready')).toMatchObject({ status: 'False', reason: 'RevisionFailed' });

  const auths = Buffer.from(JSON.stringify({ auths: { [registry.host]: user } })).toString('base64');
  const metadata = { name: 'pull', namespace: 'default' };
  const type = 'kubernetes.io/dockerconfigjson';
  await client.create(builtin.Secret, { apiVersion: 'v1', kind: 'Secret', metadata, type, data: { '.dockerconfigjson': auths } });
  const account = { name: 'default', namespace: 'default' };
  const imagePullSecrets = [{ name: 'pull' }];
  await client.create(builtin.ServiceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account, imagePullSecrets });

  const { status } = await ready('private');
  const resolved = `${registry.host}/team/hello@${digest}`;
  expect(status?.containerStatuses).toEqual([{ name: 'c0', imageDigest: resolved }]);
  const deployment = await client.get(builtin.Deployment, 'default', 'private-00001-deployment');
  expect(deployment.spec?.template.spec?.containers[0]?.image).toBe(resolved);
  expect((await client.get(kinds.Image, 'default', 'private-00001-cache-c0')).spec.image).toBe(resolved);
  // Told once, however often it was tried.
  const fieldSelector = 'involvedObject.name=private-00001,reason=InternalError';
  const events = (await client.list(builtin.Event, { namespace: 'default', fieldSelector })).items;
  expect(events.reduce((n, e) => n + (e.count ?? 1), 0)).toBe(1);
});

test('registries that do not answer keep nobody waiting but their own', async () => {
  const { port } = silent.address() as { port: number };
  const held = Array.from({ length: 10 }, (_, i) => `held-${i}`);
  for (const name of held) await client.create(kinds.Configuration, configuration(name, `127.0.0.1:${port}/${name}`));
  await until(async () => {
    for (const name of held) {
      const { status } = await revision(name);
      expect(getCondition(status?.conditions, 'ResourcesAvailable')).toMatchObject({ status: 'Unknown', reason: 'ResolvingDigests' });
    }
  });
  const [first, second] = [await registry.push('team/one', 'v1', ['amd64', 'arm64']), await registry.push('team/two', 'latest')];
  const images = [`${registry.host}/team/one:v1`, `${registry.host}/team/two`, 'kept.example.com/three:v3'];
  await client.create(kinds.Configuration, configuration('several', ...images));
  expect((await ready('several')).status?.containerStatuses).toEqual([
    { name: 'c0', imageDigest: `${registry.host}/team/one@${first}` },
    { name: 'c1', imageDigest: `${registry.host}/team/two@${second}` },
    { name: 'c2', imageDigest: '' },
  ]);
  for (const name of held) expect(getCondition((await revision(name)).status?.conditions, 'Ready')?.reason).toBe('ResolvingDigests');
});

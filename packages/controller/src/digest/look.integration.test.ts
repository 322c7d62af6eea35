import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { builtin } from '@ebb/shared/api/builtin.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import { startKube, type TestKube } from '@ebb/shared/testing/kube.ts';
import { temporaryFolder } from '@ebb/shared/testing/programs.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRegistry, type TestRegistry, user } from '../testing/registry.ts';
import { createLook } from './look.ts';
import { parseReference } from './reference.ts';
import { createTransport } from './transport.ts';

let kube: TestKube;
let client: KubeClient;
let open: TestRegistry;
let basic: TestRegistry;
let token: TestRegistry;
let secured: TestRegistry;
const folder = temporaryFolder();
const namespace = 'default';

const base64 = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
/** A pull secret of either type. */
const secret = (name: string, type: 'dockerconfigjson' | 'dockercfg', auths: Record<string, unknown>) =>
  client.create(builtin.Secret, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    type: `kubernetes.io/${type}`,
    data: { [`.${type}`]: base64(type === 'dockercfg' ? auths : { auths }) },
  });
const account = (name: string, ...secrets: string[]) =>
  client.create(builtin.ServiceAccount, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace },
    imagePullSecrets: secrets.map((s) => ({ name: s })),
  });

beforeAll(async () => {
  kube = await startKube();
  client = kube.client;
  open = await startRegistry();
  basic = await startRegistry({ auth: 'basic', tls: true });
  token = await startRegistry({ auth: 'token' });
  secured = await startRegistry({ tls: true });
  const encoded = { auth: base64(`${user.username}:${user.password}`) };
  await secret('right', 'dockerconfigjson', { [basic.host]: user, [`http://${token.host}/v1/`]: encoded });
  await secret('old', 'dockercfg', { [`https://${basic.host}/v2/`]: encoded });
  await secret('wrong', 'dockerconfigjson', { [`${basic.host}/team`]: { username: user.username, password: 'guessed' } });
  await secret('elsewhere', 'dockerconfigjson', { 'registry.example.com': user });
  await account('puller', 'right');
  await account('stranger', 'elsewhere', 'missing');
});
afterAll(async () => {
  await Promise.all([open, basic, token, secured].map((r) => r?.stop()));
  await kube?.stop();
  folder.remove();
});

/** Trusts what is in the test's folder, as a folder mounted for SSL_CERT_DIR is. */
function trusting(...registries: TestRegistry[]) {
  mkdirSync(join(folder.path, 'ca'), { recursive: true });
  for (const [i, r] of registries.entries()) writeFileSync(join(folder.path, 'ca', `${i}.pem`), r.certificate);
  return createTransport({ SSL_CERT_DIR: join(folder.path, 'ca') });
}

const look = (image: string, given: Partial<Parameters<ReturnType<typeof createLook>>[0]> = {}, transport = trusting(basic, secured)) =>
  createLook(
    client,
    transport,
  )({
    image,
    ref: parseReference(image),
    namespace,
    serviceAccountName: '',
    imagePullSecrets: [],
    timeoutMs: 10_000,
    ...given,
  });

test('anonymous: the digest of an image, and of the list of an image for several architectures', async () => {
  const one = await open.push('team/hello', 'v1');
  expect(await look(`${open.host}/team/hello:v1`)).toBe(one);
  const list = await open.push('team/hello', 'all', ['amd64', 'arm64']);
  expect(list).not.toBe(one);
  expect(await look(`${open.host}/team/hello:all`)).toBe(list);
  const moved = await open.push('team/hello', 'v1', ['arm64']);
  expect(await look(`${open.host}/team/hello:v1`)).toBe(moved);
});

test('what is not there', async () => {
  await expect(look(`${open.host}/team/hello:v9`)).rejects.toThrow(
    `HEAD http://${open.host}/v2/team/hello/manifests/v9: unexpected status code 404 Not Found (HEAD responses have no body, use GET for details)`,
  );
});

test('a self-signed certificate: refused, unless its authority is trusted', async () => {
  const digest = await secured.push('hello', 'latest');
  await expect(look(`${secured.host}/hello`, {}, createTransport({}))).rejects.toThrow(
    `HEAD https://${secured.host}/v2/hello/manifests/latest: self-signed certificate`,
  );
  expect(await look(`${secured.host}/hello`)).toBe(digest);
  const bundle = join(folder.path, 'bundle.pem');
  writeFileSync(bundle, `# ours\n${secured.certificate}`);
  expect(await look(`${secured.host}/hello`, {}, createTransport({ SSL_CERT_FILE: bundle }))).toBe(digest);
  expect(await look(`${secured.host}/hello`, {}, createTransport({}, bundle))).toBe(digest);
});

test.each<[string, () => TestRegistry, { serviceAccountName?: string; imagePullSecrets?: string[] }]>([
  ['a secret of the spec', () => basic, { imagePullSecrets: ['right'] }],
  ['an old secret of the spec', () => basic, { imagePullSecrets: ['old'] }],
  ["the service account's", () => basic, { serviceAccountName: 'puller' }],
  ['the second that fits', () => basic, { serviceAccountName: 'puller', imagePullSecrets: ['missing', 'wrong'] }],
  ['with a token', () => token, { serviceAccountName: 'puller' }],
])('a private registry, %s', async (_what, registry, given) => {
  const digest = await registry().push('team/private', 'v1');
  expect(await look(`${registry().host}/team/private:v1`, given)).toBe(digest);
});

test.each<[string, () => TestRegistry, { serviceAccountName?: string; imagePullSecrets?: string[] }, string]>([
  ['without credentials', () => basic, {}, 'unexpected status code 401 Unauthorized'],
  ['credentials of another host', () => basic, { serviceAccountName: 'stranger' }, 'unexpected status code 401 Unauthorized'],
  ['a wrong password', () => basic, { imagePullSecrets: ['wrong'] }, 'unexpected status code 401 Unauthorized'],
  ['no token for nobody', () => token, {}, '/token: unexpected status code 401 Unauthorized'],
])('a private registry refuses: %s', async (_what, registry, given, why) => {
  await registry().push('team/private', 'v1');
  const refused = look(`${registry().host}/team/private:v1`, given);
  await expect(refused).rejects.toThrow(why);
  await expect(refused).rejects.not.toThrow(user.password);
});

test('a registry that does not answer is given up on in time', async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  await expect(look(`127.0.0.1:${port}/hello`, { timeoutMs: 300 })).rejects.toThrow('no answer within 300ms');
  silent.close();
});

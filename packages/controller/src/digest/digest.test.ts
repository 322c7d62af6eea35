import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import { parseDeployment } from '@ebb/shared/config/deployment.ts';
import { type KubeClient, KubeError } from '@ebb/shared/kube/client.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLook } from './look.ts';
import { createLookups, type Lookups } from './lookups.ts';
import { parseReference } from './reference.ts';
import { createDigestResolver, type DigestResolver } from './resolver.ts';
import { createTransport } from './transport.ts';

const digest = (n: number): string => `sha256:${String(n).repeat(64)}`;

/** A registry on the loopback address that answers as `answer` says; asked for, it wants an anonymous token first. */
let server: Server;
let registry: string;
let asked: string[];
let answer: (name: string, req: IncomingMessage, res: ServerResponse) => void;
let wantsToken: boolean;

beforeEach(async () => {
  asked = [];
  wantsToken = false;
  answer = (_name, _req, res) => res.setHeader('docker-content-digest', digest(1)).end();
  server = createServer((req, res) => {
    asked.push(`${req.method} ${req.url}`);
    const url = new URL(req.url ?? '', 'http://x');
    if (url.pathname === '/token') {
      res.end(JSON.stringify({ token: `for ${url.searchParams.get('service')} ${url.searchParams.get('scope')}` }));
      return;
    }
    const name = /^\/v2\/(.+)\/manifests\/.+$/.exec(url.pathname)?.[1] ?? '';
    if (wantsToken && req.headers.authorization !== `Bearer for reg repository:${name}:pull`) {
      const challenge = `Bearer realm="http://${registry}/token",service="reg",scope="repository:${name}:pull"`;
      res.writeHead(401, { 'www-authenticate': challenge }).end();
      return;
    }
    answer(name, req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const config = parseDeployment({ 'queue-sidecar-image': 'queue', 'registries-skipping-tag-resolving': 'dev.local' });
let time = 0;
/** Nobody has pull secrets here; `look.integration.test.ts` has them. */
const get = (): Promise<never> => Promise.reject(new KubeError(404, 'NotFound', 'not found'));
const look = createLook({ get } as unknown as KubeClient, createTransport({}));

/** A resolver, and a promise of the next revision it calls back for. */
function setUp() {
  const waiting: ((key: string) => void)[] = [];
  const lookups: Lookups = createLookups({ now: () => time }, look, (key) => waiting.shift()?.(key));
  return { resolver: createDigestResolver(lookups), next: () => new Promise<string>((resolve) => waiting.push(resolve)) };
}

const revision = (images: string[], name = 'hello-00001', initImages: string[] = []): Revision => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Revision',
  metadata: { name, namespace: 'default' },
  spec: {
    containers: images.map((image, i) => ({ name: `c${i}`, image })),
    ...(initImages.length ? { initContainers: initImages.map((image, i) => ({ name: `i${i}`, image })) } : {}),
  },
});
const resolve = (resolver: DigestResolver, r: Revision) => resolver.resolve(r, config);

describe('resolving', () => {
  test('a tag is looked up in the background and is a digest afterwards, in the order of the spec', async () => {
    const { resolver, next } = setUp();
    answer = (name, _req, res) => res.setHeader('docker-content-digest', digest(name === 'one' ? 1 : 2)).end();
    const r = revision([`${registry}/one:v1`, 'dev.local/kept:v1', `example.com/pinned@${digest(9)}`, `${registry}/two`], 'r', [
      `${registry}/one:v1`,
    ]);
    let [found, called] = [resolve(resolver, r), next()];
    expect(found).toEqual({ state: 'pending' });
    while (found.state === 'pending') {
      expect(await called).toBe('default/r');
      [found, called] = [resolve(resolver, r), next()];
    }
    expect(found).toEqual({
      state: 'resolved',
      containers: [
        { name: 'c0', imageDigest: `${registry}/one@${digest(1)}` },
        { name: 'c1', imageDigest: '' },
        { name: 'c2', imageDigest: `example.com/pinned@${digest(9)}` },
        { name: 'c3', imageDigest: `${registry}/two@${digest(2)}` },
      ],
      initContainers: [{ name: 'i0', imageDigest: `${registry}/one@${digest(1)}` }],
    });
    // Each distinct image once.
    expect(asked.sort()).toEqual(['HEAD /v2/one/manifests/v1', 'HEAD /v2/two/manifests/latest']);
  });

  test('nothing is looked up for what is known already', () => {
    const { resolver } = setUp();
    const r = { ...revision([`${registry}/one`]), status: { containerStatuses: [{ name: 'c0', imageDigest: 'known' }] } };
    expect(resolve(resolver, r)).toEqual({
      state: 'resolved',
      containers: [{ name: 'c0', imageDigest: 'known' }],
      initContainers: undefined,
    });
    expect(asked).toEqual([]);
  });

  test('a registry that wants a token gets an anonymous one', async () => {
    wantsToken = true;
    const { resolver, next } = setUp();
    const called = next();
    resolve(resolver, revision([`${registry}/team/one:v1`]));
    await called;
    expect(resolve(resolver, revision([`${registry}/team/one:v1`]))).toMatchObject({ state: 'resolved' });
    expect(asked).toEqual([
      'HEAD /v2/team/one/manifests/v1',
      'GET /token?service=reg&scope=repository%3Ateam%2Fone%3Apull',
      'HEAD /v2/team/one/manifests/v1',
    ]);
  });

  test('a failure is told, and tried again no sooner than its back-off says; then it recovers', async () => {
    answer = (_name, _req, res) => res.writeHead(404).end();
    const { resolver, next } = setUp();
    const r = revision([`${registry}/gone:v1`]);
    const url = `http://${registry}/v2/gone/manifests/v1`;
    let called = next();
    resolve(resolver, r);
    await called;
    const message = `Unable to fetch image "${registry}/gone:v1": failed to resolve image to digest: HEAD ${url}: unexpected status code 404 Not Found (HEAD responses have no body, use GET for details)`;
    expect(resolve(resolver, r)).toEqual({ state: 'failed', message, retryInMs: 1000 });
    expect(asked).toHaveLength(1);
    time += 1000;
    called = next();
    // Still failed while it is asked again: the condition must not flicker.
    expect(resolve(resolver, r)).toEqual({ state: 'failed', message });
    await called;
    time += 1999;
    resolve(resolver, r);
    expect(asked).toHaveLength(2);
    answer = (_name, _req, res) => res.setHeader('docker-content-digest', digest(3)).end();
    time += 1;
    called = next();
    resolve(resolver, r);
    await called;
    expect(resolve(resolver, r)).toMatchObject({ state: 'resolved', containers: [{ imageDigest: `${registry}/gone@${digest(3)}` }] });
  });

  test.each([
    ['an answer without a digest', (res: ServerResponse) => res.end(), 'response did not include Docker-Content-Digest header'],
    ['no access', (res: ServerResponse) => res.writeHead(401).end(), 'unexpected status code 401 Unauthorized'],
    ['a connection that breaks', (res: ServerResponse) => res.destroy(), '/v2/one/manifests/latest: other side closed'],
  ])('%s', async (_what, reply, text) => {
    answer = (_name, _req, res) => reply(res);
    const { resolver, next } = setUp();
    const called = next();
    resolve(resolver, revision([`${registry}/one`]));
    await called;
    const found = resolve(resolver, revision([`${registry}/one`]));
    expect(found.state === 'failed' && found.message).toContain(text);
  });

  test('more images than the pool has places are all looked up', async () => {
    const { resolver, next } = setUp();
    let open = 0;
    let most = 0;
    const held: (() => void)[] = [];
    answer = (_name, _req, res) => {
      most = Math.max(most, ++open);
      held.push(() => {
        open--;
        res.setHeader('docker-content-digest', digest(1)).end();
      });
      // The pool is full, or only the rest is left: let go.
      if (held.length === 100 || open === 20) for (const go of held.splice(0)) go();
    };
    const revisions = Array.from({ length: 120 }, (_, i) => revision([`${registry}/image-${i}`], `r-${i}`));
    const calls = revisions.map(() => next());
    for (const r of revisions) resolve(resolver, r);
    await Promise.all(calls);
    expect(revisions.map((r) => resolve(resolver, r).state)).toEqual(revisions.map(() => 'resolved'));
    expect([asked.length, most <= 100]).toEqual([120, true]);
  }, 60_000);

  test('a revision that is gone is not called back for', async () => {
    const { resolver, next } = setUp();
    const seen = new Promise<void>((done) => {
      answer = (_name, _req, res) => {
        resolver.forget('default/first');
        res.setHeader('docker-content-digest', digest(1)).end();
        done();
      };
    });
    const called = next();
    resolve(resolver, revision([`${registry}/one`], 'first'));
    await seen;
    answer = (_name, _req, res) => res.setHeader('docker-content-digest', digest(1)).end();
    resolve(resolver, revision([`${registry}/one`], 'second'));
    expect(await called).toBe('default/second');
  });
});

describe('references', () => {
  test.each([
    ['hello', 'index.docker.io', 'library/hello', 'latest'],
    ['hello:v1', 'index.docker.io', 'library/hello', 'v1'],
    ['team/hello', 'index.docker.io', 'team/hello', 'latest'],
    ['docker.io/hello', 'index.docker.io', 'library/hello', 'latest'],
    ['example.com/a/b_c:v1.2-3', 'example.com', 'a/b_c', 'v1.2-3'],
    ['localhost:5000/hello', 'localhost:5000', 'hello', 'latest'],
    ['localhost/hello', 'localhost', 'hello', 'latest'],
    [`example.com/hello:v1@${digest(1)}`, 'example.com', 'hello', 'v1'],
  ])('%s', (image, host, repository, tag) => {
    expect(parseReference(image)).toMatchObject({ registry: host, repository, tag });
  });

  test.each([
    '',
    'Hello',
    'example.com/',
    'example.com/hello:',
    'example.com/hello world',
    'a//b',
    'hello:-v1',
    'hello@sha256:1',
    'hello@v1',
  ])('none: %j', (image) => {
    expect(() => parseReference(image)).toThrow(`failed to parse image name ${JSON.stringify(image)} into a tag: `);
  });
});

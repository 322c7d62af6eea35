import { Agent, type RequestOptions, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import type { Pod } from '@ebb/shared/api/builtin.ts';
import type { EbbEvent, EventBus } from '@ebb/shared/events/types.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { startMetrics } from '@ebb/shared/telemetry/metrics.ts';
import { apiConfig } from '@ebb/shared/testing/api-context.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Certs, dnsNames, issue } from '../certs/issue.ts';
import { type AdmissionServer, bodyLimit, createServer } from './server.ts';
import { createAdmission } from './stack.ts';

const [, , host = ''] = dnsNames('webhook', 'knative-serving', 'cluster.local');
const names = dnsNames('webhook', 'knative-serving', 'cluster.local');
const published: EbbEvent[] = [];
const bus: EventBus = {
  publish: (event) => published.push(event),
  request: () => Promise.reject(new Error('nobody answers here')),
  subscribe: () => () => undefined,
  connected: () => false,
  close: () => Promise.resolve(),
};
let tried: Pod[] = [];
let says: string | undefined;
/** Stands in for the API server, which the integration test asks. */
const tryPod = async (pod: Pod) => {
  tried.push(pod);
  if (says !== undefined) throw new Error(says);
};
let certs: Certs;
let server: AdmissionServer;
let port: number;

async function start(): Promise<AdmissionServer> {
  const { meter } = await startMetrics('test', 0);
  const settings = () => ({ config: apiConfig(), clusterDomain: 'cluster.local' });
  const s = createServer(createAdmission({ settings, tryPod, bus, log: createLogger('test', 'silent'), meter }), certs);
  await s.app.listen({ port: 0, host: '127.0.0.1' });
  return s;
}
const portOf = (s: AdmissionServer) => (s.app.server.address() as AddressInfo).port;

beforeAll(async () => {
  certs = await issue(names, Date.now());
  server = await start();
  port = portOf(server);
});
afterAll(() => server.app.close());
beforeEach(() => {
  published.splice(0);
  tried = [];
  says = undefined;
});

interface Answer {
  status: number;
  text: string;
  connection: string | undefined;
}
const json = { 'content-type': 'application/json' };
function ask(path: string, body: string | undefined, more: RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      servername: host,
      ca: certs.ca,
      path,
      method: body === undefined ? 'GET' : 'POST',
      agent: false as const,
      headers: json,
      ...more,
    };
    const req = request(options, (res) => {
      let text = '';
      res.on('data', (chunk) => {
        text += chunk;
      });
      res.on('end', () => resolve({ status: res.statusCode ?? 0, text, connection: res.headers.connection }));
    });
    req.on('error', reject);
    req.end(body);
  });
}

const review = (object: unknown, more: object = {}) =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u-1',
      kind: { group: 'serving.knative.dev', version: 'v1', kind: 'Service' },
      operation: 'CREATE',
      namespace: 'default',
      name: 'hello',
      userInfo: { username: 'ann' },
      object,
      ...more,
    },
  });
const service = {
  metadata: { name: 'hello', namespace: 'default' },
  spec: { template: { spec: { containers: [{ image: 'example.com/hello' }] } } },
};
const responseOf = (answer: Answer) => JSON.parse(answer.text).response;

describe('over real TLS', () => {
  test('objects get their defaults', async () => {
    const { uid, allowed, patchType, patch } = responseOf(await ask('/defaulting', review(service)));
    expect([uid, allowed, patchType]).toEqual(['u-1', true, 'JSONPatch']);
    expect(Buffer.from(patch, 'base64').toString()).toContain('"/spec/traffic"');
    expect(published).toEqual([]);
  });

  test('a bad object is refused, and an event tells of it', async () => {
    const answer = await ask('/resource-validation?timeout=10s', review(service));
    expect(answer.status).toBe(200);
    const message = 'validation failed: Traffic targets sum to 0, want 100: spec.traffic';
    expect(responseOf(answer)).toMatchObject({ allowed: false, status: { code: 400, reason: 'BadRequest', message } });
    expect(published).toEqual([
      { type: 'admission.denied', namespace: 'default', name: 'hello', data: { kind: 'Service', operation: 'CREATE', message } },
    ]);
  });

  test('a dry run tells nobody', async () => {
    expect(responseOf(await ask('/resource-validation', review(service, { dryRun: true }))).allowed).toBe(false);
    expect(published).toEqual([]);
  });

  test('the pod of a dry run is tried', async () => {
    const traffic = [{ latestRevision: true, percent: 100 }];
    const good = { ...service, spec: { ...service.spec, traffic } };
    const answer = async (object: unknown, more: object = { dryRun: true }) =>
      responseOf(await ask('/resource-validation', review(object, more)));
    expect((await answer(good, {})).allowed).toBe(true);
    expect(tried).toEqual([]);
    const { allowed, warnings } = await answer(good);
    expect([allowed, warnings.length]).toEqual([true, 1]);
    expect(tried).toMatchObject([
      {
        metadata: { generateName: 'dry-run-validation', namespace: 'default' },
        spec: { containers: [{ name: 'user-container', image: 'example.com/hello' }] },
      },
    ]);
    says = 'Pod "x" is invalid';
    const denied = await answer(good);
    expect(denied.status.message).toBe('validation callback failed: dry run failed with Pod "x" is invalid: spec.template');
    expect(denied.warnings).toHaveLength(1);
    says = 'admission webhook "w" does not support dry run';
    expect((await answer(good)).allowed).toBe(true);
  });

  test('a config map that changes is an event', async () => {
    const map = {
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      name: 'config-gc',
      namespace: 'knative-serving',
      operation: 'UPDATE',
    };
    const oldObject = { metadata: {}, data: {} };
    const body = review({ metadata: {}, data: { 'min-non-active-revisions': '1' } }, { ...map, oldObject });
    expect(responseOf(await ask('/config-validation', body)).allowed).toBe(true);
    expect(published).toEqual([
      {
        type: 'config.changed',
        namespace: 'knative-serving',
        name: 'config-gc',
        data: { keys: ['min-non-active-revisions'], user: 'ann' },
      },
    ]);
  });

  test.each<[string, string, string | undefined, RequestOptions, number, string | RegExp]>([
    ['no JSON', '/defaulting', '{', {}, 400, /^could not decode body: /],
    ['an empty body', '/defaulting', '', {}, 400, /^could not decode body: /],
    ['no review', '/defaulting', '{}', {}, 400, 'could not decode body: kind is undefined, want "AdmissionReview"'],
    [
      'another content type',
      '/defaulting',
      '{}',
      { headers: { 'content-type': 'text/plain' } },
      415,
      'invalid Content-Type, want `application/json`',
    ],
    [
      'a content type with more',
      '/defaulting',
      '{}',
      { headers: { 'content-type': 'application/json; charset=utf-8' } },
      415,
      'invalid Content-Type, want `application/json`',
    ],
    ['another path', '/nothing?x=y', '{}', {}, 400, 'no controller registered for: /nothing'],
    ['a GET', '/defaulting', undefined, {}, 400, 'no controller registered for: /defaulting'],
    ['half a body', '/resource-validation', review(service).slice(0, -9), {}, 400, /^could not decode body: /],
    ['a list', '/resource-validation', '[[[]]]', {}, 400, 'could not decode body: an AdmissionReview is a JSON object'],
    [
      'a request of nothing',
      '/resource-validation',
      review(service, { kind: null }),
      {},
      400,
      'could not decode body: request.kind is missing',
    ],
    ['nothing but depth', '/resource-validation', `${'['.repeat(1e6)}${']'.repeat(1e6)}`, {}, 400, /^could not decode body: /],
    [
      'depth where nobody looks',
      '/resource-validation',
      review({ ...service, x: 'DEEP' }).replace('"DEEP"', `${'['.repeat(1e6)}${']'.repeat(1e6)}`),
      {},
      200,
      /Traffic targets/,
    ],
    [
      'keys of all objects',
      '/defaulting',
      review({ ...service, x: 1 }).replace('"x":1', '"__proto__":{"a":1},"constructor":{"prototype":{}}'),
      {},
      200,
      /"allowed":true/,
    ],
    ['a body that is too large', '/defaulting', `"${'x'.repeat(bodyLimit)}"`, {}, 413, /large/],
  ])('%s gets an answer and the server lives', async (_what, path, body, more, status, text) => {
    const answer = await ask(path, body, more);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(text instanceof RegExp ? text : new RegExp(`^${text.replace(/[?.*+^$()[\]{}|\\]/g, '\\$&')}$`));
    expect((await ask('/defaulting', review(service))).status).toBe(200);
  });

  test('nothing below TLS 1.3 and no HTTP/2', async () => {
    await expect(ask('/', undefined, { maxVersion: 'TLSv1.2' })).rejects.toThrow(/alert|protocol/i);
    const socket = connect({ host: '127.0.0.1', port, servername: host, ca: certs.ca, ALPNProtocols: ['h2', 'http/1.1'] });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    expect(socket.alpnProtocol).toBe('http/1.1');
    socket.destroy();
  });
});

describe('new certificates', () => {
  test('meet new connections; an open one goes on', async () => {
    const own = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const at = { port: portOf(own), agent };
    try {
      expect((await ask('/defaulting', review(service), at)).status).toBe(200);
      const next = await issue(names, Date.now());
      own.reload(next);
      expect((await ask('/defaulting', review(service), at)).status).toBe(200);
      await expect(ask('/defaulting', review(service), { port: at.port })).rejects.toThrow();
      expect((await ask('/defaulting', review(service), { port: at.port, ca: next.ca })).status).toBe(200);
      // While certificates change, clients hold both CAs.
      expect((await ask('/defaulting', review(service), { port: at.port, ca: next.ca + certs.ca })).status).toBe(200);
    } finally {
      agent.destroy();
      await own.app.close();
    }
  });
});

describe('draining', () => {
  const probe = { headers: { 'user-agent': 'kube-probe/1.35' } };

  test('tells the kubelet, answers everybody else, and gives connections up', async () => {
    const own = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const at = { port: portOf(own), agent };
    try {
      expect(await ask('/', undefined, { ...at, ...probe })).toMatchObject({ status: 200, text: 'ok' });
      expect((await ask('/defaulting', review(service), at)).connection).toBe('keep-alive');
      own.draining();
      expect(await ask('/', undefined, { ...at, ...probe })).toMatchObject({ status: 503, text: 'shutting down' });
      const answer = await ask('/defaulting', review(service), at);
      expect([answer.status, answer.connection]).toEqual([200, 'close']);
    } finally {
      agent.destroy();
      await own.app.close();
    }
  });
});

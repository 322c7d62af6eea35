import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { connect, createServer as createH2Server } from 'node:http2';
import type { AddressInfo, Server as NetServer } from 'node:net';
import type { IngressPath } from '@ebb/shared/api/kinds.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { specHash } from '../core/fingerprint.ts';
import { endpoints, ingress, rule, service, split } from '../testing/objects.ts';
import { startServing } from '../testing/serving.ts';

type Serving = Awaited<ReturnType<typeof startServing>>;

const listening = (server: NetServer) =>
  new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

let cluster: Serving['cluster'];
let listeners: Serving['listeners'];
let refused: string[];
const closers: (() => unknown)[] = [];
const stop = (server: Server) => {
  server.closeAllConnections();
  server.close();
};

beforeEach(async () => {
  const serving = await startServing();
  ({ cluster, listeners, refused } = serving);
  closers.push(() => serving.close());
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A backend that says its name and what it was asked. */
async function backend(name: string): Promise<{ server: Server; port: number }> {
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (c) => {
      body += c;
    });
    req.on('end', () => res.end(JSON.stringify({ name, url: req.url, headers: req.headers, body })));
  });
  const port = await listening(server);
  closers.push(() => stop(server));
  return { server, port };
}

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
}

function ask(headers: Record<string, string>, { port = listeners.http.port, path = '/', body = '' } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request({ host: '127.0.0.1', port, path, method: body ? 'POST' : 'GET', headers, agent: false }, async (res) => {
      let text = '';
      for await (const chunk of res) text += chunk;
      resolve({ status: res.statusCode ?? 0, headers: res.headers, text });
    });
    req.on('error', reject).end(body);
  });
}

/** Serves host `h` by the paths. */
const serve = (...paths: IngressPath[]) => cluster.ingresses.put(ingress('app', [rule(['h'], paths)]));
const freePort = async () => {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
};

test('a mapped domain reaches its route through the gateway itself', async () => {
  const { port } = await backend('one');
  const inside = 'hello.ns.svc.cluster.local';
  const placeholder = service('hello');
  cluster.services.put(service('one'), service('gateway-local'), {
    ...placeholder,
    spec: { ...placeholder.spec, type: 'ExternalName', externalName: 'gateway-local.ns.svc.cluster.local' },
  });
  cluster.endpoints.put(endpoints('one', { port }), endpoints('gateway-local', { port: listeners.localHttp.port }));
  const headers = { 'K-Original-Host': 'app.example.org' };
  cluster.ingresses.put(
    ingress('hello', [rule([inside], [{ splits: [split('one')] }], { visibility: 'ClusterLocal' })]),
    ingress('mapped', [rule(['app.example.org'], [{ rewriteHost: inside, splits: [split('hello', { appendHeaders: headers })] }])]),
  );
  const answer = await ask({ host: 'app.example.org' }, { path: '/a?b' });
  expect(answer.status).toBe(200);
  const seen = JSON.parse(answer.text);
  expect(seen).toMatchObject({ name: 'one', url: '/a?b', headers: { host: inside, 'k-original-host': 'app.example.org' } });
  expect((await ask({ host: inside })).status).toBe(404);
});

test('a request reaches its backend with the headers of its split, body and query untouched', async () => {
  const { port } = await backend('one');
  cluster.services.put(service('one'));
  cluster.endpoints.put(endpoints('one', { port }));
  serve({ rewriteHost: 'other', splits: [split('one', { appendHeaders: { 'Knative-Serving-Revision': 'one-00001' } })] });
  const answer = await ask({ host: 'H:80', 'knative-serving-revision': 'forged' }, { path: '/a?b=%20', body: 'hello' });
  expect(JSON.parse(answer.text)).toMatchObject({
    name: 'one',
    url: '/a?b=%20',
    body: 'hello',
    headers: { host: 'other', 'knative-serving-revision': 'one-00001', 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' },
  });
});

test('no route is 404, no address 503, nothing that listens 502', async () => {
  serve({ splits: [split('one')] });
  expect(await ask({ host: 'other' })).toMatchObject({ status: 404, text: 'no Ingress serves host "other" here\n' });
  expect(await ask({ host: 'h' })).toMatchObject({ status: 503, text: 'no address behind ns/one:80\n' });
  cluster.services.put(service('one'));
  cluster.endpoints.put(endpoints('one', { port: await freePort() }));
  expect(await ask({ host: 'h' })).toMatchObject({ status: 502 });
});

test('a prober gets the hash when the backends have addresses', async () => {
  const app = ingress('app', [rule(['h'], [{ splits: [split('one')] }])]);
  cluster.ingresses.put(app);
  const probe = { host: 'h', 'k-network-probe': 'probe', 'k-network-hash': 'override' };
  expect((await ask(probe)).status).toBe(503);
  cluster.services.put(service('one'));
  cluster.endpoints.put(endpoints('one', { port: 1 }));
  expect(await ask(probe)).toMatchObject({ status: 200, headers: { 'k-network-hash': specHash(app) } });
});

test('the external listener hides cluster-local rules', async () => {
  cluster.ingresses.put(ingress('app', [rule(['h'], [{ splits: [split('one')] }], { visibility: 'ClusterLocal' })]));
  expect((await ask({ host: 'h' })).status).toBe(404);
  expect((await ask({ host: 'h' }, { port: listeners.localHttp.port })).status).toBe(503);
});

test('addresses that refuse are passed over without a failed request', async () => {
  const { port } = await backend('alive');
  cluster.services.put(service('one'));
  cluster.endpoints.put(endpoints('one', { port: await freePort() }, { port: await freePort() }, { port }));
  serve({ splits: [split('one')] });
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask({ host: 'h' }, { body: 'kept' })));
  expect(answers.map((a) => a.status)).toEqual(answers.map(() => 200));
  expect(answers.every((a) => JSON.parse(a.text).body === 'kept')).toBe(true);
  expect(refused.length).toBeGreaterThan(0);
});

test('a request whose only address refuses waits for a new one', async () => {
  cluster.services.put(service('one'));
  cluster.endpoints.put(endpoints('one', { port: await freePort() }));
  serve({ splits: [split('one')] });
  const asked = ask({ host: 'h' });
  await expect.poll(() => refused.length).toBeGreaterThan(0);
  const { port } = await backend('new');
  cluster.endpoints.put(endpoints('one', { port }));
  expect(JSON.parse((await asked).text)).toMatchObject({ name: 'new' });
});

test('a request under way ends at an address that was removed; what failed there is not sent again', async () => {
  const held: (() => void)[] = [];
  let count = 0;
  const old = createServer((req, res) => {
    count++;
    if (req.url === '/fail') req.socket.destroy();
    else held.push(() => res.end('done'));
  });
  const port = await listening(old);
  closers.push(() => stop(old));
  cluster.services.put(service('one'));
  cluster.endpoints.put(endpoints('one', { port }));
  serve({ splits: [split('one')] });
  const asked = ask({ host: 'h' });
  await expect.poll(() => held.length).toBe(1);
  cluster.endpoints.put(endpoints('one', { port: (await backend('new')).port }));
  expect(JSON.parse((await ask({ host: 'h' })).text)).toMatchObject({ name: 'new' });
  held[0]?.();
  expect(await asked).toMatchObject({ status: 200, text: 'done' });
  cluster.endpoints.put(endpoints('one', { port }));
  count = 0;
  expect((await ask({ host: 'h' }, { path: '/fail', body: 'once' })).status).toBe(502);
  expect(count).toBe(1);
});

test('twenty changes of backend and headers under load: no failed request, and at once the new one', async () => {
  let stopped = false;
  const failures: Answer[] = [];
  const load = (async () => {
    while (!stopped) {
      const answer = await ask({ host: 'h' });
      if (answer.status !== 200) failures.push(answer);
    }
  })();
  for (let i = 0; i < 20; i++) {
    const name = `one-${i}`;
    const { port } = await backend(name);
    // The Ingress may come before what it needs.
    const inOrder = [() => cluster.services.put(service(name)), () => cluster.endpoints.put(endpoints(name, { port }))];
    const change = () => serve({ appendHeaders: { 'X-Update': String(i) }, splits: [split(name)] });
    if (i === 0) for (const step of [...inOrder, change]) step();
    else
      for (const step of [change, ...inOrder]) {
        step();
        await ask({ host: 'h' });
      }
    expect(JSON.parse((await ask({ host: 'h' })).text)).toMatchObject({ name, headers: { 'x-update': String(i) } });
  }
  stopped = true;
  await load;
  // Before the first change there was no route.
  expect(failures.filter((f) => f.status !== 404)).toEqual([]);
});

test('h2c stays h2c, with trailers', async () => {
  const server = createH2Server();
  server.on('stream', (stream, headers) => {
    stream.respond({ ':status': 200, 'x-authority': headers[':authority'] }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.pipe(stream);
  });
  const port = await listening(server);
  closers.push(() => server.close());
  cluster.services.put(service('one', 'http2'));
  cluster.endpoints.put(endpoints('one', { port, portName: 'http2' }));
  serve({ splits: [split('one')] });
  const session = connect(`http://127.0.0.1:${listeners.http.port}`);
  closers.push(() => session.destroy());
  const stream = session.request({ ':method': 'POST', ':authority': 'h', te: 'trailers' });
  const seen: Record<string, unknown> = {};
  stream.on('response', (h) => Object.assign(seen, { status: h[':status'], authority: h['x-authority'] }));
  stream.on('trailers', (t) => Object.assign(seen, { trailer: t['grpc-status'] }));
  stream.write('ping ');
  stream.end('pong');
  let text = '';
  for await (const chunk of stream) text += chunk;
  expect({ ...seen, text }).toEqual({ status: 200, authority: 'h', trailer: '0', text: 'ping pong' });
});

test('a port speaks what its name says, whatever the client speaks', async () => {
  const { port: old } = await backend('old');
  const h2 = createH2Server((req, res) => res.end(`HTTP/${req.httpVersion} ${req.method} ${req.authority}`));
  const port = await listening(h2);
  closers.push(() => h2.close());
  cluster.services.put(service('old'), service('new', 'h2c'));
  cluster.endpoints.put(endpoints('old', { port: old }), endpoints('new', { port, portName: 'h2c' }));
  serve({ path: '/new', splits: [split('new')] }, { splits: [split('old')] });
  expect(await ask({ host: 'h' }, { path: '/new', body: 'kept' })).toMatchObject({ status: 200, text: 'HTTP/2.0 POST h' });
  const session = connect(`http://127.0.0.1:${listeners.http.port}`);
  closers.push(() => session.destroy());
  const stream = session.request({ ':method': 'POST', ':authority': 'h' });
  stream.end('kept');
  let text = '';
  for await (const chunk of stream) text += chunk;
  expect(JSON.parse(text)).toMatchObject({ name: 'old', body: 'kept', headers: { host: 'h' } });
});

test('an upgraded connection is carried both ways', async () => {
  const { server, port } = await backend('ws');
  server.on('upgrade', (_req, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.pipe(socket);
  });
  cluster.services.put(service('one'));
  cluster.endpoints.put(endpoints('one', { port }));
  serve({ splits: [split('one')] });
  const echoed = await new Promise<string>((resolve, reject) => {
    const req = request({
      host: '127.0.0.1',
      port: listeners.http.port,
      headers: { host: 'h', connection: 'Upgrade', upgrade: 'websocket' },
    });
    req.on('upgrade', (_res, socket) => {
      socket.write('echo');
      socket.once('data', (d) => {
        resolve(d.toString());
        socket.destroy();
      });
    });
    req.on('error', reject).end();
  });
  expect(echoed).toBe('echo');
});

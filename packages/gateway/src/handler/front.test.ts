import { createServer, type Server } from 'node:http';
import { connect as connectH2, type Settings } from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { keptTraces } from '@ebb/shared/testing/traces.ts';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { Ended } from '../telemetry.ts';
import { certificateSecret } from '../testing/certificate.ts';
import { endpoints, ingress, rule, service, split } from '../testing/objects.ts';
import { startServing } from '../testing/serving.ts';

let secret: ReturnType<typeof certificateSecret>;
beforeAll(() => {
  secret = certificateSecret('cert', 'h');
});
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const appendHeaders = { 'Knative-Serving-Revision': 'app-00001' };
/** A gateway that serves host `h` by a backend that tells the headers it got. */
async function start(options: Parameters<typeof startServing>[0]) {
  const upstream: Server = createServer((req, res) => res.end(JSON.stringify(req.headers)));
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const serving = await startServing(options);
  closers.push(() => {
    upstream.closeAllConnections();
    upstream.close();
  });
  closers.push(() => serving.close());
  serving.cluster.secrets.put(secret);
  serving.cluster.services.put(service('app'));
  serving.cluster.endpoints.put(endpoints('app', { port: (upstream.address() as AddressInfo).port }));
  serving.cluster.ingresses.put(
    ingress('app', [rule(['h'], [{ splits: [split('app', { appendHeaders })] }])], { tls: [{ hosts: ['h'], secretName: 'cert' }] }),
  );
  return serving.listeners;
}

const get = (more = '') => `GET / HTTP/1.1\r\nHost: h\r\n${more}Connection: close\r\n\r\n`;
/** All that comes until the end; '' when the connection is just closed. */
const read = (socket: Socket) =>
  new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
const headersOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as Record<string, string>;
const dial = (port: number) => {
  const socket = connect(port, '127.0.0.1');
  closers.push(() => socket.destroy());
  return socket;
};

test('the PROXY header tells the client, however it is cut; connections without one are closed', async () => {
  const { http, localHttp } = await start({ proxyProtocol: true });
  const whole = dial(http.port);
  whole.write(`PROXY TCP4 192.0.2.1 10.0.0.1 1 2\r\n${get()}`);
  expect(headersOf(await read(whole))['x-forwarded-for']).toBe('192.0.2.1');
  const cut = dial(http.port);
  cut.setNoDelay(true);
  for (const part of ['PROXY TCP4 192.', '0.2.7 10.0.0.1 1 2\r', '\n', get('X-Forwarded-For: 198.51.100.1\r\n')]) {
    await new Promise((resolve) => cut.write(part, () => setImmediate(resolve)));
  }
  expect(headersOf(await read(cut))['x-forwarded-for']).toBe('198.51.100.1, 192.0.2.7');
  const without = dial(http.port);
  without.write(get());
  expect(await read(without)).toBe('');
  const inside = dial(localHttp.port);
  inside.write(get());
  expect(headersOf(await read(inside))['x-forwarded-for']).toBe('127.0.0.1');
});

test.each(['http/1.1', 'h2'])('it comes before TLS, with %s', async (protocol) => {
  const { https } = await start({ proxyProtocol: true });
  const raw = dial(https.port);
  raw.write('PROXY TCP6 2001:db8::1 ::1 1 2\r\n');
  const socket = connectTls({ socket: raw, servername: 'h', ALPNProtocols: [protocol], rejectUnauthorized: false });
  if (protocol === 'h2') {
    const session = connectH2('https://h', { createConnection: () => socket });
    let text = '';
    for await (const chunk of session.request({ ':authority': 'h' })) text += chunk;
    session.destroy();
    expect(JSON.parse(text)['x-forwarded-for']).toBe('2001:db8::1');
    return;
  }
  socket.write(get());
  expect(headersOf(await read(socket))).toMatchObject({ 'x-forwarded-for': '2001:db8::1', 'x-forwarded-proto': 'https' });
});

test('what clients outside say in X-Forwarded-* goes on only where they are trusted', async () => {
  const forged = 'X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: admin\r\nForwarded: for=10.0.0.1\r\n';
  const { http, localHttp } = await start({ trusting: false });
  const outside = dial(http.port);
  outside.write(get(forged));
  const seen = headersOf(await read(outside));
  expect(seen).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' });
  expect(Object.keys(seen)).not.toEqual(expect.arrayContaining(['x-forwarded-host']));
  expect(Object.keys(seen)).not.toEqual(expect.arrayContaining(['forwarded']));
  const inside = dial(localHttp.port);
  inside.write(get(forged));
  expect(headersOf(await read(inside))).toMatchObject({ 'x-forwarded-for': '10.0.0.1, 127.0.0.1', 'x-forwarded-host': 'admin' });
});

test('a client has so many connections and no more; when one is closed it may have another; so over TLS', async () => {
  const { http, https } = await start({ maxConnectionsPerClient: 2 });
  const served = async () => {
    const socket = dial(http.port);
    socket.write(get());
    return (await read(socket)) !== '';
  };
  const [first] = [dial(http.port), dial(http.port)].map((s) => s.on('error', () => undefined));
  await expect.poll(served).toBe(false);
  first?.destroy();
  await expect.poll(served).toBe(true);

  const open = () => connectTls({ socket: dial(https.port), servername: 'h', rejectUnauthorized: false });
  const held = [open(), open()];
  for (const socket of held) await new Promise((resolve) => socket.once('secureConnect', resolve));
  expect(await read(open())).toBe('');
  held[0]?.destroy();
  await expect
    .poll(async () => {
      const socket = open();
      socket.write(get());
      return (await read(socket)) !== '';
    })
    .toBe(true);
});

test('a head that is too large is refused', async () => {
  const { http } = await start({ maxHeaderBytes: 2048 });
  const socket = dial(http.port);
  socket.write(get(`X-Large: ${'x'.repeat(4096)}\r\n`));
  expect(await read(socket)).toMatch(/^HTTP\/1\.1 431 /);
});

test('a client has so many requests under way on one HTTP/2 connection', async () => {
  const { http } = await start({ maxConcurrentStreams: 3 });
  const session = connectH2(`http://127.0.0.1:${http.port}`);
  closers.push(() => session.destroy());
  const settings = await new Promise<Settings>((resolve) => session.once('remoteSettings', resolve));
  expect(settings.maxConcurrentStreams).toBe(3);
});

test('requests are told of as they end: status, bytes, route and revision', async () => {
  const ended: Ended[] = [];
  const telemetry = { started: () => (how: Ended) => ended.push(how), refused: () => undefined };
  const { http } = await start({ telemetry });
  const served = dial(http.port);
  served.write(get());
  const answer = await read(served);
  const unknown = dial(http.port);
  unknown.write(get().replace('Host: h', 'Host: other'));
  await read(unknown);
  const bytes = answer.length - answer.indexOf('\r\n\r\n') - 4;
  expect(ended).toMatchObject([
    { status: 200, bytes, ingress: 'ns/app', revision: 'app-00001', secure: false },
    { status: 404, ingress: undefined, revision: undefined },
  ]);
});

test('a request is a span under the caller’s, with route and revision; the backend is told of it', async () => {
  const { tracer, spans: kept } = keptTraces();
  closers.push(() => tracer.close());
  const { http } = await start({ tracer });
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const parent = 'b7ad6b7169203331';
  const served = dial(http.port);
  served.write(get(`traceparent: 00-${traceId}-${parent}-01\r\n`));
  const seen = headersOf(await read(served));
  const unsampled = dial(http.port);
  unsampled.write(get());
  await read(unsampled);
  const spans = await kept();
  expect(spans).toHaveLength(1);
  expect(spans[0]).toMatchObject({
    traceId,
    parentSpanId: parent,
    kind: 'SERVER',
    attributes: { 'k8s.namespace.name': 'ns', 'kn.route.name': 'app', 'kn.revision.name': 'app-00001', 'http.response.status_code': 200 },
  });
  expect(seen.traceparent).toBe(`00-${traceId}-${spans[0]?.spanId}-01`);
});

test('who begins and does not go on is closed: before the PROXY header, in it, before the handshake, in it', async () => {
  const { http, https } = await start({ openingMs: 100, proxyProtocol: true });
  const plain = await start({ openingMs: 100 });
  const cases: [number, string][] = [
    [http.port, ''],
    [http.port, 'PROXY '],
    [https.port, 'PROXY UNKNOWN\r\n'],
    [https.port, 'PROXY UNKNOWN\r\n\x16\x03\x01'],
    [plain.https.port, ''],
    [plain.https.port, '\x16\x03\x01'],
  ];
  const answers = cases.map(([port, text]) => {
    const socket = dial(port);
    if (text) socket.write(text, 'latin1');
    return read(socket);
  });
  expect(await Promise.all(answers)).toEqual(cases.map(() => ''));
});

import { get } from 'node:http';
import { connect } from 'node:net';
import { type ReportReply, StatBatch, StatsIngestClient, type WireStatMessage } from '@ebb/shared/proto/gen/stats.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import { Deciders } from '../deciders.ts';
import { bucketNames, competeForOwnership } from '../ownership.ts';
import { specWith, statWith, steppedClock } from '../testing.ts';
import { Collections } from './collections.ts';
import { Forwarder } from './forward.ts';
import { createIngest } from './ingest.ts';
import { type StatsServer, startStatsServer } from './server.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const f of cleanUp.splice(0).reverse()) await f();
});

const message = (concurrency = 1): WireStatMessage => ({
  namespace: 'ns',
  name: 'one',
  stat: statWith({ averageConcurrentRequests: concurrency }),
});

async function serve(owners: () => Record<string, string> = () => ({})) {
  const received: { messages: WireStatMessage[]; forwarded: boolean }[] = [];
  const garbage: string[] = [];
  const server = await startStatsServer({
    port: 0,
    owners,
    owns: (bucket) => bucket === 'autoscaler-bucket-00-of-02',
    receive: (messages, forwarded) => received.push({ messages, forwarded }),
    garbage: (error) => garbage.push(error.message),
  });
  cleanUp.push(() => server.close(100));
  return { server, received, garbage };
}

function report(server: StatsServer) {
  const client = new StatsIngestClient(`127.0.0.1:${server.port}`, credentials.createInsecure());
  const call: ClientDuplexStream<StatBatch, ReportReply> = client.report();
  const replies: ReportReply[] = [];
  const state = { ended: false };
  call.on('data', (reply: ReportReply) => replies.push(reply));
  call.on('error', () => undefined);
  call.on('end', () => {
    state.ended = true;
  });
  cleanUp.push(() => client.close());
  return { call, replies, state };
}

const probe = (server: StatsServer, path = '/') =>
  new Promise<number>((resolve, reject) => {
    get({ port: server.port, path, agent: false, headers: { 'user-agent': 'kube-probe/1.35' } }, (res) => {
      res.resume();
      resolve(res.statusCode ?? 0);
    }).on('error', reject);
  });

test('one port: reports by gRPC, probes by HTTP/1, on any path', async () => {
  const { server, received } = await serve();
  const { call } = report(server);
  call.write({ messages: [message(3)] });
  await until(() => received.length === 1);
  expect(received).toEqual([{ messages: [message(3)], forwarded: false }]);
  expect(await probe(server)).toBe(200);
  expect(await probe(server, '/health')).toBe(200);
});

test('a reporter hears of the owners at once and on each change', async () => {
  let owners: Record<string, string> = { bucket: '10.0.0.1:8080' };
  const { server } = await serve(() => owners);
  const { replies } = report(server);
  await until(() => replies.length === 1);
  owners = {};
  server.announceOwners();
  await until(() => replies.length === 2);
  expect(replies.map((r) => r.owners)).toEqual([{ bucket: '10.0.0.1:8080' }, {}]);
});

test('draining: probes fail, reports are taken; closing ends them', async () => {
  const { server, received } = await serve();
  const { call, state } = report(server);
  server.draining();
  expect(await probe(server)).toBe(500);
  call.write({ messages: [message()] });
  await until(() => received.length === 1);
  await server.close(2000);
  await until(() => state.ended);
  await expect(probe(server)).rejects.toThrow(/ECONNREFUSED/);
});

/** As Go's activator reports: protobuf in binary messages. */
async function webSocket(server: StatsServer) {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/`);
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.onclose = ({ code, reason }) => resolve({ code, reason });
  });
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const send = (messages: WireStatMessage[]) => socket.send(StatBatch.encode({ messages }).finish());
  return { socket, send, closed };
}

test('WebSockets: batches of any size are taken, garbage and text are left out, a restart is told', async () => {
  const { server, received, garbage } = await serve();
  const { socket, send, closed } = await webSocket(server);
  send([message(3)]);
  socket.send('text');
  socket.send(Buffer.from([0x0a, 0x20, 0x01]));
  send(Array.from({ length: 3000 }, (_, i) => message(i)));
  await until(() => received.length === 2);
  expect(received.map((r) => [r.messages.length, r.forwarded])).toEqual([
    [1, false],
    [3000, false],
  ]);
  expect(received[0]?.messages).toEqual([message(3)]);
  expect(garbage).toHaveLength(1);
  void server.close(2000);
  expect(await closed).toEqual({ code: 1012, reason: 'Restarting' });
});

/** The first line of the answer to an upgrade, and what was sent after it. */
const upgrade = (server: StatsServer, headers: Record<string, string>, after: Buffer = Buffer.alloc(0)) =>
  new Promise<{ status: string; rest: Buffer }>((resolve) => {
    const base = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
    };
    const lines = Object.entries({ host: `127.0.0.1:${server.port}`, ...base, ...headers }).map(([k, v]) => `${k}: ${v}\r\n`);
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write(Buffer.concat([Buffer.from(`GET / HTTP/1.1\r\n${lines.join('')}\r\n`), after])),
    );
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', () => {
      const all = Buffer.concat(chunks);
      const end = all.indexOf('\r\n\r\n');
      resolve({ status: all.toString('latin1').split('\r\n')[0] ?? '', rest: all.subarray(end + 4) });
    });
  });

test.each<[string, Record<string, string>, string]>([
  ['a bucket that is not here', { host: 'autoscaler-bucket-01-of-02.knative-serving.svc:8080' }, 'HTTP/1.1 200 OK'],
  ['another origin', { origin: 'http://elsewhere.example' }, 'HTTP/1.1 403 Forbidden'],
  ['another version', { 'sec-websocket-version': '8' }, 'HTTP/1.1 426 Upgrade Required'],
  ['no key', { 'sec-websocket-key': '' }, 'HTTP/1.1 400 Bad Request'],
])('no WebSocket for %s', async (_, headers, status) => {
  const { server } = await serve();
  expect((await upgrade(server, headers)).status).toBe(status);
});

test.each<[string, Buffer, number]>([
  ['a close', Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]), 1000],
  ['a frame without mask', Buffer.from([0x82, 0x01, 0x00]), 1002],
  ['a frame of more than anybody has to say', Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0x7f, 0, 0, 0]), 1009],
])('%s is answered by a close', async (_, sent, code) => {
  const { server } = await serve();
  const { status, rest } = await upgrade(server, { host: 'autoscaler-bucket-00-of-02:8080' }, sent);
  expect(status).toBe('HTTP/1.1 101 Switching Protocols');
  expect([rest[0], rest.readUInt16BE(2)]).toEqual([0x88, code]);
});

/** A replica: does it lead, and who does? */
async function replica(clock: ReturnType<typeof steppedClock>) {
  const lead = { leading: false, holder: '' };
  const collections = new Collections();
  const changed: string[] = [];
  const deciders = new Deciders({
    clock,
    collections,
    readyPods: () => 0,
    changed: (key) => changed.push(key),
    panicked: () => undefined,
    decided: () => undefined,
  });
  collections.ensure('ns/one', specWith());
  deciders.ensure('ns/one', specWith());
  const forwarder = new Forwarder();
  cleanUp.push(() => forwarder.close());
  const elector = {
    run: (name: string) => ({ name, leading: () => lead.leading, holder: () => lead.holder }),
    release: () => Promise.resolve(),
  };
  const ownership = competeForOwnership({ elector, names: bucketNames(1), port: 8080, changed: () => undefined });
  const sent: string[] = [];
  const to = { port: 0 };
  const send = (address: string, messages: WireStatMessage[]) => {
    sent.push(address);
    // Every replica of a test has an address of its own on one host: the port tells them apart.
    forwarder.send(`127.0.0.1:${to.port}`, messages);
  };
  const ingest = createIngest({ ownership, clock, collections, deciders, forwarder: { send }, dropped: () => undefined });
  const server = await startStatsServer({ port: 0, receive: ingest, owners: ownership.owners, owns: ownership.owns });
  cleanUp.push(() => server.close(100));
  return { lead, server, sent, to, changed, collections, ingest, ownership };
}

test('a replica that does not own the bucket names the owner and passes stats on; the owner decides', async () => {
  const clock = steppedClock();
  const [owner, other] = [await replica(clock), await replica(clock)];
  owner.lead.leading = true;
  other.lead.holder = 'autoscaler-1_10.0.0.7';
  other.to.port = owner.server.port;
  const { call, replies } = report(other.server);
  await until(() => replies.length === 1);
  expect(replies[0]?.owners).toEqual({ 'autoscaler-bucket-00-of-01': '10.0.0.7:8080' });
  call.write({ messages: [message()] });
  await until(() => owner.changed.length === 1);
  expect(owner.changed).toEqual(['ns/one']);
  expect(other.sent).toEqual(['10.0.0.7:8080']);
  expect(other.changed).toEqual([]);
});

test('two that each take the other for the owner do not send a stat to and fro', async () => {
  const clock = steppedClock();
  const [a, b] = [await replica(clock), await replica(clock)];
  for (const [one, two] of [
    [a, b],
    [b, a],
  ] as const) {
    one.lead.holder = 'autoscaler_10.0.0.7';
    one.to.port = two.server.port;
  }
  const { call } = report(a.server);
  call.write({ messages: [message()] });
  await until(() => a.sent.length === 1);
  // What comes after it on the same stream shows that b has dealt with the first.
  b.lead.leading = true;
  call.write({ messages: [message()] });
  await until(() => b.changed.length === 1);
  expect(b.sent).toEqual([]);
  expect(a.sent).toHaveLength(2);
});

test('without an owner stats are dropped, and so is what names no revision anybody reconciles', async () => {
  const clock = steppedClock();
  const one = await replica(clock);
  one.ingest([message()], false);
  expect(one.sent).toEqual([]);
  one.lead.leading = true;
  one.ingest([{ namespace: 'ns', name: 'other', stat: statWith({ averageConcurrentRequests: 1 }) }], false);
  one.ingest([{ namespace: 'ns', name: 'one', stat: undefined }], false);
  expect(one.changed).toEqual([]);
  expect(one.ownership.owners()).toEqual({});
});

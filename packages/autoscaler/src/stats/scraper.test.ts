import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pod } from '@ebb/shared/api/builtin.ts';
import { systemClock } from '@ebb/shared/lib/clock.ts';
import { PodStatsService, Stat, type WatchRequest } from '@ebb/shared/proto/gen/stats.ts';
import { closedPort } from '@ebb/shared/testing/http.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { Server, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import { statWith, steppedClock } from '../testing.ts';
import { scrape } from './scrape.ts';
import { Scraper } from './scraper.ts';
import { wayOf } from './way.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const f of cleanUp.splice(0).reverse()) await f();
});

/** Pods are hosts of the loopback network: 127.0.0.1, 127.0.0.2, … on one port. */
async function grpcPod(host: string, stat: Stat, port = 0) {
  const server = new Server();
  const calls: ServerWritableStream<WatchRequest, Stat>[] = [];
  server.addService(PodStatsService, {
    watch: (call: ServerWritableStream<WatchRequest, Stat>) => {
      calls.push(call);
      const send = () => call.write(stat);
      const timer = setInterval(send, 100);
      call.on('cancelled', () => clearInterval(timer));
      call.on('close', () => clearInterval(timer));
      send();
    },
  });
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, p) => (error ? reject(error) : resolve(p))),
  );
  cleanUp.push(() => server.forceShutdown());
  return { port: bound, calls, stop: () => server.forceShutdown() };
}

interface HttpAnswer {
  status?: number;
  type?: string;
  body: Uint8Array;
}

/** A pod of the peer: HTTP/1.1 only. */
async function httpPod(host: string, answers: HttpAnswer | (() => HttpAnswer), port = 0) {
  const seen: string[] = [];
  const hosts: string[] = [];
  const server = createServer((req, res) => {
    const answer = typeof answers === 'function' ? answers() : answers;
    seen.push(`${req.method} ${req.url} ${req.headers.accept}`);
    hosts.push([req.headers.host, req.headers['knative-direct-lb']].join(' '));
    res.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'application/protobuf' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  cleanUp.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, seen, hosts };
}

const pod = (host: string, own: { ready?: boolean; startTime?: string } = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: host, namespace: 'ns', uid: `uid-${host}` },
  status: {
    phase: 'Running',
    podIP: host,
    startTime: own.startTime ?? '2026-01-01T00:00:00Z',
    conditions: [{ type: 'Ready', status: own.ready === false ? 'False' : 'True' }],
  },
});

function scraperOf(pods: Pod[], port: number): Scraper {
  const scraper = new Scraper({ pods: { byIndex: () => pods }, clock: systemClock, port });
  cleanUp.push(() => scraper.stop());
  return scraper;
}

const load = (n: number) => statWith({ averageConcurrentRequests: n, requestCount: 2 * n });

test('pods are listened to by gRPC and summed', async () => {
  const first = await grpcPod('127.0.0.1', load(3));
  await grpcPod('127.0.0.2', load(4), first.port);
  const scraper = scraperOf([pod('127.0.0.1'), pod('127.0.0.2'), pod('127.0.0.3', { ready: false })], first.port);
  const stat = await until(() => {
    const s = scraper.sample('ns/one');
    expect(s?.averageConcurrentRequests).toBe(7);
    return s;
  });
  expect(stat).toMatchObject({ podName: 'service-scraper', requestCount: 14 });
  expect(first.calls).toHaveLength(1);
  expect(first.calls[0]?.request.periodMs).toBe(1000);
});

test('pods that are gone are hung up on', async () => {
  const one = await grpcPod('127.0.0.1', load(3));
  const pods = [pod('127.0.0.1')];
  const scraper = scraperOf(pods, one.port);
  await until(() => scraper.sample('ns/one') !== undefined);
  pods.length = 0;
  expect(scraper.sample('ns/one')).toBeUndefined();
  await until(() => one.calls.every((c) => c.cancelled));
});

test('a pod without gRPC is scraped by HTTP, as the peer does it', async () => {
  const body = Stat.encode(load(5)).finish();
  const one = await httpPod('127.0.0.1', { body });
  const scraper = scraperOf([pod('127.0.0.1')], one.port);
  await until(() => expect(scraper.sample('ns/one')?.averageConcurrentRequests).toBe(5));
  expect(one.seen).toContain('GET /metrics application/protobuf');
});

test('a pod that came back is listened to again', async () => {
  const one = await grpcPod('127.0.0.1', load(3));
  const scraper = scraperOf([pod('127.0.0.1')], one.port);
  await until(() => expect(scraper.sample('ns/one')?.averageConcurrentRequests).toBe(3));
  one.stop();
  await grpcPod('127.0.0.1', load(8), one.port);
  await until(() => expect(scraper.sample('ns/one')?.averageConcurrentRequests).toBe(8));
});

test('of many pods only a sample is asked, the oldest; another takes the place of one that does not answer', async () => {
  const hosts = Array.from({ length: 5 }, (_, i) => `127.0.0.${i + 1}`);
  const first = await grpcPod('127.0.0.1', load(2));
  // 127.0.0.2 does not answer: of five pods four are asked, so all others are.
  for (const host of hosts.slice(2)) await grpcPod(host, load(2), first.port);
  const pods = hosts.map((host, i) => pod(host, { startTime: `2026-01-01T00:00:0${i}Z` }));
  const scraper = scraperOf(pods, first.port);
  await until(() => expect(scraper.sample('ns/one')?.averageConcurrentRequests).toBe(10));
});

test('a pod that tells of a jump speaks for all; what is sampled stays as it was', async () => {
  const one = await grpcPod('127.0.0.1', load(3));
  const jumps: [string, number][] = [];
  const pods = [pod('127.0.0.1'), pod('127.0.0.2')];
  await grpcPod('127.0.0.2', load(4), one.port);
  const scraper = new Scraper({ pods: { byIndex: () => pods }, clock: systemClock, port: one.port, jumped: (...told) => jumps.push(told) });
  cleanUp.push(() => scraper.stop());
  await until(() => expect(scraper.sample('ns/one')?.averageConcurrentRequests).toBe(7));
  one.calls[0]?.write({ ...load(0), currentConcurrentRequests: 40 });
  await until(() => jumps.length === 1);
  expect(jumps).toEqual([['ns/one', 44]]);
  expect(scraper.sample('ns/one')?.averageConcurrentRequests).toBe(7);
});

const meshHosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];

/** Three pods behind a mesh that answers for each with `status`, and their Service, which leads to the next one each time. */
async function mesh(status: number, uptimes = [100, 100, 100]) {
  const first = await httpPod('127.0.0.1', { status, body: new Uint8Array() });
  const others = await Promise.all(meshHosts.slice(1).map((host) => httpPod(host, { status, body: new Uint8Array() }, first.port)));
  let n = 0;
  const next = () => {
    const i = n++ % 3;
    const stat = { ...load(i + 1), podName: `pod-${i}`, processUptime: uptimes[i] ?? 0 };
    return { body: Stat.encode(stat).finish() };
  };
  const service = await httpPod('127.0.0.100', next, first.port);
  return { port: first.port, service, pods: [first, ...others] };
}

function meshScraper(port: number, own: Partial<ConstructorParameters<typeof Scraper>[0]> = {}): Scraper {
  const pods = { byIndex: () => meshHosts.map((host) => pod(host)) };
  const scraper = new Scraper({ pods, clock: systemClock, port, serviceOf: () => '127.0.0.100', ...own });
  cleanUp.push(() => scraper.stop());
  return scraper;
}

test.each([502, 503])('where a mesh answers for the pods with %i, they are asked by way of their Service from then on', async (status) => {
  const { port, pods } = await mesh(status);
  const scraper = meshScraper(port);
  await until(() => expect(scraper.sample('ns/one', 60_000)?.averageConcurrentRequests).toBe(6));
  expect(scraper.problem('ns/one')).toBeUndefined();
  const asked = () => pods.map((p) => p.seen.length);
  const before = asked();
  const again = Date.now() + 300;
  await until(() => {
    expect(scraper.sample('ns/one', 60_000)?.averageConcurrentRequests).toBe(6);
    return Date.now() > again;
  });
  expect(asked()).toEqual(before);
});

test('another refusal is no mesh, and where pods are to be asked no Service is', async () => {
  for (const [status, way] of [
    [404, 'auto'],
    [503, 'pods'],
  ] as const) {
    const { port, pods, service } = await mesh(status);
    const scraper = meshScraper(port, { way: () => way });
    await until(() => {
      expect(scraper.sample('ns/one', 60_000)).toBeUndefined();
      return pods.every((p) => p.seen.length > 3);
    });
    expect(service.seen).toEqual([]);
  }
});

test('where only the Service is to be asked, no pod is; of its pods the older ones speak', async () => {
  const { port, pods } = await mesh(200, [5, 100, 100]);
  const two = { byIndex: () => meshHosts.slice(0, 2).map((host) => pod(host)) };
  const scraper = meshScraper(port, { way: () => 'service', pods: two });
  await until(() => expect(scraper.sample('ns/one', 60_000)?.averageConcurrentRequests).toBe(5));
  expect(pods.map((p) => p.seen)).toEqual([[], [], []]);
});

test('a mesh that lets pods be addressed is told by name which one is meant', async () => {
  const one = await httpPod('127.0.0.1', { body: Stat.encode(load(5)).finish() });
  const pods = { byIndex: () => [pod('127.0.0.1')] };
  const scraper = meshScraper(one.port, { way: () => 'passthrough', serviceOf: () => 'one-private.ns', pods });
  await until(() => expect(scraper.sample('ns/one')?.averageConcurrentRequests).toBe(5));
  expect(new Set(one.hosts)).toEqual(new Set(['one-private.ns true']));
});

test('config-network says which way', () => {
  const way = (meshCompatibilityMode: 'auto' | 'enabled' | 'disabled', enableMeshPodAddressability = false) =>
    wayOf({ meshCompatibilityMode, enableMeshPodAddressability });
  expect([way('auto'), way('enabled'), way('disabled'), way('enabled', true)]).toEqual(['auto', 'service', 'pods', 'passthrough']);
});

test('pods that do not answer are a problem, until one does', async () => {
  const port = await closedPort();
  const clock = steppedClock();
  const changed: string[] = [];
  const pods = [pod('127.0.0.1')];
  const scraper = new Scraper({ pods: { byIndex: () => pods }, clock, port, changed: (key) => changed.push(key) });
  cleanUp.push(() => scraper.stop());
  scraper.sample('ns/one');
  expect(scraper.problem('ns/one')).toBeUndefined();
  clock.step(2500);
  await until(() => {
    scraper.sample('ns/one');
    return scraper.problem('ns/one') === 'no pod answers';
  });
  await grpcPod('127.0.0.1', load(1), port);
  await until(() => {
    clock.step(1000);
    return scraper.sample('ns/one') !== undefined;
  });
  expect(scraper.problem('ns/one')).toBeUndefined();
  expect(changed.length).toBeGreaterThanOrEqual(2);
});

test('without pods there is nothing to say', () => {
  expect(scraperOf([], 1).sample('ns/one')).toBeUndefined();
});

test.each([
  ['another status', { status: 503, body: new Uint8Array() }, /503/],
  ['another type', { type: 'text/plain', body: Buffer.from('hello') }, /text\/plain; 200 application\/protobuf/],
])('a scrape is refused for %s', async (_, answer, message) => {
  const one = await httpPod('127.0.0.1', answer);
  await expect(scrape({ host: '127.0.0.1', port: one.port })).rejects.toThrow(message);
});

test('of an answer without end 336 bytes are read', async () => {
  const name = 'p'.repeat(300);
  const stat = Stat.encode(statWith({ podName: name, averageConcurrentRequests: 1, requestCount: 1, processUptime: 1 })).finish();
  const one = await httpPod('127.0.0.1', { body: Buffer.concat([stat, Buffer.alloc(100_000)]) });
  // Cut where it is: zeroes are no field, so decoding ends there.
  await expect(scrape({ host: '127.0.0.1', port: one.port })).resolves.toMatchObject({ podName: name, requestCount: 1 });
});

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
import { Scraper } from './scraper.ts';
import { scrape } from './source.ts';

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

/** A pod of the peer: HTTP/1.1 only. */
async function httpPod(host: string, answer: { status?: number; type?: string; body: Uint8Array }, port = 0) {
  const seen: string[] = [];
  const server = createServer((req, res) => {
    seen.push(`${req.method} ${req.url} ${req.headers.accept}`);
    res.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'application/protobuf' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  cleanUp.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, seen };
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
  await expect(scrape('127.0.0.1', one.port)).rejects.toThrow(message);
});

test('of an answer without end 336 bytes are read', async () => {
  const name = 'p'.repeat(300);
  const stat = Stat.encode(statWith({ podName: name, averageConcurrentRequests: 1, requestCount: 1, processUptime: 1 })).finish();
  const one = await httpPod('127.0.0.1', { body: Buffer.concat([stat, Buffer.alloc(100_000)]) });
  // Cut where it is: zeroes are no field, so decoding ends there.
  await expect(scrape('127.0.0.1', one.port)).resolves.toMatchObject({ podName: name, requestCount: 1 });
});

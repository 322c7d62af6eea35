import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { builtin } from '@ebb/shared/api/builtin.ts';
import { isReady } from '@ebb/shared/api/conditions.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFront, startLoad } from '../testing/front.ts';
import { endpoints, service } from '../testing/objects.ts';
import { ownAddress, type Started, startReplicas, toApp } from '../testing/replicas.ts';

const perSecond = 300;
const host = 'h.example.com';
let world: Awaited<ReturnType<typeof startReplicas>>;
let gateway: Started;
beforeAll(async () => {
  world = await startReplicas(host);
  gateway = await world.start('gateway-a', { WORKERS: '2' });
  // What the prober asks.
  const inSystem = <T extends { metadata: object }>(object: T): T => ({
    ...object,
    metadata: { ...object.metadata, namespace: 'knative-serving' },
  });
  await world.client.create(builtin.Service, inSystem(service('gateway-local')));
  await world.client.create(builtin.Endpoints, inSystem(endpoints('gateway-local', { host: ownAddress(), port: gateway.localPort })));
});
afterAll(() => world?.stop());

const pidsOf = ({ program: { pid } }: Started): string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);

/** A request on a connection of its own. */
const statusOf = (at: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const req = request({ port: gateway.port, host: '127.0.0.1', agent: false, headers: { host: at } }, (res) => {
      res.resume().on('end', () => resolve(res.statusCode ?? 0));
    });
    req.on('error', reject).end();
  });

const answeredByMetrics = async (): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
  const counts = [...text.matchAll(/^kn_gateway_request_duration\w*_count\{.*\} (\d+)$/gm)].map((m) => Number(m[1]));
  return counts.reduce((a, b) => a + b, 0);
};

test('an Ingress is Ready when every worker serves it', async () => {
  expect(pidsOf(gateway)).toHaveLength(2);
  for (const name of ['one', 'two', 'three']) {
    await world.client.create(kinds.Ingress, toApp(name, `${name}.example.com`));
    await until(async () => isReady(await world.client.get(kinds.Ingress, 'default', name)));
    const statuses = await Promise.all(Array.from({ length: 40 }, () => statusOf(`${name}.example.com`)));
    expect(new Set(statuses)).toEqual(new Set([200]));
  }
  await world.client.delete(kinds.Ingress, 'default', 'three');
  await until(async () => {
    const statuses = await Promise.all(Array.from({ length: 40 }, () => statusOf('three.example.com')));
    expect(new Set(statuses)).toEqual(new Set([404]));
  });
}, 120_000);

test('the metrics are those of all workers', async () => {
  const before = await answeredByMetrics();
  for (let i = 0; i < 50; i++) await statusOf(host);
  await until(async () => expect(await answeredByMetrics()).toBeGreaterThanOrEqual(before + 50));
}, 60_000);

test('a killed worker takes its own connections along, and another one takes its place', async () => {
  const front = await startFront(() => [gateway]);
  const load = startLoad(front.port, host, perSecond);
  await until(() => expect(load.answered()).toBeGreaterThan(perSecond));
  const [killed = '', other] = pidsOf(gateway);
  process.kill(Number(killed), 'SIGKILL');
  await until(() => {
    const now = pidsOf(gateway);
    expect(now).toContain(other);
    expect(now).not.toContain(killed);
    expect(now).toHaveLength(2);
  });
  // By then all who had a connection there know that it is closed.
  const answered = async (more: number) => {
    const before = load.answered();
    await until(() => expect(load.answered()).toBeGreaterThan(before + more));
    return performance.now();
  };
  const settledAt = await answered(perSecond);
  await answered(2 * perSecond);
  const { failures } = await load.stop();
  await front.close();
  expect(failures.filter((f) => f.sentAt > settledAt)).toEqual([]);
  // A connection has one request at a time; some may have been made at the last moment.
  expect(failures.length).toBeLessThanOrEqual(front.mostConnectionsTo(gateway.port));
  // The new one knows what the others know.
  const statuses = await Promise.all(Array.from({ length: 40 }, () => statusOf('two.example.com')));
  expect(new Set(statuses)).toEqual(new Set([200]));
}, 120_000);

test('told to leave, all workers finish what is under way', async () => {
  const next = await world.start('gateway-b', { WORKERS: '2' });
  let replicas = [gateway, next];
  const front = await startFront(() => replicas);
  const load = startLoad(front.port, host, perSecond);
  await until(() => expect(load.answered()).toBeGreaterThan(perSecond));
  const pids = pidsOf(gateway);
  await gateway.gone();
  replicas = [next];
  for (const pid of pids) expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  const before = load.answered();
  await until(() => expect(load.answered()).toBeGreaterThan(before + perSecond));
  const { failures } = await load.stop();
  await front.close();
  expect(failures).toEqual([]);
}, 120_000);

test('a port that is taken by somebody else ends the start, with the reason', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, resolve));
  const { port } = taken.address() as AddressInfo;
  await expect(world.start('gateway-c', { WORKERS: '2', GATEWAY_HTTP_PORT: String(port) })).rejects.toThrow('EADDRINUSE');
  await new Promise((resolve) => taken.close(resolve));
}, 60_000);

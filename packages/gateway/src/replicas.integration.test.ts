import { until } from '@ebb/shared/testing/until.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFront, startLoad } from './testing/front.ts';
import { startReplicas } from './testing/replicas.ts';

const perSecond = 500;
const host = 'h.example.com';
let world: Awaited<ReturnType<typeof startReplicas>>;
beforeAll(async () => {
  world = await startReplicas(host);
});
afterAll(() => world?.stop());

test('replicas are replaced one after the other, and no request fails', async () => {
  let replicas = [await world.start('gateway-a'), await world.start('gateway-b')];
  const front = await startFront(() => replicas);
  const load = startLoad(front.port, host, perSecond);
  await until(() => expect(load.answered()).toBeGreaterThan(perSecond));
  for (const old of [...replicas]) {
    // As a Deployment does it: the new one first.
    replicas = [...replicas, await world.start('gateway-new')];
    await old.gone();
    replicas = replicas.filter((r) => r !== old);
  }
  const before = load.answered();
  await until(() => expect(load.answered()).toBeGreaterThan(before + perSecond));
  const { answered, failures } = await load.stop();
  await front.close();
  for (const replica of replicas) await replica.program.end('SIGKILL');
  expect(failures).toEqual([]);
  expect(answered).toBeGreaterThan(4 * perSecond);
}, 120_000);

test('one of two is killed: what was in flight there fails, nothing after it', async () => {
  const [killed, other] = [await world.start('gateway-c'), await world.start('gateway-d')];
  const front = await startFront(() => [killed, other]);
  const load = startLoad(front.port, host, perSecond);
  await until(() => expect(load.answered()).toBeGreaterThan(perSecond));
  expect(front.connectionsTo(killed.port)).toBeGreaterThan(0);
  await killed.program.end('SIGKILL');
  await until(() => expect(front.connectionsTo(killed.port)).toBe(0));
  const goneAt = performance.now();
  const before = load.answered();
  await until(() => expect(load.answered()).toBeGreaterThan(before + 2 * perSecond));
  const { failures } = await load.stop();
  await front.close();
  await other.program.end('SIGKILL');
  expect(failures.filter((f) => f.sentAt > goneAt)).toEqual([]);
  // A connection has one request at a time; some may have been made at the last moment.
  expect(failures.length).toBeLessThanOrEqual(front.mostConnectionsTo(killed.port));
}, 120_000);

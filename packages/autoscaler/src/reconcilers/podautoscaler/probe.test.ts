import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '@ebb/shared/testing/until.ts';
import { afterEach, expect, test } from 'vitest';
import { steppedClock } from '../../testing.ts';
import { ActivatorProbes, activatorAnswers } from './probe.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const f of cleanUp.splice(0)) await f();
});

async function answering(status: number, body: string) {
  const seen: IncomingMessage[] = [];
  const server = createServer((req, res) => {
    seen.push(req);
    res.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { seen, target: { address: '127.0.0.1', port: (server.address() as AddressInfo).port, host: 'one.ns.svc.cluster.local' } };
}

test.each([
  [200, 'activator', true],
  [200, 'hello', false],
  [503, 'activator', false],
  [200, 'activator'.repeat(1000), false],
])('%i %.20s: %s', async (status, body, answers) => {
  const { target, seen } = await answering(status, body);
  expect(await activatorAnswers(target)).toBe(answers);
  expect(seen[0]).toMatchObject({
    url: '//healthz',
    headers: { host: 'one.ns.svc.cluster.local', 'k-network-probe': 'activator', 'user-agent': 'Knative-Autoscaling-Probe' },
  });
});

test('nobody there', async () => {
  expect(await activatorAnswers({ address: '127.0.0.1', port: 1, host: 'x' })).toBe(false);
});

test('asking does not wait; an answer is told of, is good for a while, and then asked for again', async () => {
  const { target, seen } = await answering(200, 'activator');
  const clock = steppedClock();
  const answered: string[] = [];
  const probes = new ActivatorProbes(clock.now, (key) => answered.push(key));
  expect(probes.ask('ns/one', target)).toBe(false);
  expect(probes.ask('ns/one', target)).toBe(false);
  await until(() => answered.length === 1);
  expect(probes.ask('ns/one', target)).toBe(true);
  expect(seen).toHaveLength(1);
  clock.step(5_000);
  expect(probes.ask('ns/one', target)).toBe(false);
  await until(() => answered.length === 2);
  expect(seen).toHaveLength(2);
});

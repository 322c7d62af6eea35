import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { installCrds } from '@ebb/shared/testing/crds.ts';
import { startKube, type TestKube } from '@ebb/shared/testing/kube.ts';
import { freePort, type Program, startProgram } from '@ebb/shared/testing/programs.ts';
import { installSettings } from '@ebb/shared/testing/settings.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Replica, startFront, startLoad } from './testing/front.ts';
import { endpoints, ingress, rule, service, split } from './testing/objects.ts';

const perSecond = 500;
const host = 'h.example.com';
let kube: TestKube;
const started = new Set<Program>();
const backend = createServer((_req, res) => res.end('hello'));
const inDefault = <T extends { metadata: object }>(object: T): T => ({ ...object, metadata: { ...object.metadata, namespace: 'default' } });

/** An address that Endpoints may hold: not of loopback. */
const ownAddress = (): string =>
  Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find((a) => a.family === 'IPv4' && !a.internal)?.address ?? '';

beforeAll(async () => {
  await new Promise<void>((resolve) => backend.listen(0, resolve));
  backend.keepAliveTimeout = 0;
  kube = await startKube();
  await installCrds(kube.client);
  await installSettings(kube.client);
  const { port } = backend.address() as AddressInfo;
  await kube.client.create(builtin.Service, inDefault(service('app')));
  await kube.client.create(builtin.Endpoints, inDefault(endpoints('app', { host: ownAddress(), port })));
  await kube.client.create(
    kinds.Ingress,
    inDefault({ ...ingress('app', [rule([host], [{ splits: [split('app', { serviceNamespace: 'default' })] }])]) }),
  );
});
afterAll(async () => {
  for (const program of started) await program.end('SIGKILL');
  backend.closeAllConnections();
  backend.close();
  await kube?.stop();
});

/** A gateway process, and what a Service knows of it: as ready as its probe last said. */
async function startReplica(name: string): Promise<Replica & { program: Program; gone: () => Promise<void> }> {
  const port = await freePort();
  const probes = await freePort();
  const isReady = async () => (await fetch(`http://127.0.0.1:${probes}/ready`)).status === 200;
  const program = await startProgram({
    path: process.execPath,
    args: [join(import.meta.dirname, 'main.ts')],
    env: {
      KUBECONFIG: kube.kubeconfig,
      POD_NAME: name,
      POD_IP: '127.0.0.1',
      NATS_URL: '',
      METRICS_PROMETHEUS_PORT: '0',
      PROBES_PORT: String(probes),
      GATEWAY_HTTP_PORT: String(port),
      GATEWAY_HTTPS_PORT: String(await freePort()),
      GATEWAY_LOCAL_HTTP_PORT: String(await freePort()),
      GATEWAY_LOCAL_HTTPS_PORT: String(await freePort()),
      DRAIN_SECONDS: '2',
      DRAIN_GRACE_SECONDS: '10',
    },
    ready: isReady,
  });
  started.add(program);
  const replica = { port, ready: true, program, gone: async () => {} };
  const probing = setInterval(() => {
    isReady().then(
      (ready) => Object.assign(replica, { ready }),
      // Silent: a Service goes on sending to it until somebody says otherwise.
      () => undefined,
    );
  }, 100);
  replica.gone = async () => {
    await program.end();
    clearInterval(probing);
    replica.ready = false;
    started.delete(program);
  };
  return replica;
}

test('replicas are replaced one after the other, and no request fails', async () => {
  let replicas = [await startReplica('gateway-a'), await startReplica('gateway-b')];
  const front = await startFront(() => replicas);
  const load = startLoad(front.port, host, perSecond);
  await until(() => expect(load.answered()).toBeGreaterThan(perSecond));
  for (const old of [...replicas]) {
    // As a Deployment does it: the new one first.
    replicas = [...replicas, await startReplica('gateway-new')];
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
  const [killed, other] = [await startReplica('gateway-c'), await startReplica('gateway-d')];
  const front = await startFront(() => [killed, other]);
  const load = startLoad(front.port, host, perSecond);
  await until(() => expect(load.answered()).toBeGreaterThan(perSecond));
  const connections = front.connectionsTo(killed.port);
  expect(connections).toBeGreaterThan(0);
  await killed.program.end('SIGKILL');
  await until(() => expect(front.connectionsTo(killed.port)).toBe(0));
  const goneAt = performance.now();
  const before = load.answered();
  await until(() => expect(load.answered()).toBeGreaterThan(before + 2 * perSecond));
  const { failures } = await load.stop();
  await front.close();
  await other.program.end('SIGKILL');
  expect(failures.filter((f) => f.sentAt > goneAt)).toEqual([]);
  // A connection has one request at a time.
  expect(failures.length).toBeLessThanOrEqual(connections);
}, 120_000);

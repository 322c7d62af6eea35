import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { builtin, type Endpoints, type KubeService } from '@ebb/shared/api/builtin.ts';
import { kinds, type Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { installCrds } from '@ebb/shared/testing/crds.ts';
import { ask, cleanUp, onCleanUp } from '@ebb/shared/testing/http.ts';
import { startKube } from '@ebb/shared/testing/kube.ts';
import { freePort, startProgram } from '@ebb/shared/testing/programs.ts';
import { installSettings } from '@ebb/shared/testing/settings.ts';
import { afterEach, expect, test } from 'vitest';

afterEach(cleanUp);

/** Endpoints may not hold an address of loopback. */
const ownAddress = () =>
  Object.values(networkInterfaces())
    .flat()
    .find((a) => a?.family === 'IPv4' && !a.internal)?.address ?? '';

test('an activator that starts serves revisions and pods that are there already, and serves on for a while when it has to leave', async () => {
  const kube = await startKube();
  onCleanUp(() => kube.stop());
  await installCrds(kube.client);
  await installSettings(kube.client);
  const pod = createServer((req, res) => res.end(req.headers['k-network-probe'] === 'queue' ? 'queue' : `served ${req.url}`));
  await new Promise<void>((resolve) => pod.listen(0, ownAddress(), resolve));
  onCleanUp(() => new Promise((resolve) => pod.close(resolve)));
  onCleanUp(() => pod.closeAllConnections());

  const [namespace, name] = ['default', 'hello-00001'];
  const metadata = {
    namespace,
    name: `${name}-private`,
    labels: { [labels.revision]: name, [labels.revisionUID]: '1', [labels.serviceType]: 'Private' },
  };
  const spec = { timeoutSeconds: 300, containers: [{ name: 'user-container', image: 'hello' }] };
  await kube.client.create(kinds.Revision, {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Revision',
    metadata: { namespace, name },
    spec,
  } as Revision);
  await kube.client.create(builtin.Service, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { ports: [{ name: 'http', port: 80 }] },
  } as KubeService);
  const subsets = [{ addresses: [{ ip: ownAddress() }], ports: [{ name: 'http', port: (pod.address() as AddressInfo).port }] }];
  await kube.client.create(builtin.Endpoints, { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets } as Endpoints);

  const [http1, h2c] = [await freePort(), await freePort()];
  const program = await startProgram({
    path: process.execPath,
    args: [fileURLToPath(new URL('main.ts', import.meta.url))],
    env: {
      KUBECONFIG: kube.kubeconfig,
      POD_NAME: 'activator-0',
      POD_IP: '127.0.0.1',
      HTTP1_PORT: String(http1),
      H2C_PORT: String(h2c),
      ANNOUNCEMENTS_PORT: '0',
      METRICS_PROMETHEUS_PORT: '0',
      DRAIN_DELAY: '2s',
      AUTOSCALER: `127.0.0.1:${await freePort()}`,
      NATS_URL: '',
    },
    ready: async () => (await fetch(`http://127.0.0.1:${http1}/`, { headers: { 'k-network-probe': 'activator' } })).ok,
  });
  onCleanUp(() => program.end('SIGKILL'));
  const host = `${name}.${namespace}.svc.cluster.local`;
  expect(await ask(http1, { path: '/x', headers: { host } })).toMatchObject({ status: 200, body: 'served /x' });

  // Told to leave: it is not ready from then on, and serves whoever has not heard of that yet.
  const ended = program.end('SIGTERM');
  const kubelet = () => ask(http1, { headers: { 'user-agent': 'kube-probe/1.35' } });
  await expect.poll(async () => (await kubelet()).status).toBe(500);
  expect(await ask(http1, { path: '/y', headers: { host } })).toMatchObject({ status: 200, body: 'served /y' });
  await ended;
  await expect(ask(http1)).rejects.toThrow('ECONNREFUSED');
});

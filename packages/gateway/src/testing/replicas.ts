import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { installCrds } from '@ebb/shared/testing/crds.ts';
import { startKube } from '@ebb/shared/testing/kube.ts';
import { freePort, type Program, startProgram } from '@ebb/shared/testing/programs.ts';
import { installSettings } from '@ebb/shared/testing/settings.ts';
import type { Replica } from './front.ts';
import { endpoints, ingress, rule, service, split } from './objects.ts';

/** A gateway process, and what a Service knows of it: as ready as its probe last said. */
export interface Started extends Replica {
  /** Of the listener for the cluster's own pods. */
  localPort: number;
  metricsPort: number;
  program: Program;
  /** Ends it as the kubelet does, and resolves when it is gone. */
  gone: () => Promise<void>;
}

/** An address that Endpoints may hold: not of loopback. */
export const ownAddress = (): string =>
  Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find((a) => a.family === 'IPv4' && !a.internal)?.address ?? '';

const inDefault = <T extends { metadata: object }>(object: T): T => ({ ...object, metadata: { ...object.metadata, namespace: 'default' } });

/** An Ingress in `default` of this name that leads its host to the one backend. */
export const toApp = (name: string, host: string) =>
  inDefault(ingress(name, [rule([host], [{ splits: [split('app', { serviceNamespace: 'default' })] }])]));

/** An API server with an Ingress for `host`, a backend that says hello, and gateway processes before them as a test wants. */
export async function startReplicas(host: string) {
  const started = new Set<Program>();
  const backend = createServer((_req, res) => res.end('hello'));
  await new Promise<void>((resolve) => backend.listen(0, resolve));
  backend.keepAliveTimeout = 0;
  const kube = await startKube();
  await installCrds(kube.client);
  await installSettings(kube.client);
  const { port } = backend.address() as AddressInfo;
  await kube.client.create(builtin.Service, inDefault(service('app')));
  await kube.client.create(builtin.Endpoints, inDefault(endpoints('app', { host: ownAddress(), port })));
  await kube.client.create(kinds.Ingress, toApp('app', host));

  return {
    client: kube.client,
    async start(name: string, env: Record<string, string> = {}): Promise<Started> {
      const [port, localPort, probes, metricsPort] = [await freePort(), await freePort(), await freePort(), await freePort()];
      const isReady = async () => (await fetch(`http://127.0.0.1:${probes}/ready`)).status === 200;
      const program = await startProgram({
        path: process.execPath,
        args: [join(import.meta.dirname, '../main.ts')],
        env: {
          KUBECONFIG: kube.kubeconfig,
          POD_NAME: name,
          POD_IP: '127.0.0.1',
          NATS_URL: '',
          METRICS_PROMETHEUS_PORT: String(metricsPort),
          PROBES_PORT: String(probes),
          GATEWAY_HTTP_PORT: String(port),
          GATEWAY_HTTPS_PORT: String(await freePort()),
          GATEWAY_LOCAL_HTTP_PORT: String(localPort),
          GATEWAY_LOCAL_HTTPS_PORT: String(await freePort()),
          DRAIN_SECONDS: '2',
          DRAIN_GRACE_SECONDS: '10',
          ...env,
        },
        ready: isReady,
      });
      started.add(program);
      const replica: Started = { port, localPort, metricsPort, ready: true, program, gone: async () => {} };
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
    },
    async stop() {
      for (const program of started) await program.end('SIGKILL');
      backend.closeAllConnections();
      backend.close();
      await kube.stop();
    },
  };
}

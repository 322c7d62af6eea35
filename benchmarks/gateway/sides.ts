import { join } from 'node:path';
import { freePort } from '@ebb/shared/testing/programs.ts';
import { inCache } from '../../e2e/cluster/paths.ts';
import { bundle } from '../../scripts/images/bundle.ts';
import { imagesNamed } from '../../scripts/images/table.ts';
import { root } from '../../scripts/lib/shell.ts';
import { ownAddress } from '../activator/world.ts';
import { backendPort, type Running, type Side, startProxy } from '../lib/proxies.ts';
import { findNginx, writeNginxConfig } from './nginx.ts';
import { host, type openWorld } from './world.ts';

/** Ports of one gateway process. */
export interface GatewayPorts {
  http: number;
  https: number;
  /** Where replicas are asked for what they serve; any when absent. */
  localHttp?: number;
}

/** A function that starts the gateway as its image runs it, against an API server. Ready when its first Ingress is served. */
export async function gatewayProgram(workers = 1): Promise<(kubeconfig: string, ports: GatewayPorts, pod?: string) => Promise<Running>> {
  const image = imagesNamed(['gateway'])[0];
  if (image?.kind !== 'service') throw new Error('the gateway has no image');
  const main = await bundle(image.source, inCache('bench-gateway'));
  const node = join(root, 'node_modules/node/bin/node');
  return async (kubeconfig, { http, https, localHttp }, pod = 'gateway-0') => {
    const probes = await freePort();
    const env = {
      KUBECONFIG: kubeconfig,
      POD_NAME: pod,
      POD_IP: '127.0.0.1',
      WORKERS: String(workers),
      NATS_URL: '',
      METRICS_PROMETHEUS_PORT: String(await freePort()),
      PROBES_PORT: String(probes),
      GATEWAY_HTTP_PORT: String(http),
      GATEWAY_HTTPS_PORT: String(https),
      GATEWAY_LOCAL_HTTP_PORT: String(localHttp ?? (await freePort())),
      GATEWAY_LOCAL_HTTPS_PORT: String(await freePort()),
    };
    const ready = async () => (await fetch(`http://127.0.0.1:${probes}/ready`).catch(() => undefined))?.status === 200;
    return startProxy(node, [image.nodeOptions, main], { env, port: http, ports: [http, https], ready });
  };
}

/** nginx and the gateway, in front of one backend. */
export async function sides(
  { kube, certificate }: Awaited<ReturnType<typeof openWorld>>,
  workers: number,
): Promise<{ sides: Side[]; close(): void }> {
  const nginx = await findNginx();
  const startGateway = await gatewayProgram(workers);
  const ports = { http: await freePort(), https: await freePort() };
  const config = writeNginxConfig({
    port: ports.http,
    securePort: ports.https,
    backend: `${ownAddress()}:${backendPort}`,
    host,
    certificate,
    workers,
  });
  const at = async (running: Promise<Running>, secure?: boolean) => ({ ...(await running), port: secure ? ports.https : ports.http });
  const startNginx = () =>
    startProxy(nginx, ['-c', join(config.folder, 'nginx.conf'), '-p', config.folder], {
      env: {},
      port: ports.http,
      ports: [ports.http, ports.https],
    });
  return {
    sides: [
      { name: 'ebb', start: (_protocol, secure) => at(startGateway(kube.kubeconfig, ports), secure) },
      { name: 'nginx', start: (_protocol, secure) => at(startNginx(), secure) },
    ],
    close: config.remove,
  };
}

import { net } from '../../e2e/cluster/parts.ts';
import { ports } from '../../packages/shared/src/api/ports.ts';

/** How a component is reached while it runs on this machine: its Services, port of the Service → port here. */
export interface FromSource {
  services: Record<string, { name: string; port: number }[]>;
  env?: Record<string, string>;
}

/** What can run from source. queue-proxy cannot: it lives beside a container in a pod. */
export const fromSource: Record<string, FromSource> = {
  controller: { services: {} },
  autoscaler: { services: { autoscaler: [{ name: 'http', port: ports.autoscaler }] } },
  activator: {
    services: {
      'activator-service': [
        { name: 'http', port: ports.http1 },
        { name: 'http2', port: ports.h2c },
      ],
    },
    env: { DRAIN_DELAY: '0s' },
  },
  webhook: { services: { webhook: [{ name: 'https-webhook', port: ports.webhook }] }, env: { DRAIN_SECONDS: '0' } },
  gateway: {
    services: {
      gateway: [
        { name: 'http', port: ports.gatewayHttp },
        { name: 'https', port: ports.gatewayHttps },
      ],
      'gateway-local': [
        { name: 'http', port: ports.gatewayLocalHttp },
        { name: 'https', port: ports.gatewayLocalHttps },
      ],
    },
    env: { DRAIN_SECONDS: '0', DRAIN_GRACE_SECONDS: '1' },
  },
};

/** Where the cluster's pods find this machine. */
export const hereIP = net.node;

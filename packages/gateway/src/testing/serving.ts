import type { Endpoints, KubeService, Secret } from '@ebb/shared/api/builtin.ts';
import type { Ingress } from '@ebb/shared/api/kinds.ts';
import { systemClock } from '@ebb/shared/lib/clock.ts';
import { createForwarder } from '@ebb/shared/proxy/forward.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { createBalance } from '../handler/balance.ts';
import { openListeners } from '../handler/listeners.ts';
import { FilledCache } from '../state/filled-cache.ts';
import { Routing } from '../state/routing.ts';

/** The gateway's listeners over caches that a test fills by hand. */
export async function startServing(options: Partial<Parameters<typeof openListeners>[1]> = {}) {
  const cluster = {
    ingresses: new FilledCache<Ingress>(),
    services: new FilledCache<KubeService>(),
    endpoints: new FilledCache<Endpoints>(),
    secrets: new FilledCache<Secret>(),
  };
  /** Backends whose addresses refused a connection. */
  const refused: string[] = [];
  const routing = new Routing({ ...cluster, log: createLogger('test', 'silent') });
  const forwarder = createForwarder();
  const telemetry = { started: () => () => undefined, refused: (backend: string) => refused.push(backend) };
  const balance = createBalance({
    pool: (k) => routing.pools.get(k),
    forwarder,
    clock: systemClock,
    random: Math.random,
    telemetry,
    patienceMs: 300,
  });
  const ports = { http: 0, localHttp: 0, https: 0, localHttps: 0 };
  const listeners = await openListeners(ports, {
    routing,
    balance,
    telemetry,
    random: Math.random,
    trusting: true,
    host: '127.0.0.1',
    ...options,
  });
  return {
    cluster,
    refused,
    routing,
    listeners,
    async close() {
      routing.close();
      await Promise.all(Object.values(listeners).map((l) => l.close(0)));
      await forwarder.close();
    },
  };
}

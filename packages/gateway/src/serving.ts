import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfigStore } from '@ebb/shared/config/store.ts';
import { systemClock } from '@ebb/shared/lib/clock.ts';
import { createForwarder } from '@ebb/shared/proxy/forward.ts';
import type { Listener } from '@ebb/shared/proxy/listener.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import type { Metrics } from '@ebb/shared/telemetry/metrics.ts';
import type { Routes } from './core/compile.ts';
import { createBalance } from './handler/balance.ts';
import { openListeners } from './handler/listeners.ts';
import type { Settings } from './settings.ts';
import type { Routing } from './state/routing.ts';
import { instruments } from './telemetry.ts';
import { startTraces } from './trace.ts';

/** A node that vanished neither accepts nor refuses: another address is tried after this. */
const connectTimeoutMs = 2000;

interface Options {
  routing: Routing;
  settings: Settings;
  /** Must read config-logging and config-observability. */
  config: ConfigStore;
  podName: string;
  metrics: Metrics;
  log: Logger;
  /** Where other processes listen on the same ports: whether all of them serve these routes. */
  agreed?: (routes: Routes) => boolean;
}

/** What serves requests. */
export interface Serving {
  /** Serves on until everybody has heard that the pod is leaving, then finishes what is under way. */
  drain(): Promise<void>;
}

/** Opens the listeners over routes that are known. */
export async function startServing({ routing, settings, config, podName, metrics, log, agreed }: Options): Promise<Serving> {
  const tracer = await startTraces(config, podName, log);
  const accessLog = log.child({ log: 'access' });
  const telemetry = instruments({
    meter: metrics.meter,
    now: () => performance.now(),
    accessLog: { write: (line) => accessLog.info(line), share: settings.accessLogShare, random: Math.random },
  });
  const forwarder = createForwarder({ connectTimeoutMs });
  const balance = createBalance({ pool: (key) => routing.pools.get(key), forwarder, clock: systemClock, random: Math.random, telemetry });
  const opened = await openListeners(settings.ports, {
    routing,
    balance,
    telemetry,
    tracer,
    random: Math.random,
    agreed,
    reusePort: agreed !== undefined,
    trusting: settings.trustForwarded,
    proxyProtocol: settings.proxyProtocol,
    maxConnectionsPerClient: settings.maxConnectionsPerClient,
    maxHeaderBytes: settings.maxHeaderBytes,
    maxConcurrentStreams: settings.maxConcurrentStreams,
    onError: (error) => log.warn({ err: error.message }, 'a connection failed'),
  });
  const listeners: Listener[] = Object.values(opened);
  log.info({ ports: listeners.map((l) => l.port), ingresses: routing.table.size }, 'serving');
  return {
    async drain() {
      // Routes and addresses are followed to the end: requests still come.
      await sleep(settings.drainMs / 2);
      for (const listener of listeners) listener.draining();
      await sleep(settings.drainMs / 2);
      await Promise.all(listeners.map((l) => l.close(settings.graceMs)));
      await forwarder.close();
      await tracer?.close();
    },
  };
}

import type { ConfigStore } from '@ebb/shared/config/store.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { startTracing, type Tracer } from '@ebb/shared/telemetry/trace.ts';

/** Traces as config-observability has them at the start (contract data-plane 1.12); undefined where they are off. */
export async function startTraces(config: ConfigStore, podName: string, log: Logger): Promise<Tracer | undefined> {
  const { tracingProtocol: protocol, tracingEndpoint: endpoint, tracingSamplingRate: samplingRate } = config.get('config-observability');
  const resource = { 'service.name': 'gateway', 'service.instance.id': podName, 'k8s.pod.name': podName };
  return startTracing({ protocol, endpoint, samplingRate }, { resource, scope: 'ebb/gateway', env: process.env, log });
}

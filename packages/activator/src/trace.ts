import type { ConfigStore } from '@ebb/shared/config/store.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { startTracing, type Tracer } from '@ebb/shared/telemetry/trace.ts';
import type { ActivatorEnv } from './env.ts';

/** Traces as config-observability has them at the start (contract data-plane 1.12); undefined where they are off. */
export async function startTraces(config: ConfigStore, env: ActivatorEnv, log: Logger): Promise<Tracer | undefined> {
  const { tracingProtocol: protocol, tracingEndpoint: endpoint, tracingSamplingRate: samplingRate } = config.get('config-observability');
  const resource = { 'service.name': 'activator', 'service.instance.id': env.podName, 'k8s.pod.name': env.podName };
  const scope = 'knative.dev/serving/pkg/activator';
  return startTracing({ protocol, endpoint, samplingRate }, { resource, scope, env: process.env, log });
}

import type { Logger } from '@ebb/shared/telemetry/log.ts';
import type { Tracer } from '@ebb/shared/telemetry/trace.ts';
import type { QueueEnv } from './env.ts';

/** What traces are made with and the layers that make them, where they are on. Loaded then only. */
export interface Tracing {
  tracer: Tracer;
  layers: typeof import('@ebb/shared/proxy/trace.ts');
}

export async function startTraces(env: QueueEnv, variables: NodeJS.ProcessEnv, log: Logger): Promise<Tracing | undefined> {
  if (env.tracing.protocol === 'none') return undefined;
  const [{ startTracing }, layers] = await Promise.all([import('@ebb/shared/telemetry/trace.ts'), import('@ebb/shared/proxy/trace.ts')]);
  const resource = {
    'service.name': env.service || env.configuration || env.revision || env.pod,
    'service.instance.id': env.pod,
    'k8s.namespace.name': env.namespace,
    'k8s.pod.name': env.pod,
    'container.name': 'queue-proxy',
    'kn.service.name': env.service,
    'kn.configuration.name': env.configuration,
    'kn.revision.name': env.revision,
  };
  const tracer = await startTracing(env.tracing, { resource, scope: 'knative.dev/serving/pkg/queue', env: variables, log });
  return tracer && { tracer, layers };
}

import type { Middleware } from '@ebb/shared/proxy/handler.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import type { QueueEnv } from './env.ts';

/** The layer that logs requests; undefined when there is no log. Loads the template engine, which pods without a log do without. */
export async function requestLog(env: QueueEnv, log: Logger, write: (line: string) => void): Promise<Middleware | undefined> {
  if (env.requestLogTemplate === '') return undefined;
  const { logRequests, requestLogTemplate } = await import('@ebb/shared/proxy/request-log.ts');
  const { revision: Name, namespace: Namespace, service: Service, configuration: Configuration, pod: PodName, podIP: PodIP } = env;
  const revision = { Name, Namespace, Service, Configuration, PodName, PodIP };
  try {
    return logRequests({
      template: requestLogTemplate(env.requestLogTemplate),
      revisionOf: () => revision,
      probes: env.logProbes,
      traced: true,
      write,
      now: () => performance.now(),
    });
  } catch (error) {
    log.error({ err: (error as Error).message }, 'the template of the request log is wrong: there will be no request log');
    return undefined;
  }
}

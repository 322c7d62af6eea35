import type { EventBus } from '@ebb/shared/events/types.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import type { Metrics } from '@ebb/shared/telemetry/metrics.ts';
import { changedKeys, validateConfigMap } from '../admission/config-maps.ts';
import { dryRun, type TryPod } from '../admission/dry-run.ts';
import { mutate, type Settings, validate } from '../admission/resources.ts';
import type { AdmissionRequest, Decision } from '../admission/review.ts';

/** What a decision is made with and told to. */
export interface Surroundings {
  settings(): Settings;
  tryPod: TryPod;
  bus: EventBus;
  log: Logger;
  meter: Metrics['meter'];
}

/** The paths of the webhook and who decides there (contract control-plane 4.1). */
export const routes = {
  '/defaulting': mutate,
  '/resource-validation': validate,
  '/config-validation': validateConfigMap,
} as const satisfies Record<string, (request: AdmissionRequest, settings: Settings) => Decision>;

export type RoutePath = keyof typeof routes;

export type Decide = (path: RoutePath, request: AdmissionRequest) => Promise<Decision>;

/** Decides a request and tells of it: a metric each, an event for what was denied and for settings that change. */
export function createAdmission({ settings, tryPod, bus, log, meter }: Surroundings): Decide {
  const reviews = meter.createCounter('kn.webhook.reviews', { description: 'Admission reviews answered' });
  const duration = meter.createHistogram('kn.webhook.review.duration', { unit: 's', description: 'Time a decision took' });
  const decide = async (path: RoutePath, request: AdmissionRequest): Promise<Decision> => {
    const decision = routes[path](request, settings());
    if (path !== '/resource-validation' || decision.denied !== undefined) return decision;
    return { ...decision, ...(await dryRun(request, settings(), tryPod, log)) };
  };
  return async (path, request) => {
    const started = performance.now();
    const decision = await decide(path, request).catch((error: Error): never => {
      log.error({ path, kind: request.kind.kind, namespace: request.namespace, name: request.name, err: error }, 'not decided');
      throw error;
    });
    const { kind } = request.kind;
    const allowed = decision.denied === undefined;
    reviews.add(1, { path, kind, allowed: String(allowed) });
    duration.record((performance.now() - started) / 1000, { path });
    // A dry run changes nothing, so there is nothing to tell.
    if (request.dryRun) return decision;
    const name = request.name || request.object?.metadata.name || request.object?.metadata.generateName || '';
    const namespace = request.namespace ?? '';
    if (!allowed) {
      log.info({ kind, namespace, name, path, message: decision.denied }, 'denied');
      bus.publish({ type: 'admission.denied', namespace, name, data: { kind, operation: request.operation, message: decision.denied } });
    } else if (path === '/config-validation') {
      const keys = changedKeys(request);
      if (keys.length) bus.publish({ type: 'config.changed', namespace, name, data: { keys, user: request.userInfo?.username ?? '' } });
    }
    return decision;
  };
}

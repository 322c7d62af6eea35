import type { ApiContext } from '../defaults/context.ts';
import type { KindName } from '../kinds.ts';
import type { KubeObject } from '../meta.ts';
import type { FieldErrors } from './field-error.ts';
import { validateCertificate, validateIngress, validateMetric, validatePodAutoscaler, validateServerlessService } from './internal.ts';
import { validateConfiguration, validateDomainMapping, validateRevision, validateRoute, validateService } from './serving.ts';

/** One row per kind the webhook serves (contract control-plane 4.1). */
const validators = {
  Service: validateService,
  Configuration: validateConfiguration,
  Route: validateRoute,
  Revision: validateRevision,
  DomainMapping: validateDomainMapping,
  PodAutoscaler: validatePodAutoscaler,
  Metric: validateMetric,
  Certificate: validateCertificate,
  Ingress: validateIngress,
  ServerlessService: validateServerlessService,
} as const satisfies Partial<Record<KindName, (object: never, ctx: ApiContext) => FieldErrors>>;

export type ServedKind = keyof typeof validators;

/** The kinds that are defaulted and validated, in the contract's order. */
export const servedKinds = Object.keys(validators) as ServedKind[];

/**
 * What is wrong with an object as it would be stored (contract control-plane part 4): errors refuse it, warnings are
 * shown. `ctx.before` is the object before an update, with defaults.
 */
export const validateObject = (name: ServedKind, object: KubeObject, ctx: ApiContext): FieldErrors =>
  (validators[name] as (o: never, c: ApiContext) => FieldErrors)(object as never, ctx);

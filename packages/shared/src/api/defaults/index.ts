import type { KindName } from '../kinds.ts';
import type { KubeObject } from '../meta.ts';
import type { ApiContext } from './context.ts';
import { defaultIngress, defaultPodAutoscaler } from './internal.ts';
import { defaultConfiguration, defaultDomainMapping, defaultRevision, defaultRoute, defaultService, withUserInfo } from './serving.ts';

type Defaulter = (object: never, ctx: ApiContext) => KubeObject;

interface Row {
  fill: Defaulter;
  /** Whose user annotations the webhook keeps: everybody's, those without owner's, nobody's (rules 2, 6, 19). */
  userInfo?: 'always' | 'unowned';
}

/** One row per kind with defaults; the others are stored as they come (contract control-plane part 3). */
const rows: Partial<Record<KindName, Row>> = {
  Service: { fill: defaultService, userInfo: 'always' },
  Configuration: { fill: defaultConfiguration, userInfo: 'unowned' },
  Route: { fill: defaultRoute, userInfo: 'unowned' },
  Revision: { fill: defaultRevision },
  DomainMapping: { fill: defaultDomainMapping, userInfo: 'always' },
  PodAutoscaler: { fill: defaultPodAutoscaler },
  Ingress: { fill: defaultIngress },
};

/**
 * An object with its defaults: pure, the argument stays as it is, and doing it twice changes nothing more. In a
 * reconciler `ctx` has neither operation nor user (contract control-plane 0.4 step 3).
 */
export function withDefaults<T extends KubeObject>(name: KindName, object: T, ctx: ApiContext): T {
  const row = rows[name];
  if (!row) return object;
  const fill = (o: KubeObject, c: ApiContext): KubeObject => row.fill(o as never, c);
  // The object before is seen with today's defaults, so that new settings alone are nobody's change.
  const before = ctx.before && fill(ctx.before, { ...ctx, before: ctx.before });
  const out = fill(object, before ? { ...ctx, before } : ctx) as T;
  const owned = (object.metadata.ownerReferences ?? []).length > 0;
  return row.userInfo === undefined || (row.userInfo === 'unowned' && owned) ? out : withUserInfo(out, before, ctx);
}

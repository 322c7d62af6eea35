import type { Container } from '../builtin.ts';
import type { RevisionSpec } from '../kinds.ts';
import { withContainerDefaults, withNames, withSecurity } from './containers.ts';
import { type ApiContext, asList, type ParentMeta } from './context.ts';

/** Times a revision may take (rules 8-10): a default only counts when it is shorter than the whole. */
function timeouts(spec: RevisionSpec, { config }: ApiContext): Partial<RevisionSpec> {
  const c = config['config-defaults'];
  const timeoutSeconds = spec.timeoutSeconds || c.revisionTimeoutSeconds;
  const shorter = (own: number | null | undefined, fallback: number) =>
    own ?? (fallback !== 0 && fallback < timeoutSeconds ? fallback : undefined);
  const idleTimeoutSeconds = shorter(spec.idleTimeoutSeconds, c.idleTimeoutSeconds);
  const responseStartTimeoutSeconds = shorter(spec.responseStartTimeoutSeconds, c.responseStartTimeoutSeconds);
  return {
    timeoutSeconds,
    ...(idleTimeoutSeconds === undefined ? {} : { idleTimeoutSeconds }),
    ...(responseStartTimeoutSeconds === undefined ? {} : { responseStartTimeoutSeconds }),
  };
}

/** Rule 18: what containers do not say, and the pod does not either, is made safe. The pod's own context stays. */
function secured(spec: RevisionSpec, { config }: ApiContext): RevisionSpec {
  const flag = config['config-features']['secure-pod-defaults'];
  if (flag === 'Disabled') return spec;
  const seccomp = spec.securityContext?.seccompProfile?.type;
  const notRoot = flag === 'Enabled' && (spec.securityContext?.runAsNonRoot ?? undefined) === undefined;
  const secure = (c: Container): Container => withSecurity(c, seccomp, notRoot);
  return {
    ...spec,
    ...(spec.containers?.length ? { containers: spec.containers.map(secure) } : {}),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(secure) } : {}),
  };
}

/**
 * A revision's spec as it is stored (contract control-plane 3 rules 8-18). `parent`: the object it stands in; its
 * metadata goes into container names. Throws when the name template cannot be rendered.
 */
export function defaultRevisionSpec(spec: RevisionSpec, ctx: ApiContext, parent: ParentMeta): RevisionSpec {
  const c = ctx.config['config-defaults'];
  const containers = asList(spec.containers);
  // As upstream, which asks for each container.
  const fresh = ctx.operation === 'CREATE' && containers.length > 0;
  const enableServiceLinks = spec.enableServiceLinks ?? (fresh ? c.enableServiceLinks : undefined);
  const named = containers.length ? { ...spec, ...withNames(spec, c, parent) } : spec;
  return secured(
    {
      ...named,
      ...timeouts(spec, ctx),
      containerConcurrency: spec.containerConcurrency ?? c.containerConcurrency,
      ...(containers.length ? { containers: withContainerDefaults(named, c) } : {}),
      ...((enableServiceLinks ?? undefined) === undefined ? {} : { enableServiceLinks }),
    },
    ctx,
  );
}

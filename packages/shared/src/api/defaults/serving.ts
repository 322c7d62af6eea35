import { annotations } from '../annotations.ts';
import type { Configuration, DomainMapping, Revision, RevisionTemplate, Route, Service, TrafficTarget } from '../kinds.ts';
import type { KubeObject } from '../meta.ts';
import { sameSpec } from '../validate/semantic.ts';
import { type ApiContext, asList, asObject } from './context.ts';
import { defaultRevisionSpec } from './revision-spec.ts';

/** A traffic entry without `latestRevision` and `percent` (contract control-plane 3 rule 4). */
const defaultTarget = (t: TrafficTarget): TrafficTarget => ({
  ...t,
  latestRevision: t?.latestRevision ?? !t?.revisionName,
  percent: t?.percent ?? 0,
});

/** The template of a Service or Configuration; one that keeps its name stays as it is (rule 5). */
function withTemplate<T extends Service | Configuration>(object: T, ctx: ApiContext): T {
  const template = object.spec?.template as RevisionTemplate | undefined;
  if (!template?.spec) return object;
  const name = template.metadata?.name;
  const before = (ctx.before as T | undefined)?.spec?.template?.metadata?.name;
  if (ctx.operation === 'UPDATE' && name && name === before) return object;
  return { ...object, spec: { ...object.spec, template: { ...template, spec: defaultRevisionSpec(template.spec, ctx, object.metadata) } } };
}

/** Who made it and who changed its spec last (rules 2, 6). `before` is the object before, defaulted as this one was. */
export function withUserInfo<T extends KubeObject>(object: T, before: KubeObject | undefined, ctx: ApiContext): T {
  const user = ctx.username;
  if (user === undefined) return object;
  const set = (added: Record<string, string>): T => ({
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...added } },
  });
  const [creator, modifier] = [annotations.creator[0], annotations.lastModifier[0]];
  if (ctx.operation === 'CREATE') return set({ [creator]: user, [modifier]: user });
  return ctx.operation === 'UPDATE' && before && !sameSpec(before.spec, object.spec) ? set({ [modifier]: user }) : object;
}

export function defaultService(service: Service, ctx: ApiContext): Service {
  const out = withTemplate(service, ctx);
  const traffic = asList(out.spec?.traffic);
  return {
    ...out,
    spec: { ...out.spec, traffic: traffic.length ? traffic.map(defaultTarget) : [{ latestRevision: true, percent: 100 }] },
  };
}

export const defaultConfiguration = (configuration: Configuration, ctx: ApiContext): Configuration => withTemplate(configuration, ctx);

export const defaultRoute = (route: Route): Route => {
  const traffic = asList(route.spec?.traffic);
  return traffic.length ? { ...route, spec: { ...route.spec, traffic: traffic.map(defaultTarget) } } : route;
};

/** A stored Revision does not change (rule 7). It stands in no other object, so name templates see nothing. */
export const defaultRevision = (revision: Revision, ctx: ApiContext): Revision =>
  ctx.operation === 'UPDATE' ? revision : { ...revision, spec: defaultRevisionSpec(asObject(revision.spec) as Revision['spec'], ctx, {}) };

export const defaultDomainMapping = (mapping: DomainMapping): DomainMapping =>
  mapping.spec?.ref && !mapping.spec.ref.namespace
    ? { ...mapping, spec: { ...mapping.spec, ref: { ...mapping.spec.ref, namespace: mapping.metadata.namespace } } }
    : mapping;

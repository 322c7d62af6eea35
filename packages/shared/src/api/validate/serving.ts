import { type ApiContext, asList, asObject } from '../defaults/context.ts';
import type { Configuration, DomainMapping, Revision, Route, Service } from '../kinds.ts';
import { labels } from '../labels.ts';
import { defaultClusterDomain } from '../system.ts';
import { validateSeconds } from './annotations.ts';
import { changes } from './diff.ts';
import { disallowed, type FieldErrors, general, missing, under } from './field-error.ts';
import { validateMetadata, validateParentLabel, validateUserInfo } from './metadata.ts';
import { fullDomainName, quoted } from './names.ts';
import { validateNameChange, validateRevisionSpec, validateTemplate } from './revision-spec.ts';
import { validateTraffic } from './traffic.ts';

const ofStatus = (ctx: ApiContext): boolean => ctx.operation === 'UPDATE' && ctx.subresource === 'status';
const beforeAs = <T>(ctx: ApiContext): T | undefined => (ctx.operation === 'UPDATE' ? (ctx.before as T | undefined) : undefined);

const rollout = (o: Service | Route): FieldErrors =>
  under(validateSeconds(o.metadata.annotations, 'rolloutDuration', 'rollout-duration'), 'metadata', 'annotations');

/** Configurations and Routes of a Service carry its annotations; who changed those is the Service's affair. */
const userInfo = (o: Configuration | Route, ctx: ApiContext): FieldErrors =>
  asList(o.metadata.ownerReferences).length ? [] : validateUserInfo(o, beforeAs(ctx));

/** A Service (contract control-plane 4.2, 4.3). A write of its status is not held to settings that may have changed. */
export function validateService(service: Service, ctx: ApiContext): FieldErrors {
  const spec = asObject(service.spec) as Service['spec'];
  const before = beforeAs<Service>(ctx);
  const change = [...under(validateNameChange(spec.template, before?.spec?.template), 'spec'), ...validateUserInfo(service, before)];
  if (ofStatus(ctx)) return change;
  const within = [...validateTemplate(spec.template, service.metadata, ctx), ...validateTraffic(asList(spec.traffic), true)];
  return [...validateMetadata(service, ctx, 'refused'), ...rollout(service), ...under(within, 'spec'), ...change];
}

export function validateConfiguration(configuration: Configuration, ctx: ApiContext): FieldErrors {
  const spec = asObject(configuration.spec) as Configuration['spec'];
  const before = beforeAs<Configuration>(ctx);
  const change = [...under(validateNameChange(spec.template, before?.spec?.template), 'spec'), ...userInfo(configuration, ctx)];
  if (ofStatus(ctx)) return change;
  return [
    ...validateMetadata(configuration, ctx, 'refused'),
    ...validateParentLabel(configuration, labels.service, 'Service'),
    ...under(validateTemplate(spec.template, configuration.metadata, ctx), 'spec'),
    ...change,
  ];
}

export const validateRoute = (route: Route, ctx: ApiContext): FieldErrors => [
  ...validateMetadata(route, ctx, 'refused'),
  ...rollout(route),
  ...validateParentLabel(route, labels.service, 'Service'),
  // A Route without traffic gets none by default and is told so by the sum.
  ...under(validateTraffic(asList(route.spec?.traffic), false), 'spec'),
  ...userInfo(route, ctx),
];

/** A Revision: its spec is checked once and never changes after. */
export function validateRevision(revision: Revision, ctx: ApiContext): FieldErrors {
  const before = beforeAs<Revision>(ctx);
  const diff = before ? changes('RevisionSpec', '{v1.RevisionSpec}', asObject(before.spec), asObject(revision.spec)) : '';
  // It is told alone.
  if (diff) return general('Immutable fields changed (-old +new)', ['spec'], diff);
  const spec = before ? [] : under(validateRevisionSpec(asObject(revision.spec) as Revision['spec'], ctx), 'spec');
  return [...validateMetadata(revision, ctx, 'checked'), ...validateParentLabel(revision, labels.configuration, 'Configuration'), ...spec];
}

/** A DomainMapping: its name is the domain (contract control-plane 4.2, 4.3). */
export function validateDomainMapping(mapping: DomainMapping, ctx: ApiContext): FieldErrors {
  const { name, namespace, generateName } = mapping.metadata;
  const ref = asObject(mapping.spec?.ref) as Partial<DomainMapping['spec']['ref']>;
  const domain = ctx.clusterDomain ?? defaultClusterDomain;
  const errors: FieldErrors[] = [];
  if (generateName) errors.push(disallowed('metadata.generateName'));
  for (const text of fullDomainName('name', name ?? ''))
    errors.push(general(`invalid name ${quoted(name ?? '')}: ${text}`, ['metadata.name']));
  if (name?.endsWith(`.${domain}`)) {
    const text = `must not be a subdomain of cluster local domain ${quoted(domain)}`;
    errors.push(general(`invalid name ${quoted(name)}: ${text}`, ['metadata.name']));
  }
  for (const field of ['name', 'kind', 'apiVersion'] as const) if (!ref[field]) errors.push(missing(`spec.ref.${field}`));
  if (ref.group) errors.push(disallowed('spec.ref.group'));
  if (ref.namespace && namespace && ref.namespace !== namespace) {
    const details = `parent namespace: ${quoted(namespace)} does not match ref: ${quoted(ref.namespace)}`;
    errors.push(general('mismatched namespaces', ['spec.ref.namespace'], details));
  }
  return [...errors.flat(), ...validateUserInfo(mapping, beforeAs(ctx))];
}

import type { DefaultsConfig } from '../../config/defaults.ts';
import { type ApiContext, asObject, type ParentMeta } from '../defaults/context.ts';
import type { RevisionSpec, RevisionTemplate } from '../kinds.ts';
import { validateAutoscaling, validateNetworking, validateQueueSidecar, validateSeconds } from './annotations.ts';
import { changes } from './diff.ts';
import { disallowed, type FieldErrors, general, invalidValue, outOfBounds, under } from './field-error.ts';
import { dns1035Label, dns1035Prefix, goList, quoted } from './names.ts';
import { validatePodSpec } from './pod-spec.ts';

/** containerConcurrency within what the cluster allows (contract control-plane 4.3). */
export function validateConcurrency(value: number | null | undefined, c: DefaultsConfig): FieldErrors {
  const least = c.allowContainerConcurrencyZero ? 0 : 1;
  const [n, most] = [value ?? 0, c.containerConcurrencyMaxLimit];
  return (value ?? undefined) !== undefined && (n < least || n > most) ? outOfBounds(n, least, most, 'containerConcurrency') : [];
}

/** A revision's spec; paths are under it. */
export function validateRevisionSpec(spec: RevisionSpec, { config }: ApiContext): FieldErrors {
  const c = config['config-defaults'];
  const seconds = spec.timeoutSeconds ?? 0;
  return [
    ...validatePodSpec(spec, config['config-features']),
    ...validateConcurrency(spec.containerConcurrency, c),
    ...(seconds !== 0 && (seconds < 0 || seconds > c.maxRevisionTimeoutSeconds)
      ? outOfBounds(seconds, 0, c.maxRevisionTimeoutSeconds, 'timeoutSeconds')
      : []),
  ];
}

/** The name a template gives to its revisions: a label that begins with the parent's name. The first error is told. */
function validateName({ name, generateName }: NonNullable<RevisionTemplate['metadata']>, parent: ParentMeta): FieldErrors {
  const badPrefix = generateName ? dns1035Prefix(generateName) : [];
  if (badPrefix.length) return invalidValue(`not a DNS 1035 label prefix: ${goList(badPrefix)}`, 'generateName');
  if (!name) return [];
  const wrong = dns1035Label(name);
  if (wrong.length) return invalidValue(`not a DNS 1035 label: ${goList(wrong)}`, 'name');
  // A name of one's own needs a parent whose name is known.
  if (!parent.name && parent.generateName) return disallowed('name');
  const prefix = `${parent.name ?? ''}-`;
  return name.startsWith(prefix) ? [] : invalidValue(`${quoted(name)} must have prefix ${quoted(prefix)}`, 'name');
}

/** The template of a Service or Configuration (contract control-plane 4.3); paths are under `template`. */
export function validateTemplate(template: RevisionTemplate | undefined, parent: ParentMeta, ctx: ApiContext): FieldErrors {
  const metadata = template?.metadata ?? {};
  const own = metadata.annotations;
  const found = [
    ...validateAutoscaling(own, ctx.config['config-autoscaler']),
    ...validateSeconds(own, 'progressDeadline', 'progress-deadline'),
    ...validateQueueSidecar(own),
  ];
  // A key of networking that is not known is told of at the annotations, not at a path of its own.
  const meta = [...validateName(metadata, parent), ...under([...found, ...validateNetworking(own)], 'annotations')];
  return under(
    [...under(meta, 'metadata'), ...under(validateRevisionSpec(asObject(template?.spec) as RevisionSpec, ctx), 'spec')],
    'template',
  );
}

/** A template that keeps its revision's name must stay as it is: revisions do not change. */
export function validateNameChange(now: RevisionTemplate | undefined, before: RevisionTemplate | undefined): FieldErrors {
  const name = now?.metadata?.name;
  if (!name || name !== before?.metadata?.name) return [];
  const diff = changes('RevisionTemplateSpec', '{*v1.RevisionTemplateSpec}', asObject(before), asObject(now));
  const message = 'Saw the following changes without a name change (-old +new)';
  return diff ? under(general(message, ['metadata.name'], diff), 'template') : [];
}

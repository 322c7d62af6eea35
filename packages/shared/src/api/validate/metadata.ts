import { annotations } from '../annotations.ts';
import { type ApiContext, asList } from '../defaults/context.ts';
import type { KubeObject, ObjectMeta } from '../meta.ts';
import { validateAutoscaling, validateNoAutoscaling } from './annotations.ts';
import { type FieldErrors, general, invalidValue, missing, under } from './field-error.ts';
import { dns1035Label, dns1035Prefix, goList } from './names.ts';
import { sameSpec } from './semantic.ts';

/** Names of objects (contract control-plane 4.2); paths are under metadata. */
export function validateNames({ name, generateName }: Partial<ObjectMeta>): FieldErrors {
  if (generateName) {
    const wrong = dns1035Prefix(generateName);
    if (wrong.length) return general(`not a DNS 1035 label prefix: ${goList(wrong)}`, ['generateName']);
  }
  if (name) {
    const wrong = dns1035Label(name);
    if (wrong.length) return general(`not a DNS 1035 label: ${goList(wrong)}`, ['name']);
  }
  return !name && !generateName ? general('name or generateName is required', ['name']) : [];
}

/** Names and autoscaling annotations: where they have an effect they are checked, elsewhere refused. */
export function validateMetadata(object: KubeObject, ctx: ApiContext, autoscaling: 'checked' | 'refused'): FieldErrors {
  const { metadata } = object;
  const found =
    autoscaling === 'checked'
      ? validateAutoscaling(metadata.annotations, ctx.config['config-autoscaler'])
      : validateNoAutoscaling(metadata.annotations);
  return under([...validateNames(metadata), ...under(found, 'annotations')], 'metadata');
}

/** A label that names a parent needs an owner reference to it (contract 4.2). */
export function validateParentLabel({ metadata }: KubeObject, label: string, kind: string): FieldErrors {
  const value = metadata.labels?.[label];
  if (value === undefined) return [];
  const owned = asList(metadata.ownerReferences).some((o) => o.kind === kind && o.name === value);
  return owned ? [] : under(missing(label), 'metadata', 'labels');
}

/** Who made an object never changes; who changed it last changes with its spec only (contract 4.2). */
export function validateUserInfo(object: KubeObject, before: KubeObject | undefined): FieldErrors {
  if (!before) return [];
  const of = (o: KubeObject, key: string) => o.metadata.annotations?.[key] ?? '';
  const [creator, modifier] = [annotations.creator[0], annotations.lastModifier[0]];
  const errors: FieldErrors[] = [];
  if (of(object, creator) !== of(before, creator)) errors.push(general('annotation value is immutable', [creator]));
  if (of(object, modifier) !== of(before, modifier) && sameSpec(before.spec, object.spec))
    errors.push(invalidValue(of(object, modifier), modifier));
  return under(errors.flat(), 'metadata', 'annotations');
}

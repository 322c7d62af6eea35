import { type TProperties, type TSchema, type TSchemaOptions, Type } from 'typebox';

/**
 * Pieces of structural CRD schemas with their TypeScript types. Each asks for a description first: it is what
 * `kubectl explain` and docs/reference show.
 */

export const text = (description: string, options: TSchemaOptions = {}) => Type.String({ description, ...options });
/** Text that is one of a few words. The webhook checks them, not the schema: its errors have the contract's words. */
export const word = <T extends string>(description: string) => Type.Unsafe<T>({ type: 'string', description });
export const int64 = (description: string) => Type.Integer({ format: 'int64', description });
export const int32 = (description: string) => Type.Integer({ format: 'int32', description });
export const bool = (description: string) => Type.Boolean({ description });
export const textMap = (description: string, options: TSchemaOptions = {}) =>
  Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' }, description, ...options });

const intOrStringSchema = { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] };
export const intOrString = (description: string) => Type.Unsafe<number | string>({ ...intOrStringSchema, description });

const quantitySchema = {
  ...intOrStringSchema,
  pattern: '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$',
};
export const quantity = (description: string) => Type.Unsafe<number | string>({ ...quantitySchema, description });
/** Resource name → Kubernetes quantity. */
export const quantities = (description: string) =>
  Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: quantitySchema, description });

/** An object kept as it is: what a feature flag may allow is checked by the webhook, not pruned by the API server. */
export const preserved = <T>(description: string, options: TSchemaOptions = {}) =>
  Type.Unsafe<T>({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true, description, ...options });
/** A list of such objects. */
export const preservedList = <T>(description: string) =>
  Type.Unsafe<T[]>({ type: 'array', items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, description });

/** Text in a list that describes it. */
export const plainText = Type.String();
export const list = <T extends TSchema>(description: string, items: T) => Type.Array(items, { description });
export const atomic = <T extends TSchema>(description: string, items: T) =>
  Type.Array(items, { description, 'x-kubernetes-list-type': 'atomic' });
/** A list whose entries are told apart by a key: server-side apply merges it by that key. */
export const keyed = <T extends TSchema>(description: string, items: T, ...keys: string[]) =>
  Type.Array(items, { description, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });

/** An object that server-side apply replaces whole. */
export const whole = { 'x-kubernetes-map-type': 'atomic' } as const;

/** An object in which every field is optional; `Type.Object` where some are not. */
export function object<P extends TProperties>(description: string, properties: P, options: TSchemaOptions = {}) {
  return Type.Partial(Type.Object(properties), { description, ...options });
}

/** An object with required and optional fields. */
export function required<R extends TProperties, O extends TProperties = Record<never, never>>(
  description: string,
  must: R,
  may: O = {} as O,
  options: TSchemaOptions = {},
) {
  const optional = Type.Partial(Type.Object(may)).properties;
  return Type.Object({ ...must, ...optional } as R & typeof optional, { description, ...options });
}

const condition = required(
  'One aspect of the state, and whether it holds.',
  {
    type: text('The aspect. Ready sums up the others.'),
    status: word<'True' | 'False' | 'Unknown'>('True, False, or Unknown while it is not settled.'),
  },
  {
    reason: text('Why, in one word for programs.'),
    message: text('Why, in a sentence for people.'),
    severity: word<'Info'>('Empty where False is an error; Info where the condition only informs and Ready does not depend on it.'),
    lastTransitionTime: text('When the status last changed, RFC 3339.'),
  },
);

/** The status fields every kind but ClusterDomainClaim has (contract control-plane 1.1). */
export const commonStatus = {
  observedGeneration: int64('The metadata.generation this status speaks of. When it is behind, the status is of an earlier spec.'),
  conditions: list('What is known of the state, by aspect; Ready sums it up.', condition),
  annotations: textMap('More about the state, as keys and values that controllers agree on.'),
} as const;

export const addressable = object('Where it can be reached from inside the cluster.', {
  url: text('The URL.'),
  name: text('The name of the address, where there is more than one.'),
  CACerts: text('PEM certificates of the authorities to trust for an https URL, beside the usual ones.'),
  audience: text('The OIDC audience that tokens sent to this address must have.'),
});

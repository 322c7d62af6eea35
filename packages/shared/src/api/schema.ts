import { type TProperties, type TSchema, Type } from 'typebox';

/** Pieces of structural CRD schemas with their TypeScript types. */

export const text = Type.String();
export const int64 = Type.Integer({ format: 'int64' });
export const int32 = Type.Integer({ format: 'int32' });
export const bool = Type.Boolean();
export const textMap = Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' } });
export const intOrString = Type.Unsafe<number | string>({ 'x-kubernetes-int-or-string': true });

const quantitySchema = {
  'x-kubernetes-int-or-string': true,
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  pattern: '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$',
};
export const quantities = Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: quantitySchema });
export const quantity = Type.Unsafe<string>(quantitySchema);

/** An object kept as it is: what a feature flag may allow is checked by the webhook, not pruned by the API server. */
export const preserved = <T>() => Type.Unsafe<T>({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true });
/** A list of such objects. */
export const preservedList = <T>() =>
  Type.Unsafe<T[]>({ type: 'array', items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } });

export const list = <T extends TSchema>(items: T) => Type.Array(items);
export const atomic = <T extends TSchema>(items: T) => Type.Array(items, { 'x-kubernetes-list-type': 'atomic' });
/** A list whose entries are told apart by a key: server-side apply merges it by that key. */
export const keyed = <T extends TSchema>(items: T, ...keys: string[]) =>
  Type.Array(items, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });

/** An object in which every field is optional but those named as required. */
export function object<P extends TProperties>(properties: P) {
  return Type.Partial(Type.Object(properties));
}

export const condition = Type.Object({
  type: text,
  status: Type.Unsafe<'True' | 'False' | 'Unknown'>({ type: 'string' }),
  reason: Type.Optional(text),
  message: Type.Optional(text),
  severity: Type.Optional(Type.Unsafe<'Info'>({ type: 'string' })),
  lastTransitionTime: Type.Optional(text),
});

/** The status fields every kind but ClusterDomainClaim has (contract control-plane 1.1). */
export const commonStatus = {
  observedGeneration: Type.Optional(int64),
  conditions: Type.Optional(list(condition)),
  annotations: Type.Optional(textMap),
} as const;

export const addressable = object({ url: text, name: text, CACerts: text, audience: text });

import type { KindName } from '@ebb/shared/api/kinds.ts';
import { deployedCrds } from '@ebb/shared/testing/crds.ts';
import type { Json } from './corpus/edit.ts';

/** As much of a structural schema as pruning and defaulting look at. */
interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  default?: Json;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
}

interface Crd {
  spec: { names: { kind: string }; versions: { schema: { openAPIV3Schema: Schema } }[] };
}

const schemas = new Map(
  (deployedCrds() as unknown as Crd[]).map((crd) => [crd.spec.names.kind, crd.spec.versions[0]?.schema.openAPIV3Schema as Schema]),
);
const isObject = (v: Json): boolean => typeof v === 'object' && v !== null && !Array.isArray(v);

function walk(schema: Schema, value: Json): Json {
  if (Array.isArray(value)) return schema.items ? value.map((v) => walk(schema.items as Schema, v)) : value;
  if (!isObject(value)) return value;
  const { properties = {}, additionalProperties: more } = schema;
  const keep = schema['x-kubernetes-preserve-unknown-fields'];
  const out: Json = {};
  for (const [key, v] of Object.entries(value)) {
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (own) out[key] = walk(own, v);
    else if (typeof more === 'object') out[key] = walk(more, v);
    else if (keep || more === true) out[key] = v;
  }
  for (const [key, own] of Object.entries(properties)) {
    if (own.default !== undefined && (out[key] === undefined || out[key] === null)) out[key] = structuredClone(own.default);
  }
  return out;
}

/** An object as the API server reads it, before it asks any webhook: unknown fields pruned, the schema's defaults filled in. */
export function structural(kind: KindName, object: Json): Json {
  const schema = schemas.get(kind);
  if (!schema || !isObject(object)) return object;
  const { apiVersion, kind: named, metadata } = object;
  return { ...walk(schema, object), apiVersion, kind: named, metadata };
}

import { canonicalQuantity } from '../../lib/quantity.ts';
import type { KubeObject } from '../meta.ts';
import { quoted } from '../validate/names.ts';
import { type Field, goName, type Shape, shapeOf, type Type } from './shapes.ts';

/** A value that is of another type than its field; the message is what the peer's JSON decoder says. */
export class DecodeError extends Error {}

/** Where a value stands: the field it is of, the type that has this field, and where that stands; lists and maps add nothing. */
interface At {
  shape: string;
  field: Field;
  up: At | undefined;
}

const pathOf = (at: At | undefined): string[] => (at ? [...pathOf(at.up), ...at.field.via, at.field.name] : []);

type Loose = Record<string, unknown>;

const isObject = (v: unknown): v is Loose => typeof v === 'object' && v !== null && !Array.isArray(v);

/** In which of the peer's packages a type is, as far as errors name it. */
const packageOf = (name: string): string => {
  if (/^(Ingress|HTTPIngress|HeaderMatch|Certificate|ServerlessService|PodAutoscaler|Metric)/.test(name)) return 'v1alpha1';
  return /^(DomainMapping|SecretTLS)/.test(name) ? 'v1beta1' : 'v1';
};

const typeName = (type: Type): string => {
  const own = goName(type);
  if (own !== undefined) return own;
  if (type.is === 'list') return `[]${typeName(type.of)}`;
  if (type.is === 'map') return `map[string]${typeName(type.of)}`;
  return type.is === 'shape' ? `${packageOf(type.shape.name)}.${type.shape.name}` : type.is === 'IntOrString' ? 'int32' : type.is;
};

function wrong(value: unknown, type: Type, at: At): never {
  const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  const number = typeof value === 'number' && (type.is.startsWith('int') || type.is === 'IntOrString') ? ` ${value}` : '';
  throw new DecodeError(
    `json: cannot unmarshal ${what}${number} into Go struct field ${at.shape}.${pathOf(at).join('.')} of type ${typeName(type)}`,
  );
}

/** RFC 3339 as the peer writes it: whole seconds, UTC. */
function time(text: string): string {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw new DecodeError(`parsing time ${quoted(text)} as "2006-01-02T15:04:05Z07:00": cannot parse ${quoted(text)} as "2006"`);
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

const limits = { int32: 2 ** 31, int64: 2 ** 63 };

function scalar(value: unknown, type: Type, at: At): unknown {
  switch (type.is) {
    case 'any':
      return value;
    case 'string':
      return typeof value === 'string' ? value : wrong(value, type, at);
    case 'bool':
      return typeof value === 'boolean' ? value : wrong(value, type, at);
    case 'Quantity':
      // Anything else than text or a number is not even JSON to the peer's parser of quantities.
      return canonicalQuantity(typeof value === 'number' ? value : typeof value === 'string' ? value.trim() : '');
    case 'Time':
      return typeof value === 'string' ? time(value) : wrong(value, type, at);
    default: {
      if (type.is === 'IntOrString' && typeof value === 'string') return value;
      const limit = type.is === 'int64' ? limits.int64 : limits.int32;
      const fits = typeof value === 'number' && Number.isInteger(value) && value >= -limit && value <= limit - 1;
      return fits ? value : wrong(value, type, at);
    }
  }
}

/** What an absent value is, once it has to be written. */
const zero = (type: Type): unknown => {
  if (type.is === 'shape') return object({}, type.shape, undefined);
  if (type.is === 'string') return '';
  if (type.is === 'bool') return false;
  if (type.is === 'Quantity') return '0';
  // Of a list that it always writes the peer makes null.
  if (type.is === 'list') return null;
  return type.is.startsWith('int') || type.is === 'IntOrString' ? 0 : undefined;
};

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === '' || value === 0 || value === false;
  for (const _ in value) return false;
  return true;
}

function decode(value: unknown, type: Type, at: At): unknown {
  if (value === undefined || value === null) return zero(type);
  if (type.is === 'list') return Array.isArray(value) ? value.map((v) => decode(v, type.of, at)) : wrong(value, type, at);
  if (type.is === 'map') {
    if (!isObject(value)) return wrong(value, type, at);
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, decode(v, type.of, at)]));
  }
  if (type.is !== 'shape') return scalar(value, type, at);
  return isObject(value) ? object(value, type.shape, at) : wrong(value, type, at);
}

const left = (f: Field, value: unknown): boolean =>
  value === undefined || (!f.always && ((value ?? undefined) === undefined || (!f.pointer && isEmpty(value))));

/** An object with the fields of its shape, in their order in the document; then those that are always written. */
function object(value: Loose, shape: Shape, up: At | undefined): Loose {
  const out: Loose = {};
  for (const name of Object.keys(value)) {
    const f = shape.fields.get(name);
    if (!f) continue;
    const v = value[name];
    const decoded = v === null && f.pointer ? undefined : decode(v, f.type, { shape: shape.name, field: f, up });
    if (!left(f, decoded)) out[name] = decoded;
  }
  for (const f of shape.written) {
    if (Object.hasOwn(out, f.name)) continue;
    const empty = f.pointer ? null : zero(f.type);
    if (empty !== undefined) out[f.name] = empty;
  }
  return out;
}

/**
 * An object of one of our kinds as the peer stores it: fields its types do not have are gone, empty ones as well unless
 * it always writes them, quantities are canonical. Throws DecodeError at the first value of a wrong type, and what
 * a bad quantity throws. Depth and keys of the input are no danger: only known fields are looked into.
 */
export function decodeObject<T extends KubeObject>(kind: string, value: object): T {
  const { apiVersion, kind: k, ...fields } = value as Loose;
  return { apiVersion, kind: k, ...object(fields, shapeOf(kind), undefined) } as unknown as T;
}

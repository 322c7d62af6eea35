import type { AutoscalerConfig } from '../../config/autoscaler.ts';
import { formatDuration, parseDuration } from '../../lib/duration.ts';
import { isQuantity } from '../../lib/quantity.ts';
import { type AnnotationName, annotations as annotationKeys, findAnnotation } from '../annotations.ts';
import { hpaClass, kpaClass } from '../system.ts';
import { asWarnings, each, type FieldErrors, general, invalidKey, invalidValue, outOfBounds } from './field-error.ts';

type Annotations = Record<string, string> | undefined;
interface Found {
  key: string;
  value: string;
}

const maxInt32 = 2147483647;
const second = 1000;
const hour = 3_600_000;

/** An annotation's check, run when it is present; errors are told against the spelling that was found. */
type Check = (found: Found, all: Annotations, config: AutoscalerConfig) => FieldErrors;

const isInt = (text: string): boolean => /^[+-]?\d+$/.test(text);
/** Whether an integer fits into 64 bits. Longer ones need not be read. */
const inInt64 = (text: string): boolean =>
  text.length < 64 && BigInt.asIntN(64, BigInt(text.replace('+', ''))) === BigInt(text.replace('+', ''));

/** Go's ParseFloat: undefined for what it refuses. No number (`nan`) is a float, and neither below nor above any bound. */
function float(text: string): number | undefined {
  if (/^nan$/i.test(text)) return Number.NaN;
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  // An underscore may stand between two digits.
  const digits = text.replace(/(?<=[\da-fA-F]|0[xX])_(?=[\da-fA-F])/g, '');
  const hex = /^([+-]?)0[xX]([\da-fA-F]*)(?:\.([\da-fA-F]*))?[pP]([+-]?\d+)$/.exec(digits);
  if (hex && (hex[2] || hex[3])) return hexFloat(hex);
  const n = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(digits) ? Number(digits) : undefined;
  return n !== undefined && Number.isFinite(n) ? n : undefined;
}

const hexFloat = ([, sign, whole = '', part = '', exponent]: RegExpExecArray): number | undefined => {
  const rest = part.slice(0, 32);
  const n = Number(`0x${whole}${rest}`) * 2 ** (Number(exponent) - 4 * rest.length);
  return Number.isFinite(n) ? (sign === '-' ? -n : n) : undefined;
};

/** Go's `%v` of a float64. */
function goFloat(n: number): string {
  const [mantissa = '', exponent = '0'] = n.toExponential().split('e');
  const e = Number(exponent);
  if (e >= -4 && e < 21 && e < 6) return String(n);
  return `${mantissa}e${e < 0 ? '-' : '+'}${String(Math.abs(e)).padStart(2, '0')}`;
}

const int32: Check = ({ key, value }) => {
  if (!isInt(value)) return invalidValue(value, key);
  return Number(value) < 0 || Number(value) > maxInt32 ? outOfBounds(value, 0, maxInt32, key) : [];
};

const number =
  (refused: (n: number) => boolean, bad: (f: Found) => FieldErrors): Check =>
  (f) => {
    const n = float(f.value);
    if (n === undefined) return invalidValue(f.value, f.key);
    return refused(n) ? bad(f) : [];
  };

const between = (lo: number, hi: number): Check =>
  number(
    (n) => n < lo || n > hi,
    (f) => outOfBounds(f.value, lo, hi, f.key),
  );

const durationIn =
  (lo: number, hi: number, wholeSeconds: boolean): Check =>
  ({ key, value }) => {
    let ms: number;
    try {
      ms = parseDuration(value);
    } catch {
      return invalidValue(value, key);
    }
    if (ms < lo || ms > hi) return outOfBounds(value, formatDuration(lo), formatDuration(hi), key);
    return wholeSeconds && ms % second !== 0 ? general('must be specified with at most second precision', [key]) : [];
  };

const oneOf =
  (allowed: (autoscalerClass: string | undefined, config: AutoscalerConfig) => ((value: string) => boolean) | undefined): Check =>
  ({ key, value }, all, config) => {
    const good = allowed(findAnnotation(all, 'class')?.value, config);
    return good && !good(value) ? invalidValue(value, key) : [];
  };

const initialScale: Check = ({ key, value }, _all, config) => {
  if (!isInt(value) || !inInt64(value)) return invalidValue(value, key);
  if (Number(value) < 0) return invalidValue(value, `${key} must be greater than 0`);
  return Number(value) === 0 && !config.allowZeroInitialScale ? invalidValue(value, `${key}=0 not allowed by cluster`) : [];
};

/** One row per annotation that is good or bad by itself (contract control-plane 2.2, 4.4). */
const rows: Partial<Record<AnnotationName, Check>> = {
  class: oneOf(() => (v) => !v.endsWith('.knative.dev') || v === kpaClass || v === hpaClass),
  minScale: int32,
  maxScale: int32,
  panicWindow: between(1, 100),
  panicThreshold: between(110, 1000),
  target: number(
    (n) => n < 0.01,
    (f) => general(`target ${f.value} should be at least 0.01`, [f.key]),
  ),
  targetUtilization: between(1, 100),
  targetBurstCapacity: number(
    (n) => n < 0 && n !== -1,
    (f) => invalidValue(f.value, f.key),
  ),
  window: durationIn(6 * second, hour, true),
  scaleDownDelay: durationIn(0, hour, true),
  podRetention: durationIn(0, hour, false),
  metric: oneOf((own, config) => {
    const autoscalerClass = own ?? config.podAutoscalerClass;
    if (autoscalerClass === kpaClass) return (v) => v === 'concurrency' || v === 'rps';
    return autoscalerClass === hpaClass ? (v) => v !== '' : undefined;
  }),
  // Only who asks for our own class by name is told; the empty value is none.
  metricAggregation: oneOf((own) =>
    own === kpaClass ? (v) => ['', 'linear', 'weighted-exponential', 'weightedExponential'].includes(v) : undefined,
  ),
  initialScale,
};

const scaleOf = (found: Found | undefined): number =>
  found && int32(found, undefined, {} as AutoscalerConfig).length === 0 ? Number(found.value) : 0;

/** What min-scale, max-scale and activation-scale say together. */
function scalesTogether(all: Annotations, config: AutoscalerConfig): FieldErrors {
  const [minFound, maxFound, activation] = (['minScale', 'maxScale', 'activationScale'] as const).map((n) => findAnnotation(all, n));
  const [min, max, limit] = [scaleOf(minFound), scaleOf(maxFound), config.maxScaleLimit];
  const errors: FieldErrors[] = [];
  // Told at today's spellings, whichever were found.
  if (max !== 0 && max < min)
    errors.push(general(`max-scale=${max} is less than min-scale=${min}`, [annotationKeys.maxScale[0], annotationKeys.minScale[0]]));
  // One that is no number counts as 0: no limit.
  if (maxFound && limit > 0) {
    if (max > limit) errors.push(outOfBounds(max, 1, limit, maxFound.key));
    else if (max === 0) errors.push(general(`max-scale=0 (unlimited), must be less than ${limit}`, [maxFound.key]));
  }
  if (activation) errors.push(activationScale(activation, min, max));
  return errors.flat();
}

/** Only the first thing that is wrong is told. */
function activationScale({ key, value }: Found, min: number, max: number): FieldErrors {
  const n = Number(value);
  if (!isInt(value) || n > maxInt32 || n < -maxInt32 - 1) return invalidValue(value, key);
  if (min > n) return general(`min-scale=${min} is greater than activation-scale=${n}`, [key]);
  if (max !== 0 && max < n) return general(`max-scale=${max} is less than activation-scale=${n}`, [key]);
  return n < 2 ? general(`activation-scale=${n} must be greater than 1`, [key]) : [];
}

/** The autoscaling annotations of a template, Revision or PodAutoscaler (contract control-plane 4.4); paths are the keys. */
export function validateAutoscaling(all: Annotations, config: AutoscalerConfig): FieldErrors {
  const single = Object.entries(rows).flatMap(([name, check]) => {
    const found = findAnnotation(all, name as AnnotationName);
    return found ? check(found, all, config) : [];
  });
  return [...single, ...scalesTogether(all, config)];
}

/** Autoscaling annotations on a Service, Configuration or Route have no effect, so they are refused (contract 4.2). */
export const validateNoAutoscaling = (all: Annotations): FieldErrors =>
  each(
    Object.keys(all ?? {}).filter((k) => k.startsWith('autoscaling.knative.dev')),
    (k) => invalidKey(k, '', 'autoscaling annotations must be put under "spec.template.metadata.annotations" to work'),
  );

/** A duration of whole seconds, 0 or more, told of under `name` (contract 4.2, 4.3). An empty value is no value. */
export function validateSeconds(all: Annotations, annotation: 'rolloutDuration' | 'progressDeadline', name: string): FieldErrors {
  const found = findAnnotation(all, annotation);
  if (!found || found.value === '') return [];
  const { key, value } = found;
  let ms: number;
  try {
    ms = parseDuration(value);
  } catch {
    return invalidValue(value, key);
  }
  if (ms % second !== 0) return general(`${name}=${value} is not at second precision`, [key]);
  return ms < 0 ? general(`${name}=${value} must be positive`, [key]) : [];
}

const queueQuantities = [
  'queueCPURequest',
  'queueCPULimit',
  'queueMemoryRequest',
  'queueMemoryLimit',
  'queueEphemeralStorageRequest',
  'queueEphemeralStorageLimit',
] as const;

/** What a template says about its queue-proxy (contract 4.3). */
export function validateQueueSidecar(all: Annotations): FieldErrors {
  const quantities = queueQuantities.flatMap((name) => {
    const found = findAnnotation(all, name);
    return found && !isQuantity(found.value) ? invalidValue(found.value, `[${found.key}]`) : [];
  });
  const share = findAnnotation(all, 'queueResourcePercentage');
  if (!share) return quantities;
  const path = `[${share.key}]`;
  const n = float(share.value);
  const bad =
    n === undefined
      ? invalidValue(share.value, path)
      : n < 0.1 || n > 100
        ? outOfBounds(Number.isFinite(n) ? goFloat(n) : n > 0 ? '+Inf' : '-Inf', 0.1, 100, path)
        : [];
  const deprecated = general(
    'Queue proxy resource percentage annotation is deprecated. Please use the available annotations to explicitly set resource values per service',
    [],
  );
  return [...quantities, ...asWarnings(deprecated), ...bad];
}

const networking = new Set<string>(
  (['ingressClass', 'certificateClass', 'disableExternalDomainTLS', 'httpOption'] as const).flatMap((n) => annotationKeys[n]),
);

/** Keys of networking.knative.dev that nobody reads are spelling mistakes (contract 4.3). */
export const validateNetworking = (all: Annotations): FieldErrors =>
  each(
    Object.keys(all ?? {}).filter((k) => k.startsWith('networking.knative.dev') && !networking.has(k)),
    (k) => invalidKey(k, ''),
  );

/** Where a span is: ids in lower-case hex (W3C Trace Context). */
export interface SpanContext {
  traceId: string;
  spanId: string;
  sampled: boolean;
}

const shape = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** What a `traceparent` header says; undefined when it says nothing that is valid. */
export function parseTraceparent(value: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = shape.exec(value) ?? [];
  if (!traceId || !spanId || !flags || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export const formatTraceparent = ({ traceId, spanId, sampled }: SpanContext): string => `00-${traceId}-${spanId}-0${sampled ? 1 : 0}`;

/** Whether a new span is recorded, by its trace and the span it comes from. */
export type Sampler = (traceId: string, parent: SpanContext | undefined) => boolean;

const always: Sampler = () => true;
const never: Sampler = () => false;

/** A share of all traces, the same for everybody who sees one. */
const share = (rate: number): Sampler => {
  if (rate >= 1) return always;
  if (rate <= 0) return never;
  const bound = Math.floor(rate * 2 ** 52);
  return (traceId) => Number.parseInt(traceId.slice(19), 16) < bound;
};

const parentBased =
  (root: Sampler): Sampler =>
  (traceId, parent) =>
    parent ? parent.sampled : root(traceId, parent);

/**
 * By the rate (contract data-plane 1.12), or as OTEL_TRACES_SAMPLER has it: `always_on`, `always_off`, `traceidratio`, and
 * these with `parentbased_` before them, the ratio in `argument`. Throws for another name.
 */
export function samplerOf(rate: number, name = '', argument = ''): Sampler {
  if (name === '') return rate >= 1 ? always : rate <= 0 ? never : parentBased(share(rate));
  const ratio = argument === '' ? 1 : Number(argument);
  if (!(ratio >= 0 && ratio <= 1))
    throw new Error(`OTEL_TRACES_SAMPLER_ARG is ${JSON.stringify(argument)}; a number from 0 to 1 would be right`);
  const plain: Record<string, Sampler> = { always_on: always, always_off: never, traceidratio: share(ratio) };
  const based = name.startsWith('parentbased_');
  const found = plain[based ? name.slice('parentbased_'.length) : name];
  if (!found)
    throw new Error(
      `OTEL_TRACES_SAMPLER is ${JSON.stringify(name)}; ${Object.keys(plain).join(', ')}, or one of these after parentbased_ would be right`,
    );
  return based ? parentBased(found) : found;
}

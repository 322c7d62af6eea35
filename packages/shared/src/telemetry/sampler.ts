import { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, type Sampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';

/**
 * By the rate (contract data-plane 1.12), or as OTEL_TRACES_SAMPLER has it: `always_on`, `always_off`, `traceidratio`, and
 * these with `parentbased_` before them, the ratio in `argument`. Throws for another name.
 */
export function samplerOf(rate: number, name = '', argument = ''): Sampler {
  const [on, off] = [new AlwaysOnSampler(), new AlwaysOffSampler()];
  if (name === '') {
    if (rate >= 1) return on;
    return rate <= 0 ? off : new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(rate) });
  }
  const ratio = argument === '' ? 1 : Number(argument);
  if (!(ratio >= 0 && ratio <= 1))
    throw new Error(`OTEL_TRACES_SAMPLER_ARG is ${JSON.stringify(argument)}; a number from 0 to 1 would be right`);
  const plain: Record<string, Sampler> = { always_on: on, always_off: off, traceidratio: new TraceIdRatioBasedSampler(ratio) };
  const based = name.startsWith('parentbased_');
  const found = plain[based ? name.slice('parentbased_'.length) : name];
  if (!found)
    throw new Error(
      `OTEL_TRACES_SAMPLER is ${JSON.stringify(name)}; ${Object.keys(plain).join(', ')}, or one of these after parentbased_ would be right`,
    );
  return based ? new ParentBasedSampler({ root: found }) : found;
}

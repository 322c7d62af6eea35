import type { Clause, Decision } from './decide.ts';
import type { Spec } from './spec.ts';

/** A decision with what it was made from. */
export interface Made extends Decision {
  stable?: number;
  panic?: number;
  readyPods: number;
}

const short = (n = 0): string => String(Math.round(n * 100) / 100);

const clauseText: Record<Clause, (spec: Spec, made: Made) => string> = {
  'no-data': () => 'no data: the last decision holds',
  jump: (_, m) => `jump to ${short(m.panic)} in flight`,
  stable: (spec, m) => `stable: ${m.wantStable} for ${short(m.stable)} at ${short(spec.targetValue)} a pod`,
  panic: (spec, m) => {
    const sides = `${m.wantPanic} ${m.over ? '≥' : '<'} ${short(spec.panicThreshold)}× of ${Math.max(1, m.readyPods)}`;
    return m.over ? `panic: ${sides}` : `panic lasts: ${sides}`;
  },
  'max-scale-up-rate': (spec, m) => `held back to ${short(spec.maxScaleUpRate)}× of ${Math.max(1, m.readyPods)} by max-scale-up-rate`,
  'max-scale-down-rate': (spec, m) =>
    `no less than 1/${short(spec.maxScaleDownRate)} of ${Math.max(1, m.readyPods)} by max-scale-down-rate`,
  'activation-scale': (spec) => `raised to activation-scale ${spec.activationScale}`,
  'panic-peak': () => 'no scale-down in panic',
  'scale-down-delay': (spec) => `scale-down-delay ${spec.scaleDownDelayMs / 1000}s`,
};

/** Which bound changed a decision (contract data-plane 3.7). */
export type Clamp = 'min-scale' | 'max-scale' | 'initial-scale';

/** The clauses that decided, in words: `panic: 34 ≥ 2× of 12; capped by max-scale 10`. */
export function explain(spec: Spec, made: Made, clamped?: Clamp): string {
  const parts = made.clauses.map((clause) => clauseText[clause](spec, made));
  if (clamped === 'max-scale') parts.push(`capped by max-scale ${spec.maxScale}`);
  if (clamped === 'min-scale') parts.push(`raised to min-scale ${spec.minScale}`);
  if (clamped === 'initial-scale') parts.push(`raised to initial-scale ${spec.initialScale}`);
  return parts.join('; ');
}

/** Everything a decision was made from, as the data of an event. Averages and target are per metric, times in seconds. */
export const inputsOf = (spec: Spec, made: Made): Record<string, unknown> => ({
  metric: spec.metric,
  target: spec.targetValue,
  stable: made.stable,
  panic: made.panic,
  readyPods: made.readyPods,
  wantStable: made.wantStable,
  wantPanic: made.wantPanic,
  panicking: made.panicking,
  panicThreshold: spec.panicThreshold,
  excessBurstCapacity: made.excessBurstCapacity,
  stableWindow: spec.stableWindowMs / 1000,
  panicWindow: spec.panicWindowMs / 1000,
  minScale: spec.minScale,
  maxScale: spec.maxScale,
  reachable: spec.reachable,
  clauses: made.clauses,
});

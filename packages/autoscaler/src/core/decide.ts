import type { Spec } from './spec.ts';

/** How often a decision is due, in ms (contract data-plane 3.6). */
export const tickMs = 2000;

/** What a decision remembers for the next one. */
export interface State {
  /** -1: nothing decided yet. */
  desired: number;
  excessBurstCapacity: number;
  /** When panic last had a reason, ms; undefined: calm. */
  panicSince?: number;
  /** The highest scale of this panic. */
  peak: number;
  /** Recent decisions that no later one topped, oldest and highest first, for scale-down-delay. */
  recent: readonly { tick: number; desired: number }[];
}

/** What is seen at the moment of a decision. `undefined` averages: no data. */
export interface Observation {
  readyPods: number;
  stable?: number;
  panic?: number;
  /** The averages are what is in flight now, see core/jump.ts. */
  jump?: boolean;
}

/** What had a say in a decision, in the order it had it (contract data-plane 3.6, steps 2 to 8). */
export type Clause =
  | 'no-data'
  | 'jump'
  | 'stable'
  | 'panic'
  | 'max-scale-up-rate'
  | 'max-scale-down-rate'
  | 'activation-scale'
  | 'panic-peak'
  | 'scale-down-delay';

export interface Decision {
  /** False: there was no data, the last decision holds. */
  valid: boolean;
  desired: number;
  excessBurstCapacity: number;
  panicking: boolean;
  /** Panic has a reason right now; false while it only lasts. */
  over: boolean;
  clauses: readonly Clause[];
  /** Pods by the stable and the panic average, before limits. */
  wantStable: number;
  wantPanic: number;
}

/**
 * The state a revision starts with (contract data-plane 3.6, last paragraph): with more than one ready pod it is in
 * panic, so that a restart of the autoscaler never scales down at once.
 */
export function initialState(spec: Spec, readyPods: number, now: number): State {
  const tbc = spec.targetBurstCapacity;
  return {
    desired: -1,
    excessBurstCapacity: tbc === 0 || tbc === -1 ? tbc : Math.trunc(spec.initialScale * spec.totalValue - tbc),
    panicSince: readyPods > 1 ? now : undefined,
    peak: readyPods > 1 ? readyPods : 0,
    recent: [],
  };
}

/** One decision (contract data-plane 3.6, steps 1 to 8). Pure; times in ms. */
export function decide(spec: Spec, state: State, seen: Observation, now: number): [State, Decision] {
  const { readyPods, stable, panic } = seen;
  if (stable === undefined || panic === undefined) {
    return [
      state,
      {
        valid: false,
        desired: state.desired,
        excessBurstCapacity: state.excessBurstCapacity,
        panicking: state.panicSince !== undefined,
        over: false,
        clauses: ['no-data'],
        wantStable: 0,
        wantPanic: 0,
      },
    ];
  }
  const ready = Math.max(1, readyPods);
  const maxUp = Math.ceil(spec.maxScaleUpRate * ready);
  const maxDown = spec.reachable ? Math.floor(ready / spec.maxScaleDownRate) : 0;
  const wantStable = Math.ceil(stable / spec.targetValue);
  const wantPanic = Math.ceil(panic / spec.targetValue);
  const limited = (n: number) => {
    const inRates = Math.min(Math.max(n, maxDown), maxUp);
    return spec.activationScale > 1 && n > 0 ? Math.max(inRates, spec.activationScale) : inRates;
  };
  const byStable = limited(wantStable);
  const byPanic = limited(wantPanic);

  const over = wantPanic / ready >= spec.panicThreshold;
  let { panicSince, peak } = state;
  if (over) panicSince = now;
  else if (panicSince !== undefined && panicSince + spec.stableWindowMs < now) {
    panicSince = undefined;
    peak = 0;
  }
  const panicking = panicSince !== undefined;
  const fromPanic = panicking && byPanic >= byStable;
  const [wanted, limitedTo] = fromPanic ? [wantPanic, byPanic] : [wantStable, byStable];
  const clauses: Clause[] = [...(seen.jump ? (['jump'] as const) : []), fromPanic ? 'panic' : 'stable'];
  if (wanted > maxUp) clauses.push('max-scale-up-rate');
  else if (wanted < maxDown) clauses.push('max-scale-down-rate');
  if (limitedTo > Math.min(Math.max(wanted, maxDown), maxUp)) clauses.push('activation-scale');
  let desired = limitedTo;
  if (panicking) {
    if (peak > desired) clauses.push('panic-peak');
    peak = Math.max(peak, desired);
    desired = peak;
  }
  let { recent } = state;
  if (spec.reachable && spec.scaleDownDelayMs > 0) {
    // By tick, not by count: a poke between two ticks must not shorten the delay. What a later decision tops is forgotten.
    const tick = Math.floor(now / tickMs);
    const oldest = tick - Math.ceil(spec.scaleDownDelayMs / tickMs) + 1;
    recent = [...recent.filter((r) => r.tick >= oldest && r.desired > desired), { tick, desired }];
    const highest = recent[0]?.desired ?? desired;
    if (highest > desired) clauses.push('scale-down-delay');
    desired = highest;
  }
  const tbc = spec.targetBurstCapacity;
  const excessBurstCapacity = tbc === 0 ? 0 : tbc < 0 ? -1 : Math.floor(readyPods * spec.totalValue - tbc - panic);
  return [
    { desired, excessBurstCapacity, panicSince, peak, recent },
    { valid: true, desired, excessBurstCapacity, panicking, over, clauses, wantStable, wantPanic },
  ];
}

/** Whether the PodAutoscaler is to be looked at again: the scale changed, or the sign of the burst capacity. */
export const changed = (before: State, after: State): boolean =>
  before.desired !== after.desired || before.excessBurstCapacity < 0 !== after.excessBurstCapacity < 0;

/** Activators a revision needs (contract data-plane 3.8). */
export function activatorsFor(spec: Spec, readyPods: number): number {
  if (spec.targetBurstCapacity === 0) return 2;
  return Math.max(2, Math.ceil((readyPods * spec.totalValue + Math.max(spec.targetBurstCapacity, 0)) / spec.activatorCapacity));
}

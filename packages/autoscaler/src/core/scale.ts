import type { Clamp } from './explain.ts';
import type { Spec } from './spec.ts';

/** How long an activation may outlast the progress deadline, ms (contract data-plane 3.7). */
const activationSlackMs = 30_000;
/** How long until the next look when the ServerlessService has nothing to change, and after a probe, ms. */
const lookAgainMs = 3_000;
const probeAgainMs = 1_000;

export interface ScaleInput {
  /** The decision: -1 is none yet. */
  desired: number;
  /** `spec.replicas` of the Deployment. */
  replicas: number;
  active: 'True' | 'False' | 'Unknown';
  /** How long Active has been as it is, ms. */
  activeForMs: number;
  /** How long this process has decided for the revision, ms: after a restart its windows know less than Active does. */
  observedForMs: number;
  initialized: boolean;
  sksMode: 'Serve' | 'Proxy';
  /** How long the activator has been in the path, ms; undefined: it is not. */
  proxyForMs?: number;
  /** Whether the activator answers at the revision's address; asked only when it matters. */
  activatorAnswers: boolean;
}

export interface Scaled {
  /** What the revision is to have: -1 unknown. */
  want: number;
  /** Replicas to write to the Deployment. */
  apply?: number;
  requeueAfterMs?: number;
  /** Which bound changed the decision, for the event. */
  clamped?: Clamp;
}

/** The bounds a decision is held to (contract data-plane 3.7, steps 2 and 3); max 0 is none. */
export function boundsOf(spec: Spec, initialized: boolean): { min: number; max: number; initial: boolean } {
  if (!spec.reachable) return { min: 0, max: spec.maxScale, initial: false };
  const initial = spec.initialScale > 1 && !initialized && spec.initialScale > spec.minScale;
  return { min: initial ? spec.initialScale : spec.minScale, max: spec.maxScale, initial };
}

/** A decision within its bounds, and which of them changed it. */
export function bound(spec: Spec, desired: number, initialized: boolean): { bounded: number; clamped?: Clamp } {
  const { min, max, initial } = boundsOf(spec, initialized);
  let bounded = Math.max(0, desired);
  let clamped: Clamp | undefined;
  if (max > 0 && bounded > max) {
    bounded = max;
    clamped = 'max-scale';
  }
  if (bounded < min) {
    bounded = min;
    clamped = initial ? 'initial-scale' : 'min-scale';
  }
  return { bounded, clamped };
}

/** From a decision to replicas, through the bounds and, at zero, the slow way out (contract data-plane 3.7). */
export function scale(spec: Spec, s: ScaleInput): Scaled {
  if (s.desired < 0 && s.active !== 'Unknown') return { want: s.desired };
  const { bounded, clamped } = bound(spec, s.desired, s.initialized);
  const out = bounded === 0 ? toZero(spec, s) : { want: bounded };
  const apply = out.apply ?? (out.want > 0 ? out.want : undefined);
  return { ...out, apply: apply === s.replicas ? undefined : apply, clamped };
}

/** No decision while pods come up: only the time limit counts. */
function activating(spec: Spec, s: ScaleInput): Scaled {
  const limit = spec.progressDeadlineMs + activationSlackMs;
  if (s.activeForMs > limit) return { want: 0, apply: 0 };
  return { want: -1, requeueAfterMs: limit - s.activeForMs + 1 };
}

/** The zero logic of contract data-plane 3.7, row by row. */
function toZero(spec: Spec, s: ScaleInput): Scaled {
  if (!spec.enableScaleToZero) return { want: 1 };
  if (s.active === 'Unknown') return activating(spec, s);
  if (s.active === 'True') {
    // A restart empties the windows: "no traffic" counts only after it was watched for a whole window.
    const quietForMs = Math.min(s.activeForMs, s.observedForMs);
    if (quietForMs < spec.stableWindowMs) return { want: 1, requeueAfterMs: spec.stableWindowMs - quietForMs };
    return { want: 0, requeueAfterMs: s.sksMode === 'Proxy' ? lookAgainMs : undefined };
  }
  if (s.replicas === 0) return { want: 0 };
  if (spec.targetBurstCapacity !== -1 && !s.activatorAnswers) return { want: 0, requeueAfterMs: probeAgainMs };
  const inactiveForMs = s.activeForMs;
  const latestMs = Math.max(spec.gracePeriodMs, spec.podRetentionMs) - inactiveForMs;
  if (latestMs <= 0) return { want: 0, apply: 0 };
  if (inactiveForMs < spec.podRetentionMs) return { want: 0, requeueAfterMs: spec.podRetentionMs - inactiveForMs };
  const graceMs = spec.gracePeriodMs - (s.proxyForMs ?? 0);
  if (graceMs <= 0) return { want: 0, apply: 0 };
  return { want: 0, requeueAfterMs: Math.min(graceMs, latestMs) };
}

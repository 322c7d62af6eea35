import type { Spec } from './spec.ts';

/** How long an activation may outlast the progress deadline, ms (contract data-plane 3.7). */
const activationSlackMs = 30_000;
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
  clamped?: 'min-scale' | 'max-scale' | 'initial-scale';
}

/** The bounds a decision is held to (contract data-plane 3.7, steps 2 and 3). */
export function boundsOf(spec: Spec, initialized: boolean): { min: number; max: number; initial: boolean } {
  const min = spec.unreachable ? 0 : spec.minScale;
  const initial = spec.initialScale > 1 && !initialized && !spec.unreachable && spec.initialScale > min;
  return { min: initial ? spec.initialScale : min, max: spec.maxScale, initial };
}

/** From a decision to replicas, through the bounds and, at zero, the slow way out (contract data-plane 3.7). */
export function scale(spec: Spec, s: ScaleInput): Scaled {
  if (s.desired < 0 && s.active !== 'Unknown') return { want: s.desired };
  const { min, max, initial } = boundsOf(spec, s.initialized);
  let want = s.desired;
  let clamped: Scaled['clamped'];
  if (want >= 0 || min > 0) {
    if (want < min) {
      want = min;
      clamped = initial ? 'initial-scale' : 'min-scale';
    } else if (max > 0 && want > max) {
      want = max;
      clamped = 'max-scale';
    }
  }
  if (want < 0) return activating(spec, s);
  const out: Scaled = want === 0 ? toZero(spec, s) : { want };
  if (out.apply === undefined && out.want > 0 && out.want !== s.replicas) out.apply = out.want;
  return { ...out, clamped };
}

/** No decision while pods come up: only the time limit counts. */
function activating(spec: Spec, s: ScaleInput): Scaled {
  const limit = spec.progressDeadlineMs + activationSlackMs;
  if (s.activeForMs > limit) return { want: 0, apply: 0 };
  return { want: -1, requeueAfterMs: limit - s.activeForMs + 1 };
}

function toZero(spec: Spec, s: ScaleInput): Scaled {
  if (!spec.enableScaleToZero) return { want: 1 };
  if (s.active === 'Unknown') return activating(spec, s);
  if (s.active === 'True') {
    if (s.activeForMs < spec.stableWindowMs) return { want: 1, requeueAfterMs: spec.stableWindowMs - s.activeForMs };
    return { want: 0, requeueAfterMs: s.sksMode === 'Proxy' ? lookAgainMs : undefined };
  }
  if (s.replicas === 0) return { want: 0 };
  if (spec.targetBurstCapacity !== -1 && !s.activatorAnswers) return { want: 0, requeueAfterMs: probeAgainMs };
  if (s.activeForMs >= Math.max(spec.gracePeriodMs, spec.podRetentionMs)) return { want: 0, apply: 0 };
  if (spec.podRetentionMs > 0 && s.activeForMs < spec.podRetentionMs)
    return { want: 0, requeueAfterMs: spec.podRetentionMs - s.activeForMs };
  const proxied = s.proxyForMs ?? 0;
  if (proxied >= spec.gracePeriodMs) return { want: 0, apply: 0 };
  return { want: 0, requeueAfterMs: spec.gracePeriodMs - proxied };
}

import type { Spec } from './spec.ts';

/** What is seen when somebody tells of a jump. */
export interface Jump {
  readyPods: number;
  /** Requests in flight now, of all who report. */
  level: number;
  /** The higher of the stable and the panic average; 0 without data. */
  average: number;
}

/** How far from the average a level must be, in its standard deviations: requests that come by chance (Poisson) go so far about once in 10⁹. */
const deviations = 6;

/**
 * Whether requests in flight are so many that a decision is due now, not when the panic window has seen enough of them. It must
 * be a ground for panic (contract data-plane 3.6, step 4) and no play of chance around a steady load, so that steady load is
 * decided as in the contract. Without pods there is no steady load. Ebb's own; requests a second have no jumps.
 */
export function isJump(spec: Spec, { readyPods, level, average }: Jump): boolean {
  if (spec.metric !== 'concurrency') return false;
  const over = Math.ceil(level / spec.targetValue) / Math.max(1, readyPods) >= spec.panicThreshold;
  if (!over || readyPods === 0) return over;
  return level >= 2 * average && level >= average + deviations * Math.sqrt(Math.max(1, average));
}

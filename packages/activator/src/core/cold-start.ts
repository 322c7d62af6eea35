/** The phases of a cold start in the order they come in; each by whom it is known. */
export const phases = [
  /** The first request waits. */
  'held',
  /** The autoscaler was told. */
  'poked',
  /** The autoscaler decided (heard on NATS, as is the next). */
  'decided',
  /** The Deployment has its new scale. */
  'scaled',
  /** The API showed a pod; and that it has a node. Seen on the watch: the times in the pod itself are whole seconds. */
  'created',
  'scheduled',
  /** The pod's sandbox had its network; then queue-proxy's process began. By queue-proxy, as ages; so are the next two of its. */
  'sandbox',
  'started',
  /** The pod's announcement was verified; or the API showed its address. */
  'announced',
  'addressed',
  /** queue-proxy's port is open; the user's containers answered it. */
  'listening',
  'ready',
  /** A pod answered its probe: what was held goes. */
  'probed',
  /** The head of the first response. */
  'firstByte',
] as const;

export type Phase = (typeof phases)[number];

/** Milliseconds since the first request came, by phase; phases nobody told of are absent. */
export type Waterfall = Partial<Record<Phase, number>> & { held: number };

/** One step of a waterfall: a phase was reached `at` so many milliseconds, `took` of them after the step before it. */
export interface Step {
  phase: Phase;
  at: number;
  took: number;
}

/** Collects the phases of one cold start; the first of each counts. Times in ms. */
export class ColdStart {
  readonly began: number;
  readonly #phases: Waterfall;

  constructor(now: number) {
    this.began = now;
    this.#phases = { held: 0 };
  }

  /** What was before the request came, a pod on its way for another activator say, counts as its first moment. */
  mark(phase: Phase, at: number): void {
    this.#phases[phase] ??= Math.max(0, Math.round(at - this.began));
  }

  get waterfall(): Waterfall {
    return { ...this.#phases };
  }
}

/**
 * The steps of a waterfall in the order of their times, up to the first byte: what they took adds up to that. A phase that
 * ended later (the API shows an address after the pod has answered) was not waited for and is none of the steps.
 */
export function stepsOf(waterfall: Waterfall): Step[] {
  const { firstByte = Number.POSITIVE_INFINITY } = waterfall;
  const reached = phases.flatMap((phase) => {
    const at = waterfall[phase];
    return at === undefined || at > firstByte ? [] : [{ phase, at }];
  });
  // A stable sort: phases of the same millisecond stay in their order.
  const sorted = reached.sort((a, b) => a.at - b.at);
  return sorted.map(({ phase, at }, i) => ({ phase, at, took: at - (sorted[i - 1]?.at ?? 0) }));
}

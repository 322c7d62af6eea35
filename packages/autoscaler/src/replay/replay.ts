import { findAnnotation } from '@ebb/shared/api/annotations.ts';
import { validateAutoscaling } from '@ebb/shared/api/validate/annotations.ts';
import { configTables } from '@ebb/shared/config/tables.ts';
import { type Load, type Moment, type Scenario, World } from './world.ts';

export interface Replay {
  moments: Moment[];
  metric: 'concurrency' | 'rps';
  summary: {
    seconds: number;
    maxPods: number;
    /** Pods that were there, summed over seconds: what it costs. */
    podSeconds: number;
    /** Seconds with more load than the ready pods have room for, and by how much, summed: who had to wait. */
    overloadedSeconds: number;
    waiting: number;
    panicSeconds: number;
    decisions: number;
  };
}

/**
 * Runs a trace through the real autoscaler on a stepped clock, `tail` seconds of silence after it. Throws what the webhook
 * would say about the annotations and the settings.
 */
export function replay(trace: readonly Load[], scenario: Omit<Scenario, 'load'>, tail: number): Replay {
  const config = configTables['config-autoscaler'].parse(scenario.config ?? {});
  const errors = validateAutoscaling(scenario.annotations, config).filter((e) => e.level !== 'warning');
  if (errors.length > 0) throw new Error(errors.map((e) => `${e.message}: ${e.paths.join(', ')}`).join('\n'));
  const metric = findAnnotation(scenario.annotations, 'metric')?.value === 'rps' ? 'rps' : 'concurrency';
  if (trace.some((load) => Number.isNaN(load[metric])))
    throw new Error(
      `the trace has no ${metric}, which the revision scales by; add the column, or say what a request takes, like --latency 200ms`,
    );
  const silence: Load = { concurrency: 0, rps: 0 };
  const known = (n: number) => (Number.isNaN(n) ? 0 : n);
  // Only one of both may be known; in flight is what a poke looks at.
  const load = (second: number): Load => {
    const { concurrency, rps } = trace[second] ?? silence;
    return { concurrency: Number.isNaN(concurrency) ? Math.sign(rps) : concurrency, rps: known(rps) };
  };
  const moments = [...new World({ ...scenario, load }).run(trace.length + tail)];
  return { moments, metric, summary: summarize(moments, metric) };
}

function summarize(moments: readonly Moment[], metric: 'concurrency' | 'rps'): Replay['summary'] {
  const summary = { seconds: moments.length, maxPods: 0, podSeconds: 0, overloadedSeconds: 0, waiting: 0, panicSeconds: 0, decisions: 0 };
  for (const m of moments) {
    const excess = m[metric] - m.readyPods * m.capacity;
    summary.maxPods = Math.max(summary.maxPods, m.readyPods);
    summary.podSeconds += Math.max(m.readyPods, m.replicas);
    if (excess > 0) {
      summary.overloadedSeconds++;
      summary.waiting += excess;
    }
    if (m.panicking) summary.panicSeconds++;
    summary.decisions += m.decisions.length;
  }
  return { ...summary, waiting: Math.round(summary.waiting * 100) / 100 };
}

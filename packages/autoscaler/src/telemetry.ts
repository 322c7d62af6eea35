import type { PodAutoscaler } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { latency } from '@ebb/shared/telemetry/boundaries.ts';
import type { Attributes, Meter } from '@opentelemetry/api';
import type { Deciders } from './deciders.ts';
import type { PodCounts } from './stats/pods.ts';

interface Options {
  meter: Meter;
  deciders: Deciders;
  podCounts: (key: string) => PodCounts;
  /** The PodAutoscaler of a revision. */
  autoscalerOf: (key: string) => PodAutoscaler | undefined;
}

/**
 * The autoscaler's instruments (contract data-plane 3.13). Observed, not recorded: what is served are the revisions
 * there are, so one that is gone is forgotten.
 */
export function observeDecisions({ meter, deciders, podCounts, autoscalerOf }: Options): void {
  const gauge = (name: string, unit?: string) => meter.createObservableGauge(`kn.revision.${name}`, { unit });
  const averagesOf = (metric: string) => ({
    stable: gauge(`${metric}.stable`),
    panic: gauge(`${metric}.panic`),
    target: gauge(`${metric}.target`),
  });
  const averages = { concurrency: averagesOf('concurrency'), rps: averagesOf('rps') };
  const desired = gauge('pods.desired', '{item}');
  const requested = gauge('pods.requested', '{pod}');
  const excess = gauge('capacity.excess', '{concurrency}');
  const panicMode = gauge('panic.mode');
  const pods = {
    ready: gauge('pods.count', '{pod}'),
    notReady: gauge('pods.not_ready.count', '{pod}'),
    pending: gauge('pods.pending.count', '{pod}'),
    terminating: gauge('pods.terminating.count', '{pod}'),
  };
  const all = [desired, requested, excess, panicMode, ...Object.values(pods), ...Object.values(averages).flatMap((a) => Object.values(a))];
  meter.addBatchObservableCallback((result) => {
    for (const [key, { spec, state, last }] of deciders.entries()) {
      const pa = autoscalerOf(key);
      const own = pa?.metadata.labels;
      const slash = key.indexOf('/');
      const attributes: Attributes = {
        'k8s.namespace.name': key.slice(0, slash),
        'kn.revision.name': key.slice(slash + 1),
        'kn.configuration.name': own?.[labels.configuration] ?? '',
        'kn.service.name': own?.[labels.service] ?? '',
      };
      result.observe(desired, state.desired, attributes);
      // What was made of the decision: within its bounds.
      const want = pa?.status?.desiredScale ?? -1;
      if (want >= 0) result.observe(requested, want, attributes);
      result.observe(excess, state.excessBurstCapacity, attributes);
      result.observe(panicMode, state.panicSince === undefined ? 0 : 1, attributes);
      const counts = podCounts(key);
      for (const name of ['ready', 'notReady', 'pending', 'terminating'] as const) result.observe(pods[name], counts[name], attributes);
      const { stable, panic, target } = averages[spec.metric];
      result.observe(target, spec.targetValue, attributes);
      if (last?.stable !== undefined) result.observe(stable, last.stable, attributes);
      if (last?.panic !== undefined) result.observe(panic, last.panic, attributes);
    }
  }, all);
}

/** Why a stat that arrived was left out. */
export type Dropped = 'garbage' | 'unknown revision' | 'nobody owns its bucket' | 'late';

/** What is told of statistics on their way in. */
export interface StatsMetrics {
  /** A pod was asked by HTTP, successfully or not. */
  scraped(key: string, seconds: number): void;
  dropped(reason: Dropped): void;
}

/** The instruments of statistics; the first as Go's autoscaler has it (contract data-plane 3.13), where pods are scraped. */
export function statsMetrics(meter: Meter): StatsMetrics {
  const scrapes = meter.createHistogram('kn.autoscaler.scrape.duration', latency);
  const drops = meter.createCounter('kn.autoscaler.stats.dropped', { unit: '{item}' });
  return {
    scraped: (key, seconds) => scrapes.record(seconds, { 'k8s.namespace.name': key.slice(0, key.indexOf('/')) }),
    dropped: (reason) => drops.add(1, { reason }),
  };
}

import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';

/** Units as they end the names of Prometheus; those in braces are words for people, and no part of a name. */
const words: Record<string, string> = { s: 'seconds', ms: 'milliseconds', By: 'bytes' };

/**
 * The names with their units, as Go's exporter has them (contract data-plane 1.11): `kn.workqueue.queue.duration` in `s` becomes
 * `kn_workqueue_queue_duration_seconds`. The serializer of JavaScript leaves units out.
 */
export function withUnits(all: ResourceMetrics): ResourceMetrics {
  const named = (name: string, unit: string) => {
    const word = words[unit];
    return word && !name.endsWith(word) ? `${name}.${word}` : name;
  };
  return {
    ...all,
    scopeMetrics: all.scopeMetrics.map((scope) => ({
      ...scope,
      metrics: scope.metrics.map((metric) => ({
        ...metric,
        descriptor: { ...metric.descriptor, name: named(metric.descriptor.name, metric.descriptor.unit) },
      })),
    })),
  };
}

import type { Meter } from '@opentelemetry/api';
import type { Made } from './deciders.ts';

/** The autoscaler's instruments (contract data-plane 3.13). */
export function instruments(meter: Meter): { decided(key: string, made: Made): void } {
  const desired = meter.createGauge('kn.revision.pods.desired', { unit: '{item}' });
  const excess = meter.createGauge('kn.revision.capacity.excess', { unit: '{concurrency}' });
  const panic = meter.createGauge('kn.revision.panic.mode');
  const stableAverage = meter.createGauge('kn.revision.concurrency.stable');
  const panicAverage = meter.createGauge('kn.revision.concurrency.panic');
  return {
    decided(key, made) {
      const slash = key.indexOf('/');
      const attributes = { 'k8s.namespace.name': key.slice(0, slash), 'kn.revision.name': key.slice(slash + 1) };
      desired.record(made.desired, attributes);
      excess.record(made.excessBurstCapacity, attributes);
      panic.record(made.panicking ? 1 : 0, attributes);
      stableAverage.record(made.stable ?? 0, attributes);
      panicAverage.record(made.panic ?? 0, attributes);
    },
  };
}

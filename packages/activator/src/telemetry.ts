import type { Attributes, BatchObservableResult, Meter } from '@opentelemetry/api';
import type { Step } from './core/cold-start.ts';
import type { RevisionStat } from './core/request-stats.ts';
import type { ActivatedRevision } from './revisions/revision.ts';

/** The activator's instruments (contract data-plane 2.9, and the cold start's own). */
export interface Instruments {
  reported(stat: RevisionStat): void;
  connectionLost(): void;
  /** `firstByteMs`: from the first held request to the first response head. */
  coldStart(revision: ActivatedRevision, firstByteMs: number, steps: readonly Step[]): void;
}

export interface Observed {
  /** Whether the autoscaler can be reported to. */
  reachable(): boolean;
  revisions(): Iterable<ActivatedRevision>;
}

const attributesOf = (namespace: string, name: string): Attributes => ({ 'k8s.namespace.name': namespace, 'kn.revision.name': name });

/** Requests are not counted one by one: what waits and what is proxied is read when somebody asks. */
export function instruments(meter: Meter, { reachable, revisions }: Observed): Instruments {
  const concurrency = meter.createGauge('kn.revision.request.concurrency', { unit: '{request}' });
  const queued = meter.createObservableUpDownCounter('kn.revision.request.queued', { unit: '{request}' });
  const active = meter.createObservableUpDownCounter('kn.revision.request.active', { unit: '{request}' });
  const conn = meter.createObservableGauge('kn.activator.stats.conn.reachable');
  const lost = meter.createCounter('kn.activator.stats.conn.errors');
  const coldStart = meter.createHistogram('ebb.activator.coldstart.duration', {
    unit: 's',
    advice: { explicitBucketBoundaries: [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60] },
  });
  const phase = meter.createHistogram('ebb.activator.coldstart.phase.duration', {
    unit: 's',
    advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
  });
  meter.addBatchObservableCallback(
    (result: BatchObservableResult) => {
      result.observe(conn, reachable() ? 1 : 0, { peer: 'autoscaler' });
      for (const { namespace, name, throttle } of revisions()) {
        const attributes = attributesOf(namespace, name);
        result.observe(queued, throttle.waiting, attributes);
        result.observe(active, throttle.inFlight, attributes);
      }
    },
    [conn, queued, active],
  );
  return {
    reported: ({ key, averageConcurrentRequests }) => {
      const slash = key.indexOf('/');
      concurrency.record(averageConcurrentRequests, attributesOf(key.slice(0, slash), key.slice(slash + 1)));
    },
    connectionLost: () => lost.add(1, { peer: 'autoscaler' }),
    coldStart: ({ namespace, name }, firstByteMs, steps) => {
      coldStart.record(firstByteMs / 1000, attributesOf(namespace, name));
      // By phase over all revisions: by both there would be too many series.
      for (const { phase: name, took } of steps.slice(1)) phase.record(took / 1000, { phase: name });
    },
  };
}

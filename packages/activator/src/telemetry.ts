import type { Attributes, Meter } from '@opentelemetry/api';
import type { RevisionStat } from './core/request-stats.ts';

interface Identity {
  namespace: string;
  name: string;
}

/** The activator's instruments (contract data-plane 2.9, and the cold start's own). */
export interface Instruments {
  /** A request waits from now on, until the function it returns is called. */
  queueing(revision: Identity): () => void;
  /** A request is being proxied, likewise. */
  proxying(revision: Identity): () => void;
  reported(stat: RevisionStat): void;
  connectionLost(): void;
  /** `firstByteMs`: from the first held request to the first response head. */
  coldStart(revision: Identity, firstByteMs: number): void;
}

const attributesOf = ({ namespace, name }: Identity): Attributes => ({ 'k8s.namespace.name': namespace, 'kn.revision.name': name });

export function instruments(meter: Meter, reachable: () => boolean): Instruments {
  const concurrency = meter.createGauge('kn.revision.request.concurrency', { unit: '{request}' });
  const queued = meter.createUpDownCounter('kn.revision.request.queued', { unit: '{request}' });
  const active = meter.createUpDownCounter('kn.revision.request.active', { unit: '{request}' });
  const lost = meter.createCounter('kn.activator.stats.conn.errors');
  const coldStart = meter.createHistogram('ebb.activator.coldstart.duration', {
    unit: 's',
    advice: { explicitBucketBoundaries: [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60] },
  });
  meter.createObservableGauge('kn.activator.stats.conn.reachable').addCallback((result) => {
    result.observe(reachable() ? 1 : 0, { peer: 'autoscaler' });
  });
  const span = (counter: typeof queued) => (revision: Identity) => {
    const attributes = attributesOf(revision);
    counter.add(1, attributes);
    return () => counter.add(-1, attributes);
  };
  return {
    queueing: span(queued),
    proxying: span(active),
    reported: ({ key, averageConcurrentRequests }) => {
      const slash = key.indexOf('/');
      concurrency.record(averageConcurrentRequests, attributesOf({ namespace: key.slice(0, slash), name: key.slice(slash + 1) }));
    },
    connectionLost: () => lost.add(1, { peer: 'autoscaler' }),
    coldStart: (revision, firstByteMs) => coldStart.record(firstByteMs / 1000, attributesOf(revision)),
  };
}

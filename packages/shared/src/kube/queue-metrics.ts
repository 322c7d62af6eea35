import type { Meter } from '@opentelemetry/api';
import { latency } from '../telemetry/boundaries.ts';
import type { WorkQueue } from './queue.ts';

/** What happened to a key of a queue; durations in seconds. */
export interface QueueMetrics {
  added(queue: string): void;
  waited(queue: string, seconds: number): void;
  processed(queue: string, seconds: number): void;
  retried(queue: string): void;
}

/** The instruments of work queues, one row a queue (contract data-plane 3.13, shared controllers). */
export function queueMetrics(meter: Meter, queues: ReadonlyMap<string, WorkQueue>): QueueMetrics {
  const items = { unit: '{item}' };
  const seconds = { unit: 's' };
  const adds = meter.createCounter('kn.workqueue.adds', items);
  const retries = meter.createCounter('kn.workqueue.retries', items);
  const waiting = meter.createHistogram('kn.workqueue.queue.duration', latency);
  const processing = meter.createHistogram('kn.workqueue.process.duration', latency);
  const depth = meter.createObservableGauge('kn.workqueue.depth', items);
  const unfinished = meter.createObservableGauge('kn.workqueue.unfinished_work', seconds);
  const longest = meter.createObservableGauge('kn.workqueue.longest_running_processor', seconds);
  meter.addBatchObservableCallback(
    (result) => {
      const now = performance.now();
      for (const [name, queue] of queues) {
        const lasted = queue.handledSince().map((since) => (now - since) / 1000);
        result.observe(depth, queue.depth, { name });
        result.observe(
          unfinished,
          lasted.reduce((a, b) => a + b, 0),
          { name },
        );
        result.observe(longest, Math.max(0, ...lasted), { name });
      }
    },
    [depth, unfinished, longest],
  );
  return {
    added: (name) => adds.add(1, { name }),
    waited: (name, s) => waiting.record(s, { name }),
    processed: (name, s) => processing.record(s, { name }),
    retried: (name) => retries.add(1, { name }),
  };
}

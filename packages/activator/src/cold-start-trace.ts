import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { type ColdStart, stepsOf } from './core/cold-start.ts';

/**
 * One trace for a cold start: a span over all of it, and under that a span for each phase, from the end of the one before
 * to its own. Goes nowhere unless traces are exported.
 */
export function traceColdStart({ namespace, name }: { namespace: string; name: string }, { began, waterfall }: ColdStart): void {
  const tracer = trace.getTracer('ebb/activator');
  const attributes = { 'k8s.namespace.name': namespace, 'kn.revision.name': name };
  const whole = tracer.startSpan('coldstart', { startTime: began, attributes }, ROOT_CONTEXT);
  const within = trace.setSpan(ROOT_CONTEXT, whole);
  for (const { phase, at, took } of stepsOf(waterfall).slice(1))
    tracer.startSpan(phase, { startTime: began + at - took }, within).end(began + at);
  whole.end(began + (waterfall.firstByte ?? 0));
}

import {
  type Span as ApiSpan,
  type Context,
  INVALID_SPAN_CONTEXT,
  type SpanOptions,
  SpanStatusCode,
  type TimeInput,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import type { Span, Tracer } from './trace.ts';
import type { Attributes, AttributeValue } from './trace-otlp.ts';

/** Lets spans made by @opentelemetry/api, those of cold starts, go where ours go. */
export function shareTracer(tracer: Tracer): void {
  const startSpan = (name: string, { attributes = {}, startTime }: SpanOptions = {}, context?: Context): ApiSpan => {
    const from = context && trace.getSpanContext(context);
    const known = from && from.traceId !== INVALID_SPAN_CONTEXT.traceId;
    const parent = known ? { ...from, sampled: (from.traceFlags & TraceFlags.SAMPLED) !== 0 } : undefined;
    return apiSpan(tracer.span(name, 'internal', parent, attributes as Attributes, inMs(startTime)));
  };
  const startActiveSpan = () => {
    throw new Error('spans are started by startSpan here');
  };
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan, startActiveSpan }) });
}

function inMs(time: TimeInput | undefined): number | undefined {
  if (time === undefined || typeof time === 'number') return time;
  return time instanceof Date ? time.getTime() : time[0] * 1000 + time[1] / 1e6;
}

function apiSpan(span: Span): ApiSpan {
  const own: ApiSpan = {
    spanContext: () => ({
      traceId: span.traceId,
      spanId: span.spanId,
      traceFlags: span.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    }),
    setAttribute(name, value) {
      span.set(name, value as AttributeValue);
      return own;
    },
    setAttributes(all) {
      for (const [name, value] of Object.entries(all)) span.set(name, value as AttributeValue);
      return own;
    },
    addEvent: () => own,
    addLink: () => own,
    addLinks: () => own,
    updateName: () => own,
    setStatus({ code, message = '' }) {
      if (code === SpanStatusCode.ERROR) span.fail(message);
      return own;
    },
    recordException: (error) => span.fail(String(error)),
    isRecording: () => span.sampled,
    end: (time) => span.end(inMs(time)),
  };
  return own;
}

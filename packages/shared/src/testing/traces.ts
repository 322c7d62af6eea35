import { SpanKind } from '@opentelemetry/api';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { samplerOf } from '../telemetry/sampler.ts';
import { createTracer, type Tracer } from '../telemetry/trace.ts';

/** A span that is over, as tests look at it. */
export interface SeenSpan {
  name: string;
  kind: string;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  attributes: Record<string, unknown>;
}

/** A tracer whose spans stay here: those of traces that a caller samples, or of all. */
export function keptTraces(sampled: 'by the caller' | 'all' = 'by the caller'): { tracer: Tracer; spans(): Promise<SeenSpan[]> } {
  const exporter = new InMemorySpanExporter();
  const sampler = samplerOf(1, sampled === 'all' ? 'always_on' : 'parentbased_always_off');
  const tracer = createTracer({ exporter, sampler, resource: {}, scope: 'test', log: { warn: () => undefined } });
  return {
    tracer,
    async spans() {
      await tracer.flush();
      return exporter.getFinishedSpans().map((span) => ({
        name: span.name,
        kind: SpanKind[span.kind],
        ...span.spanContext(),
        parentSpanId: span.parentSpanContext?.spanId,
        attributes: span.attributes,
      }));
    },
  };
}

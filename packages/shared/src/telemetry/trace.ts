import {
  type Span as ApiSpan,
  type Tracer as ApiTracer,
  type Attributes,
  type AttributeValue,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { parseTraceParent, setGlobalErrorHandler } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, ConsoleSpanExporter, type Sampler, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from './log.ts';
import { samplerOf } from './sampler.ts';

/** How config-observability and OBSERVABILITY_CONFIG have it; `none` is off. */
export interface TraceSettings {
  protocol: string;
  endpoint: string;
  /** 0 to 1. */
  samplingRate: number;
}

/** Part of a trace, under way. All of it does nothing when the trace is not sampled, but that it is passed on. */
export interface Span {
  /** The header that names this span to the next server (W3C Trace Context). */
  readonly traceparent: string;
  child(name: string, kind?: keyof typeof kinds, attributes?: Attributes): Span;
  set(name: string, value: AttributeValue): void;
  fail(message: string): void;
  end(): void;
}

export interface Tracer {
  /** A first span of this process: of the trace a `traceparent` header names, or of a new one. */
  span(name: string, kind: keyof typeof kinds, traceparent: string, attributes: Attributes): Span;
  /** Sends what waits. */
  flush(): Promise<void>;
  /** Sends what is left. Never rejects. */
  close(): Promise<void>;
}

interface TracerOptions {
  exporter: SpanExporter;
  sampler: Sampler;
  resource: Attributes;
  /** The instrumentation scope. */
  scope: string;
  log: Pick<Logger, 'warn'>;
}

type Env = Readonly<Record<string, string | undefined>>;

const kinds = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT };
const exportTimeoutMs = 10_000;

/**
 * Traces as the settings say, which OTEL_EXPORTER_OTLP_ENDPOINT, its TRACES form and OTEL_TRACES_SAMPLER go over (contract
 * data-plane 1.1, 1.12). Undefined where traces are off.
 */
export async function startTracing(
  { protocol, endpoint, samplingRate }: TraceSettings,
  { env, ...o }: { resource: Attributes; scope: string; env: Env; log: Pick<Logger, 'warn'> },
): Promise<Tracer | undefined> {
  if (protocol === '' || protocol === 'none') return undefined;
  const to = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT || endpoint;
  const resource = { ...o.resource, ...(env.OTEL_SERVICE_NAME ? { 'service.name': env.OTEL_SERVICE_NAME } : {}) };
  const sampler = samplerOf(samplingRate, env.OTEL_TRACES_SAMPLER, env.OTEL_TRACES_SAMPLER_ARG);
  return createTracer({ ...o, exporter: await exporterOf(protocol, to), sampler, resource });
}

/** OTLP to a URL or host:port, or lines on stdout. The one that is wanted is loaded. */
async function exporterOf(protocol: string, endpoint: string): Promise<SpanExporter> {
  const url = /^[a-z]+:\/\//.test(endpoint) ? endpoint : `http://${endpoint}`;
  switch (protocol) {
    case 'grpc': {
      const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc');
      return new OTLPTraceExporter({ url, timeoutMillis: exportTimeoutMs });
    }
    case 'http/protobuf': {
      const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
      const to = new URL(url);
      if (to.pathname === '/') to.pathname = '/v1/traces';
      return new OTLPTraceExporter({ url: to.href, timeoutMillis: exportTimeoutMs });
    }
    case 'stdout':
      return new ConsoleSpanExporter();
    default:
      throw new Error(`tracing protocol ${JSON.stringify(protocol)}: none, grpc, http/protobuf or stdout would be right`);
  }
}

/**
 * A tracer that gives its spans to `exporter`, in batches; what waits beyond 2,048 is dropped. Spans made with
 * @opentelemetry/api go there too.
 */
export function createTracer({ exporter, sampler, resource, scope, log }: TracerOptions): Tracer {
  const lost = (error: unknown) => log.warn({ err: error instanceof Error ? error.message : String(error) }, 'spans are lost');
  setGlobalErrorHandler(lost);
  const provider = new TracerProvider({
    resource: resourceFromAttributes(resource),
    sampler,
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: exportTimeoutMs })],
  });
  trace.setGlobalTracerProvider(provider);
  const tracer = provider.getTracer(scope);
  return {
    span(name, kind, traceparent, attributes) {
      const parent = parseTraceParent(traceparent);
      const context = parent ? trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true }) : ROOT_CONTEXT;
      return spanOf(tracer, tracer.startSpan(name, { kind: kinds[kind], attributes }, context));
    },
    flush: () => provider.forceFlush(),
    close: () => provider.shutdown().catch(lost),
  };
}

function spanOf(tracer: ApiTracer, span: ApiSpan): Span {
  return {
    get traceparent() {
      const { traceId, spanId, traceFlags } = span.spanContext();
      return `00-${traceId}-${spanId}-0${traceFlags & 1}`;
    },
    child: (name, kind = 'internal', attributes = {}) =>
      spanOf(tracer, tracer.startSpan(name, { kind: kinds[kind], attributes }, trace.setSpan(ROOT_CONTEXT, span))),
    set: (name, value) => void span.setAttribute(name, value),
    fail: (message) => void span.setStatus({ code: SpanStatusCode.ERROR, message }),
    end: () => span.end(),
  };
}

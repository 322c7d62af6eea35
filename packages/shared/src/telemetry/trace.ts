import { randomBytes } from 'node:crypto';
import type { Logger } from './log.ts';
import { formatTraceparent, type Sampler, type SpanContext, samplerOf } from './trace-context.ts';
import { createExporter, type Exporter, type ExportOptions } from './trace-export.ts';
import type { Attributes, AttributeValue, SpanData } from './trace-otlp.ts';

/** How config-observability and OBSERVABILITY_CONFIG have it; `none` is off. */
export interface TraceSettings {
  protocol: string;
  endpoint: string;
  /** 0 to 1. */
  samplingRate: number;
}

/** Part of a trace, under way. All of it does nothing when the trace is not sampled, but that it is passed on. */
export interface Span extends SpanContext {
  /** The header that names this span to the next server. */
  readonly traceparent: string;
  child(name: string, kind?: SpanData['kind'], attributes?: Attributes): Span;
  set(name: string, value: AttributeValue): void;
  fail(message: string): void;
  /** Once; now, or at a time in ms since 1970. */
  end(at?: number): void;
}

export interface Tracer {
  /** A first span of this process: of the parent's trace, or of a new one. `at`: ms since 1970, now when absent. */
  span(name: string, kind: SpanData['kind'], parent: SpanContext | undefined, attributes: Attributes, at?: number): Span;
  /** Sends what waits. */
  flush(): Promise<void>;
  /** Sends what is left, for at most 10 s. */
  close(): Promise<void>;
}

/** Spans that wait to be sent; what is more is dropped. */
const mostWaiting = 2048;
const batch = 512;
const everyMs = 5000;

const now = () => performance.timeOrigin + performance.now();
const id = (bytes: number): string => randomBytes(bytes).toString('hex');

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Traces as the settings say, which OTEL_EXPORTER_OTLP_ENDPOINT, its TRACES form and OTEL_TRACES_SAMPLER go over (contract
 * data-plane 1.1, 1.12). Undefined where traces are off.
 */
export async function startTracing(
  settings: TraceSettings,
  o: { resource: Attributes; scope: string; env: Env; log: Pick<Logger, 'warn'> },
): Promise<Tracer | undefined> {
  const { protocol, samplingRate } = settings;
  if (protocol === '' || protocol === 'none') return undefined;
  if (protocol !== 'grpc' && protocol !== 'http/protobuf' && protocol !== 'stdout')
    throw new Error(`tracing protocol ${JSON.stringify(protocol)}: none, grpc, http/protobuf or stdout would be right`);
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own, OTEL_EXPORTER_OTLP_ENDPOINT: common } = o.env;
  const endpoint = own || common || settings.endpoint;
  const resource = { ...o.resource, ...(o.env.OTEL_SERVICE_NAME ? { 'service.name': o.env.OTEL_SERVICE_NAME } : {}) };
  const options: ExportOptions = { protocol, endpoint, resource, scope: o.scope };
  const sampler = samplerOf(samplingRate, o.env.OTEL_TRACES_SAMPLER, o.env.OTEL_TRACES_SAMPLER_ARG);
  return createTracer(await createExporter(options), sampler, o.log);
}

/** A tracer that gives its spans to `exporter`, in batches. */
export function createTracer(exporter: Exporter, sampler: Sampler, log: Pick<Logger, 'warn'>): Tracer {
  let waiting: SpanData[] = [];
  let sending: Promise<void> | undefined;
  const send = async () => {
    while (waiting.length > 0) {
      const part = waiting.slice(0, batch);
      waiting = waiting.slice(batch);
      await exporter.send(part).catch((error: Error) => log.warn({ err: error.message, spans: part.length }, 'spans are lost'));
    }
  };
  const flush = (): Promise<void> => {
    sending ??= send().finally(() => {
      sending = undefined;
    });
    return sending;
  };
  const timer = setInterval(flush, everyMs).unref();
  const finished = (data: SpanData) => {
    if (waiting.length >= mostWaiting) return;
    waiting.push(data);
    if (waiting.length >= batch) void flush();
  };
  return {
    span(name, kind, parent, attributes, at = now()) {
      const traceId = parent?.traceId ?? id(16);
      const sampled = sampler(traceId, parent);
      return new OwnSpan({ traceId, parent: parent?.spanId, sampled, name, kind, attributes, start: at, finished });
    },
    flush,
    async close() {
      clearInterval(timer);
      const patience = new Promise<void>((resolve) => setTimeout(resolve, 10_000).unref());
      await Promise.race([(sending ?? Promise.resolve()).then(flush), patience]);
      exporter.close();
    },
  };
}

interface SpanStart {
  traceId: string;
  parent: string | undefined;
  sampled: boolean;
  name: string;
  kind: SpanData['kind'];
  attributes: Attributes;
  start: number;
  finished: (data: SpanData) => void;
}

class OwnSpan implements Span {
  readonly spanId = id(8);
  readonly #o: SpanStart;
  #error: string | undefined;
  #ended = false;

  constructor(start: SpanStart) {
    this.#o = start;
  }

  get traceId() {
    return this.#o.traceId;
  }

  get sampled() {
    return this.#o.sampled;
  }

  get traceparent() {
    return formatTraceparent(this);
  }

  child(name: string, kind: SpanData['kind'] = 'internal', attributes: Attributes = {}): Span {
    return new OwnSpan({ ...this.#o, parent: this.spanId, name, kind, attributes, start: now() });
  }

  set(name: string, value: AttributeValue): void {
    this.#o.attributes[name] = value;
  }

  fail(message: string): void {
    this.#error ??= message;
  }

  end(at = now()): void {
    if (this.#ended || !this.#o.sampled) return;
    this.#ended = true;
    const { traceId, parent, name, kind, attributes, start, finished } = this.#o;
    finished({ traceId, spanId: this.spanId, parentSpanId: parent, name, kind, attributes, start, end: at, error: this.#error });
  }
}

import { type Attributes, encodeSpans, type SpanData } from './trace-otlp.ts';

/** Sends spans away; rejects when they did not arrive. */
export interface Exporter {
  send(spans: readonly SpanData[]): Promise<void>;
  close(): void;
}

export interface ExportOptions {
  protocol: 'grpc' | 'http/protobuf' | 'stdout';
  /** A URL, or host:port. */
  endpoint: string;
  resource: Attributes;
  /** The instrumentation scope. */
  scope: string;
}

const timeoutMs = 10_000;
const method = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

const withScheme = (endpoint: string): URL => new URL(/^[a-z]+:\/\//.test(endpoint) ? endpoint : `http://${endpoint}`);

/** OTLP over HTTP or gRPC, or lines of JSON on stdout. */
export async function createExporter({ protocol, endpoint, resource, scope }: ExportOptions): Promise<Exporter> {
  const encode = (spans: readonly SpanData[]) => Buffer.from(encodeSpans(resource, scope, spans));
  if (protocol === 'stdout') {
    return {
      send: async (spans) => void process.stdout.write(spans.map((s) => `${JSON.stringify({ resource, ...s })}\n`).join('')),
      close: () => {},
    };
  }
  const url = withScheme(endpoint);
  if (protocol === 'http/protobuf') {
    if (url.pathname === '/') url.pathname = '/v1/traces';
    return {
      async send(spans) {
        const headers = { 'content-type': 'application/x-protobuf' };
        const answer = await fetch(url, { method: 'POST', headers, body: encode(spans), signal: AbortSignal.timeout(timeoutMs) });
        await answer.body?.cancel();
        if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      },
      close: () => {},
    };
  }
  const { Client, credentials } = await import('@grpc/grpc-js');
  const client = new Client(url.host, url.protocol === 'https:' ? credentials.createSsl() : credentials.createInsecure());
  const same = (message: Buffer) => message;
  return {
    send: (spans) =>
      new Promise((resolve, reject) => {
        const deadline = Date.now() + timeoutMs;
        client.makeUnaryRequest(method, same, same, encode(spans), { deadline }, (error) => (error ? reject(error) : resolve()));
      }),
    close: () => client.close(),
  };
}

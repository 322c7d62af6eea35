import { createServer } from 'node:http';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, onCleanUp, started } from '../testing/http.ts';
import { createTracer, startTracing } from './trace.ts';
import { shareTracer } from './trace-api.ts';
import type { SpanData } from './trace-otlp.ts';

afterEach(cleanUp);

/** A message by field numbers; bytes as they are. */
function fields(bytes: Uint8Array): Record<number, (Uint8Array | bigint)[]> {
  const reader = new BinaryReader(bytes);
  const out: Record<number, (Uint8Array | bigint)[]> = {};
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    out[field] ??= [];
    out[field].push(type === 2 ? reader.bytes() : type === 1 ? BigInt(reader.fixed64()) : BigInt(reader.uint64()));
  }
  return out;
}

const message = (of: Record<number, (Uint8Array | bigint)[]>, field: number, i = 0) => fields(of[field]?.[i] as Uint8Array);
const text = (of: Record<number, (Uint8Array | bigint)[]>, field: number) => Buffer.from((of[field]?.[0] ?? []) as Uint8Array).toString();
const hex = (of: Record<number, (Uint8Array | bigint)[]>, field: number) =>
  Buffer.from((of[field]?.[0] ?? []) as Uint8Array).toString('hex');

/** What a collector reads of an export: the resource's first attribute, the scope, and the spans. */
function read(request: Uint8Array) {
  const resourceSpans = message(fields(request), 1);
  const attribute = message(message(resourceSpans, 1), 1);
  const scopeSpans = message(resourceSpans, 2);
  const spans = (scopeSpans[2] ?? []).map((_, i) => message(scopeSpans, 2, i));
  return { resource: [text(attribute, 1), text(message(attribute, 2), 1)], scope: text(message(scopeSpans, 1), 1), spans };
}

const settings = { resource: { 'service.name': 'hello' }, scope: 'scope', log: { warn: () => {} } };
const parent = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: true };

describe('traces', () => {
  it('are off where the settings say so', async () => {
    for (const protocol of ['', 'none'])
      expect(await startTracing({ protocol, endpoint: '', samplingRate: 1 }, { ...settings, env: {} })).toBeUndefined();
    await expect(startTracing({ protocol: 'x', endpoint: '', samplingRate: 1 }, { ...settings, env: {} })).rejects.toThrow(
      'tracing protocol "x": none, grpc, http/protobuf or stdout would be right',
    );
  });

  it('go by OTLP over HTTP, to where the environment says', async () => {
    const seen: { url?: string; type?: string; body: Buffer }[] = [];
    const port = await started(
      createServer(async (req, res) => {
        const chunks: Buffer[] = [];
        for await (const chunk of req) chunks.push(chunk as Buffer);
        seen.push({ url: req.url, type: req.headers['content-type'], body: Buffer.concat(chunks) });
        res.end();
      }),
    );
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_SERVICE_NAME: 'other' };
    const tracer = await startTracing({ protocol: 'http/protobuf', endpoint: 'http://nowhere', samplingRate: 1 }, { ...settings, env });
    const span = tracer!.span('GET', 'server', parent, { 'url.path': '/x', n: 7, half: 0.5, yes: true }, 1_700_000_000_000.5);
    span.child('inner').end(1_700_000_000_002);
    span.fail('broken');
    span.end(1_700_000_000_003);
    span.end();
    await tracer!.close();
    expect(seen.map(({ url, type }) => [url, type])).toEqual([['/v1/traces', 'application/x-protobuf']]);
    const { resource, scope, spans } = read(seen[0]!.body);
    expect([resource, scope]).toEqual([['service.name', 'other'], 'scope']);
    const [inner, outer] = spans as [Record<number, (Uint8Array | bigint)[]>, Record<number, (Uint8Array | bigint)[]>];
    expect([hex(outer, 1), hex(outer, 2), hex(outer, 4), text(outer, 5)]).toEqual([parent.traceId, span.spanId, parent.spanId, 'GET']);
    expect([hex(inner, 4), text(inner, 5)]).toEqual([span.spanId, 'inner']);
    expect([outer[6], inner[6], outer[7], outer[8]]).toEqual([[2n], [1n], [1_700_000_000_000_500_000n], [1_700_000_000_003_000_000n]]);
    const values = outer[9]!.map((_, i) => {
      const pair = message(outer, 9, i);
      return [text(pair, 1), message(pair, 2)];
    });
    const half = Buffer.alloc(8);
    half.writeDoubleLE(0.5);
    expect(values).toEqual([
      ['url.path', { 1: [Buffer.from('/x')] }],
      ['n', { 3: [7n] }],
      ['half', { 4: [half.readBigUInt64LE()] }],
      ['yes', { 2: [1n] }],
    ]);
    const status = message(outer, 15);
    expect([text(status, 2), status[3]]).toEqual(['broken', [2n]]);
    expect(inner[15]).toBeUndefined();
  });

  it('go by gRPC', async () => {
    const seen: Buffer[] = [];
    const server = new Server();
    const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
    const same = (bytes: Buffer) => bytes;
    server.addService(
      {
        export: {
          path,
          requestStream: false,
          responseStream: false,
          requestSerialize: same,
          requestDeserialize: same,
          responseSerialize: same,
          responseDeserialize: same,
        },
      },
      {
        export: (call: { request: Buffer }, reply: (error: null, answer: Buffer) => void) => {
          seen.push(call.request);
          reply(null, Buffer.alloc(0));
        },
      },
    );
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
    );
    onCleanUp(() => server.forceShutdown());
    const tracer = await startTracing({ protocol: 'grpc', endpoint: `127.0.0.1:${port}`, samplingRate: 1 }, { ...settings, env: {} });
    tracer!.span('GET', 'server', undefined, {}).end();
    await tracer!.close();
    expect(read(seen[0]!).spans.map((s) => text(s, 5))).toEqual(['GET']);
  });

  it('are passed on but not kept when they are not sampled', async () => {
    const seen: SpanData[] = [];
    const tracer = createTracer({ send: async (spans) => void seen.push(...spans), close: () => {} }, () => false, settings.log);
    const span = tracer.span('GET', 'server', undefined, {});
    expect(span.traceparent).toMatch(new RegExp(`^00-[0-9a-f]{32}-${span.spanId}-00$`));
    expect(span.child('x').traceId).toBe(span.traceId);
    span.end();
    await tracer.close();
    expect(seen).toEqual([]);
  });

  it('are dropped when a collector does not keep up, and the loss is told of when it fails', async () => {
    const held: (() => void)[] = [];
    const sizes: number[] = [];
    const warnings: unknown[] = [];
    const exporter = {
      send: (spans: readonly SpanData[]) =>
        new Promise<void>((resolve, reject) => {
          sizes.push(spans.length);
          held.push(sizes.length === 1 ? () => reject(new Error('full')) : resolve);
        }),
      close: () => {},
    };
    const tracer = createTracer(exporter, () => true, { warn: (...args: unknown[]) => warnings.push(args[0]) });
    for (let i = 0; i < 4000; i++) tracer.span('x', 'internal', undefined, {}).end();
    const closed = tracer.close();
    while (sizes.length < 5) {
      held.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    held.shift()?.();
    await closed;
    expect(sizes).toEqual([512, 512, 512, 512, 512]);
    expect(warnings).toEqual([{ err: 'full', spans: 512 }]);
  });

  it('take what is made with the API of OpenTelemetry', async () => {
    const seen: SpanData[] = [];
    const tracer = createTracer({ send: async (spans) => void seen.push(...spans), close: () => {} }, () => true, settings.log);
    shareTracer(tracer);
    onCleanUp(() => trace.disable());
    const api = trace.getTracer('x');
    const whole = api.startSpan('coldstart', { startTime: 1000, attributes: { a: 'b' } }, ROOT_CONTEXT);
    api.startSpan('held', { startTime: 1000 }, trace.setSpan(ROOT_CONTEXT, whole)).end(1250);
    whole.end(2000);
    await tracer.close();
    const [held, all] = seen;
    expect(held).toMatchObject({ name: 'held', start: 1000, end: 1250, parentSpanId: all?.spanId, traceId: all?.traceId });
    expect(all).toMatchObject({ name: 'coldstart', end: 2000, parentSpanId: undefined, attributes: { a: 'b' } });
  });
});

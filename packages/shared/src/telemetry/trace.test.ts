import { createServer } from 'node:http';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, onCleanUp, started } from '../testing/http.ts';
import { keptTraces } from '../testing/traces.ts';
import { startTracing } from './trace.ts';

afterEach(async () => {
  await cleanUp();
  trace.disable();
});

type Message = Record<number, (Uint8Array | bigint)[]>;

/** A message by field numbers; bytes as they are. */
function fields(bytes: Uint8Array): Message {
  const reader = new BinaryReader(bytes);
  const out: Message = {};
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    out[field] ??= [];
    if (type === 2) out[field].push(reader.bytes());
    else if (type === 1) out[field].push(BigInt(reader.fixed64()));
    else if (type === 5) out[field].push(BigInt(reader.fixed32()));
    else out[field].push(BigInt(reader.uint64()));
  }
  return out;
}
const message = (of: Message, field: number, i = 0) => fields(of[field]?.[i] as Uint8Array);
const bytes = (of: Message, field: number) => Buffer.from((of[field]?.[0] ?? []) as Uint8Array);

/** What a collector reads of an export: attributes of the resource, the scope, and the spans. */
function read(request: Uint8Array) {
  const resourceSpans = message(fields(request), 1);
  const resource = message(resourceSpans, 1);
  const attributes = (resource[1] ?? []).map((_, i) => {
    const pair = message(resource, 1, i);
    return [bytes(pair, 1).toString(), bytes(message(pair, 2), 1).toString()];
  });
  const scopeSpans = message(resourceSpans, 2);
  const spans = (scopeSpans[2] ?? []).map((_, i) => {
    const span = message(scopeSpans, 2, i);
    const [traceId, spanId, parent] = [1, 2, 4].map((field) => bytes(span, field).toString('hex'));
    const status = span[15] ? message(span, 15) : {};
    return {
      traceId,
      spanId,
      parent,
      name: bytes(span, 5).toString(),
      kind: span[6],
      failed: status[3]?.[0] === 2n && bytes(status, 2).toString(),
    };
  });
  return { resource: Object.fromEntries(attributes), scope: bytes(message(scopeSpans, 1), 1).toString(), spans };
}

const settings = { resource: { 'service.name': 'hello' }, scope: 'scope', log: { warn: () => {} } };
const [traceId, parentId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
const parent = `00-${traceId}-${parentId}-01`;
const idOf = (traceparent: string) => traceparent.split('-')[2];

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
    const span = tracer!.span('GET', 'server', parent, { 'url.path': '/x' });
    const inner = span.child('inner');
    inner.end();
    span.fail('broken');
    span.end();
    await tracer!.close();
    expect(seen.map(({ url, type }) => [url, type])).toEqual([['/v1/traces', 'application/x-protobuf']]);
    const got = read(seen[0]!.body);
    expect([got.resource['service.name'], got.scope]).toEqual(['other', 'scope']);
    expect(got.spans).toEqual([
      { traceId, spanId: idOf(inner.traceparent), parent: idOf(span.traceparent), name: 'inner', kind: [1n], failed: false },
      { traceId, spanId: idOf(span.traceparent), parent: parentId, name: 'GET', kind: [2n], failed: 'broken' },
    ]);
  });

  it('go by gRPC', async () => {
    const seen: Buffer[] = [];
    const server = new Server();
    const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
    const same = (b: Buffer) => b;
    const [serialize, deserialize] = [
      { requestSerialize: same, responseSerialize: same },
      { requestDeserialize: same, responseDeserialize: same },
    ];
    server.addService(
      { export: { path, requestStream: false, responseStream: false, ...serialize, ...deserialize } },
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
    tracer!.span('GET', 'server', '', {}).end();
    await tracer!.close();
    expect(read(seen[0]!).spans.map((s) => s.name)).toEqual(['GET']);
  });

  it('that nobody takes are told of', async () => {
    const port = await started(createServer((_, res) => void res.writeHead(400).end()));
    const warnings: object[] = [];
    const log = { warn: (...args: unknown[]) => void warnings.push(args[0] as object) };
    const endpoint = `http://127.0.0.1:${port}`;
    const tracer = await startTracing({ protocol: 'http/protobuf', endpoint, samplingRate: 1 }, { ...settings, log, env: {} });
    tracer!.span('GET', 'server', '', {}).end();
    await tracer!.close();
    expect(warnings).toHaveLength(1);
  });

  it.each(['', '00-abc-def-01', `ff-${traceId}-${parentId}-01`, `00-${'0'.repeat(32)}-${parentId}-01`])('begin anew under %j', (header) => {
    const { tracer } = keptTraces('all');
    expect(tracer.span('GET', 'server', header, {}).traceparent).toMatch(new RegExp(`^00-(?!${traceId})[0-9a-f]{32}-[0-9a-f]{16}-01$`));
  });

  it('are passed on but not kept when they are not sampled', async () => {
    const { tracer, spans } = keptTraces();
    const span = tracer.span('GET', 'server', `00-${traceId}-${parentId}-00`, {});
    expect(span.traceparent).toMatch(new RegExp(`^00-${traceId}-(?!${parentId})[0-9a-f]{16}-00$`));
    expect(span.child('x').traceparent).toContain(traceId);
    span.end();
    expect(await spans()).toEqual([]);
  });

  it('take what is made with the API of OpenTelemetry', async () => {
    const { spans } = keptTraces('all');
    const api = trace.getTracer('x');
    const whole = api.startSpan('coldstart', { startTime: 1000, attributes: { a: 'b' } }, ROOT_CONTEXT);
    api.startSpan('held', { startTime: 1000 }, trace.setSpan(ROOT_CONTEXT, whole)).end(1250);
    whole.end(2000);
    const [held, all] = await spans();
    expect(held).toMatchObject({ name: 'held', parentSpanId: all?.spanId, traceId: all?.traceId });
    expect(all).toMatchObject({ name: 'coldstart', parentSpanId: undefined, attributes: { a: 'b' } });
  });
});

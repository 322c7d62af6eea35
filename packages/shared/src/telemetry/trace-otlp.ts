import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** Values of attributes. */
export type AttributeValue = string | number | boolean;
export type Attributes = Record<string, AttributeValue>;

/** A span that is over. Times in milliseconds since 1970, with fractions. */
export interface SpanData {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  kind: 'internal' | 'server' | 'client';
  start: number;
  end: number;
  attributes: Attributes;
  /** What went wrong, if something did. */
  error: string | undefined;
}

const kinds = { internal: 1, server: 2, client: 3 };

/** A message of one field of another. */
function nested(writer: BinaryWriter, field: number, write: (inner: BinaryWriter) => void): void {
  const inner = writer.uint32((field << 3) | 2).fork();
  write(inner);
  inner.join();
}

function attributes(writer: BinaryWriter, field: number, all: Attributes): void {
  for (const [key, value] of Object.entries(all))
    nested(writer, field, (pair) => {
      pair.uint32(10).string(key);
      nested(pair, 2, (any) => {
        if (typeof value === 'string') any.uint32(10).string(value);
        else if (typeof value === 'boolean') any.uint32(16).bool(value);
        else if (Number.isSafeInteger(value)) any.uint32(24).int64(value);
        else any.uint32(33).double(value);
      });
    });
}

const nanoseconds = (ms: number): bigint => BigInt(Math.round(ms * 1000)) * 1000n;
const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

function span(writer: BinaryWriter, s: SpanData): void {
  writer.uint32(10).bytes(bytes(s.traceId)).uint32(18).bytes(bytes(s.spanId));
  if (s.parentSpanId !== undefined) writer.uint32(34).bytes(bytes(s.parentSpanId));
  writer.uint32(42).string(s.name).uint32(48).int32(kinds[s.kind]);
  writer.uint32(57).fixed64(nanoseconds(s.start).toString()).uint32(65).fixed64(nanoseconds(s.end).toString());
  attributes(writer, 9, s.attributes);
  if (s.error !== undefined)
    nested(writer, 15, (status) =>
      status
        .uint32(18)
        .string(s.error ?? '')
        .uint32(24)
        .int32(2),
    );
}

/** An ExportTraceServiceRequest of OTLP: the spans of one process. */
export function encodeSpans(resource: Attributes, scope: string, spans: readonly SpanData[]): Uint8Array {
  const out = new BinaryWriter();
  nested(out, 1, (resourceSpans) => {
    nested(resourceSpans, 1, (r) => attributes(r, 1, resource));
    nested(resourceSpans, 2, (scopeSpans) => {
      nested(scopeSpans, 1, (s) => s.uint32(10).string(scope));
      for (const one of spans) nested(scopeSpans, 2, (s) => span(s, one));
    });
  });
  return out.finish();
}

/** The bytes of one unary gRPC call over HTTP/2 (RFC 9113, RFC 7541): as much of it as a client with one request needs. */

/** Frame types. */
export const frameTypes = { data: 0, headers: 1, rstStream: 3, settings: 4, ping: 6, goAway: 7 } as const;
/** Flags; ACK and END_STREAM share a bit. */
export const flags = { ack: 1, endStream: 1, endHeaders: 4, padded: 8 } as const;

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const frameHead = 9;
const streamId = 1;
/** What comes before a gRPC message: whether it is compressed, and its length. */
const messageHead = 5;

export interface Frame {
  type: number;
  flags: number;
  stream: number;
  payload: Buffer;
}

export function frame(type: number, flag: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(frameHead);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flag, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** An HPACK string without Huffman coding: its length in a prefix of seven bits, then its bytes. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

/** A header field as a literal that no table keeps. */
const literal = (name: string, value: string): Buffer => Buffer.concat([Buffer.from([0]), text(name), text(value)]);

/** Everything a client sends to call `path` of `authority` with one message. */
export function unaryCall(authority: string, path: string, message: Buffer): Buffer {
  const fields = [
    literal(':method', 'POST'),
    literal(':scheme', 'http'),
    literal(':path', path),
    literal(':authority', authority),
    literal('content-type', 'application/grpc'),
    literal('te', 'trailers'),
  ];
  const length = Buffer.alloc(messageHead);
  length.writeUInt32BE(message.length, 1);
  return Buffer.concat([
    preface,
    frame(frameTypes.settings, 0, 0),
    frame(frameTypes.headers, flags.endHeaders, streamId, Buffer.concat(fields)),
    frame(frameTypes.data, flags.endStream, streamId, Buffer.concat([length, message])),
  ]);
}

/** The complete frames at the beginning of what was received, and what is left. */
export function framesOf(received: Buffer): { frames: Frame[]; rest: Buffer } {
  const frames: Frame[] = [];
  let at = 0;
  while (received.length - at >= frameHead) {
    const end = at + frameHead + received.readUIntBE(at, 3);
    if (end > received.length) break;
    const payload = received.subarray(at + frameHead, end);
    frames.push({ type: received.readUInt8(at + 3), flags: received.readUInt8(at + 4), stream: received.readUInt32BE(at + 5), payload });
    at = end;
  }
  return { frames, rest: received.subarray(at) };
}

/** The gRPC message in the data of a response, or undefined while it is not complete. */
export function messageOf(data: Buffer): Buffer | undefined {
  if (data.length < messageHead) return undefined;
  const end = messageHead + data.readUInt32BE(1);
  return data.length < end ? undefined : data.subarray(messageHead, end);
}

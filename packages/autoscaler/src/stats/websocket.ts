import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** RFC 6455, 1.3. */
const acceptKey = (key: string): string => createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
/** A batch of this size has the stats of a hundred thousand revisions. */
const maxMessageBytes = 16 * 1024 * 1024;

/** One connection of a reporter, to be closed by us. */
export interface WebSocketPeer {
  close(code: number, reason: string): void;
}

interface Frame {
  final: boolean;
  opcode: number;
  payload: Buffer;
  /** Bytes it took. */
  length: number;
}

/** The first frame in what has come; undefined: not all of it is there. Throws a close code. */
function readFrame(data: Buffer): Frame | undefined {
  if (data.length < 2) return undefined;
  const [first = 0, second = 0] = data;
  if ((first & 0x70) !== 0 || (second & 0x80) === 0) throw 1002;
  let at = 2;
  let size = second & 0x7f;
  if (size === 126) {
    if (data.length < 4) return undefined;
    size = data.readUInt16BE(2);
    at = 4;
  } else if (size === 127) {
    if (data.length < 10) return undefined;
    size = Number(data.readBigUInt64BE(2));
    at = 10;
  }
  if (size > maxMessageBytes) throw 1009;
  if (data.length < at + 4 + size) return undefined;
  const mask = data.subarray(at, at + 4);
  const payload = Buffer.from(data.subarray(at + 4, at + 4 + size));
  for (let i = 0; i < size; i++) payload[i] = (payload[i] ?? 0) ^ (mask[i & 3] ?? 0);
  return { final: (first & 0x80) !== 0, opcode: first & 0x0f, payload, length: at + 4 + size };
}

/** A frame from a server: not masked. Ours are short. */
function frame(opcode: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x80 | opcode, Math.min(payload.length, 125)]), payload.subarray(0, 125)]);
}

/** What keeps a request from being upgraded: the status to answer with. */
function refusal(req: IncomingMessage): string | undefined {
  const { upgrade, origin, host, 'sec-websocket-key': key, 'sec-websocket-version': version } = req.headers;
  if (req.method !== 'GET' || upgrade?.toLowerCase() !== 'websocket' || !key) return '400 Bad Request';
  if (version !== '13') return '426 Upgrade Required';
  if (origin !== undefined && URL.parse(origin)?.host !== host?.toLowerCase()) return '403 Forbidden';
  return undefined;
}

/**
 * Takes a WebSocket connection over (RFC 6455, without extensions) and gives each binary message to `message`; text is left
 * out. Undefined: it was refused and answered.
 */
export function acceptWebSocket(
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { message, closed }: { message: (data: Buffer) => void; closed: () => void },
): WebSocketPeer | undefined {
  const refused = refusal(req);
  if (refused) {
    socket.end(`HTTP/1.1 ${refused}\r\nConnection: close\r\nContent-Length: 0\r\nSec-WebSocket-Version: 13\r\n\r\n`);
    return undefined;
  }
  const accept = acceptKey(req.headers['sec-websocket-key'] ?? '');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);

  let waiting: Buffer = Buffer.alloc(0);
  let parts: Buffer[] = [];
  let kind: number = opcodes.binary;
  const close = (code: number, reason: string) => {
    const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
    payload.writeUInt16BE(code);
    payload.write(reason, 2);
    if (!socket.writableEnded) socket.end(frame(opcodes.close, payload));
  };
  const take = ({ opcode, final, payload }: Frame) => {
    if (opcode === opcodes.close) close(payload.length >= 2 ? payload.readUInt16BE() : 1000, '');
    else if (opcode === opcodes.ping) socket.write(frame(opcodes.pong, payload));
    if (opcode > opcodes.binary) return;
    if (opcode !== opcodes.continuation) {
      kind = opcode;
      parts = [];
    }
    parts.push(payload);
    if (parts.reduce((n, p) => n + p.length, 0) > maxMessageBytes) throw 1009;
    if (!final) return;
    if (kind === opcodes.binary) message(Buffer.concat(parts));
    parts = [];
  };
  const read = (chunk: Buffer) => {
    waiting = waiting.length > 0 ? Buffer.concat([waiting, chunk]) : chunk;
    try {
      for (let next = readFrame(waiting); next && !socket.writableEnded; next = readFrame(waiting)) {
        waiting = waiting.subarray(next.length);
        take(next);
      }
    } catch (code) {
      socket.off('data', read);
      close(typeof code === 'number' ? code : 1011, '');
    }
  };
  socket
    .on('data', read)
    .on('close', closed)
    .on('end', () => socket.end());
  socket.on('error', () => socket.destroy());
  if (head.length > 0) read(head);
  return { close };
}

import { once } from 'node:events';
import { connect } from 'node:net';
import { preface } from '../../proxy/preface.ts';

const frame = (type: number, flags: number, stream: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};

/** Literal fields without indexing, names and values as they are (RFC 7541, 6.2.2). */
const block = (fields: readonly [string, string][]): Buffer =>
  Buffer.concat(
    fields.map(([name, value]) =>
      Buffer.from([0, name.length, ...Buffer.from(name, 'latin1'), value.length, ...Buffer.from(value, 'latin1')]),
    ),
  );

const get: [string, string][] = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'a'],
];
const post: [string, string][] = [[':method', 'POST'], ...get.slice(1)];

/** Connections of HTTP/2: whole ones, and the known ways to be wrong. */
const corpus: readonly Buffer[] = [
  frame(1, 5, 1, block(get)),
  Buffer.concat([frame(1, 4, 1, block(post)), frame(0, 1, 1, Buffer.from('hello'))]),
  Buffer.concat([frame(1, 4, 1, block(post)), frame(0, 0, 1, Buffer.from('hello')), frame(1, 5, 1, block([['x', 'y']]))]),
  Buffer.concat([frame(1, 5, 1, block(get)), frame(3, 0, 1, Buffer.from([0, 0, 0, 8])), frame(1, 5, 3, block(get))]),
  Buffer.concat([frame(1, 0, 1, block(get.slice(0, 2))), frame(9, 4, 1, block(get.slice(2)))]),
  frame(1, 5, 1, block([...get, ['transfer-encoding', 'chunked']])),
  frame(1, 5, 1, block([...get, ['content-length', '5']])),
  frame(1, 5, 1, block([...get, ['x', 'a\r\nb: c']])),
  frame(1, 5, 1, block([...get.slice(0, 2), [':path', '/ HTTP/1.1\r\nx: y'], [':authority', 'a']])),
  Buffer.concat([frame(4, 0, 0, Buffer.from([0, 4, 0xff, 0xff, 0xff, 0xff])), frame(1, 5, 1, block(get))]),
  Buffer.concat([frame(8, 0, 0, Buffer.from([0x7f, 0xff, 0xff, 0xff])), frame(6, 0, 0, Buffer.alloc(8)), frame(7, 0, 0, Buffer.alloc(8))]),
];
const settings = frame(4, 0, 0, Buffer.alloc(0));

/** A connection's input, some bytes of it changed behind the preface. */
export function mutatedHttp2(random: () => number): Buffer {
  const below = (n: number) => Math.floor(random() * n);
  let body = Buffer.concat([settings, ...Array.from({ length: 1 + below(3) }, () => corpus[below(corpus.length)]!)]);
  for (let n = below(4); n > 0; n--) {
    const at = below(body.length);
    const kind = below(3);
    if (kind === 0) body[at] = below(256);
    else if (kind === 1) body = Buffer.concat([body.subarray(0, at), body.subarray(at + 1 + below(8))]);
    else body = Buffer.concat([body.subarray(0, at), Buffer.from([below(256), below(256)]), body.subarray(at)]);
  }
  return Buffer.concat([preface, body]);
}

/** Sends it to a port in pieces and leaves; whatever the server does is right as long as it lives. */
export async function sendHttp2(port: number, bytes: Buffer, random: () => number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  const closed = once(socket, 'close');
  for (let at = 0; at < bytes.length; ) {
    const to = random() < 0.6 ? bytes.length : at + 1 + Math.floor(random() * 30);
    socket.write(bytes.subarray(at, to));
    at = to;
    if (random() < 0.5) await new Promise((resolve) => setImmediate(resolve));
  }
  if (random() < 0.5) socket.end();
  else setImmediate(() => socket.destroy());
  setTimeout(() => socket.destroy(), 50).unref();
  await closed;
}

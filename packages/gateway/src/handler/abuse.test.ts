import { createServer } from 'node:http';
import { connect as connectH2, constants as h2 } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { ask, cleanUp, dial, onCleanUp, started } from '@ebb/shared/testing/http.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { certificateSecret } from '../testing/certificate.ts';
import { endHeaders, endStream, field, frame, getBlock, goAwayCode, preface, settings } from '../testing/frames.ts';
import { endpoints, ingress, rule, service, split } from '../testing/objects.ts';
import { startServing } from '../testing/serving.ts';

let secret: ReturnType<typeof certificateSecret>;
beforeAll(() => {
  secret = certificateSecret('cert', 'h');
});
afterEach(cleanUp);

/** A gateway that serves host `h` by a backend, which counts what reaches it. */
async function start(options: Parameters<typeof startServing>[0] = {}) {
  let reached = 0;
  const upstream = createServer((_req, res) => {
    reached++;
    res.end('hello');
  });
  const port = await started(upstream);
  const serving = await startServing(options);
  onCleanUp(() => serving.close());
  serving.cluster.secrets.put(secret);
  serving.cluster.services.put(service('app'));
  serving.cluster.endpoints.put(endpoints('app', { port }));
  serving.cluster.ingresses.put(
    ingress('app', [rule(['h'], [{ splits: [split('app')] }])], { tls: [{ hosts: ['h'], secretName: 'cert' }] }),
  );
  const { http, https } = serving.listeners;
  /** Others are served as ever. */
  const othersServed = async () => {
    expect(await ask(http.port, { headers: { host: 'h' } })).toMatchObject({ status: 200, body: 'hello' });
  };
  return { http, https, othersServed, reached: () => reached };
}

/** An HTTP/2 connection of raw frames, and what came back. */
function dialH2(port: number) {
  const seen = dial(port);
  seen.socket.write(Buffer.concat([preface, settings]));
  return { ...seen, state: seen, code: () => goAwayCode(Buffer.from(seen.data, 'latin1')) };
}

test('slow-loris: heads that drip are answered 408 and closed when the time is up, however they drip', async () => {
  const { http, othersServed } = await start({ headTimeoutMs: 400 });
  const slow = Array.from({ length: 200 }, () => dial(http.port, 'GET / HTTP/1.1\r\nHost: h\r\n'));
  const drip = setInterval(() => {
    for (const { socket } of slow) if (socket.writable) socket.write('X-A: b\r\n');
  }, 50);
  onCleanUp(() => clearInterval(drip));
  await othersServed();
  await until(() => slow.every((s) => s.ended || s.closed));
  for (const s of slow) expect(s.data).toMatch(/^HTTP\/1\.1 408 /);
  await othersServed();
});

test.each([
  ['one field', `X-Large: ${'x'.repeat(20_000)}\r\n\r\n`],
  ['many fields', `${'X-Small: x\r\n'.repeat(2_000)}\r\n`],
  ['a field that never ends', 'X-Endless: '.padEnd(200_000, 'x')],
])('a head over 16 KiB is refused with 431 and the connection closed: %s', async (_name, more) => {
  const { http, othersServed, reached } = await start();
  const socket = dial(http.port, `GET / HTTP/1.1\r\nHost: h\r\n${more}`);
  await until(() => socket.ended || socket.closed);
  expect(socket.data).toMatch(/^HTTP\/1\.1 431 /);
  expect(socket.data).toMatch(/\r\nconnection: close\r\n/i);
  expect(reached()).toBe(0);
  await othersServed();
});

test('a request line over 16 KiB is refused', async () => {
  const { http } = await start();
  const socket = dial(http.port, `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: h\r\n\r\n`);
  await until(() => socket.ended || socket.closed);
  expect(socket.data).toMatch(/^HTTP\/1\.1 4(31|14) /);
});

test('h2: a head that is too large ends its stream, not the connection', async () => {
  const { http, reached } = await start();
  const session = connectH2(`http://127.0.0.1:${http.port}`, { maxSendHeaderBlockLength: 1 << 20 });
  session.on('error', () => undefined);
  onCleanUp(() => session.destroy());
  const get = (more: Record<string, string>) =>
    new Promise<number>((resolve) => {
      const stream = session.request({ ':authority': 'h', ...more });
      stream.on('response', (head) => resolve(Number(head[':status'])));
      stream.on('error', () => undefined).on('close', () => resolve(-stream.rstCode));
      stream.resume();
    });
  const large = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x-${i}`, 'y'.repeat(400)]));
  expect([431, -h2.NGHTTP2_ENHANCE_YOUR_CALM, -h2.NGHTTP2_REFUSED_STREAM]).toContain(await get(large));
  const many = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`x-${i}`, 'y']));
  expect([431, -h2.NGHTTP2_ENHANCE_YOUR_CALM, -h2.NGHTTP2_REFUSED_STREAM]).toContain(await get(many));
  expect(reached()).toBe(0);
  expect(await get({})).toBe(200);
});

test('h2: a header block without end is cut', async () => {
  const { http, othersServed, reached } = await start();
  const flood = dialH2(http.port);
  flood.socket.write(frame('headers', endStream, 1, getBlock('h')));
  const more = frame('continuation', 0, 1, Buffer.concat(Array.from({ length: 100 }, (_, i) => field(`x-${i}`, 'y'.repeat(100)))));
  let sent = 0;
  while (!flood.state.closed && !flood.state.ended && sent < 64 << 20) {
    sent += more.length;
    await new Promise<void>((resolve) => flood.socket.write(more, () => setImmediate(resolve)));
  }
  expect(sent).toBeLessThan(4 << 20);
  expect(reached()).toBe(0);
  await othersServed();
});

test('h2 rapid reset: a client that opens and resets is sent away, and what it opened is over', async () => {
  const { http, othersServed, reached } = await start();
  const client = dialH2(http.port);
  const block = getBlock('h');
  const cancel = Buffer.from([0, 0, 0, 8]);
  let stream = 1;
  while (!client.state.closed && !client.state.ended && stream < 200_000) {
    const batch: Buffer[] = [];
    for (let i = 0; i < 100; i++, stream += 2) {
      batch.push(frame('headers', endStream | endHeaders, stream, block), frame('resetStream', 0, stream, cancel));
    }
    await new Promise<void>((resolve) => client.socket.write(Buffer.concat(batch), () => setImmediate(resolve)));
    if (stream % 2000 === 1) await othersServed();
  }
  expect(stream).toBeLessThan(20_000);
  expect(client.code()).not.toBe(h2.NGHTTP2_NO_ERROR);
  await until(() => http.active() === 0);
  expect(reached()).toBeLessThan(5_000);
  await othersServed();
});

test.each([
  ['ping', frame('ping', 0, 0, Buffer.alloc(8))],
  ['settings', settings],
] as const)('h2: a flood of %s from a client that reads no answer is cut', async (_name, one) => {
  const { http, othersServed } = await start();
  const client = dialH2(http.port);
  client.socket.pause();
  const batch = Buffer.concat(Array.from({ length: 1000 }, () => one));
  let sent = 0;
  while (!client.socket.destroyed && sent < 256 << 20) {
    sent += batch.length;
    const taken = await Promise.race([
      new Promise<boolean>((resolve) => client.socket.write(batch, () => setImmediate(() => resolve(true)))),
      new Promise<boolean>((resolve) => client.socket.once('close', () => resolve(true))),
      // What is not read any more is bounded as well.
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 2000)),
    ]);
    if (!taken) break;
  }
  expect(sent).toBeLessThan(256 << 20);
  await othersServed();
});

test('handshakes that fail by the hundred: each is closed, and others are served', async () => {
  const { https, othersServed } = await start();
  const failing = Array.from({ length: 300 }, (_, i) =>
    i % 2
      ? dial(https.port, `\x16\x03\x01\x02\x00${'\xff'.repeat(600)}`)
      : (() => {
          const seen = { ended: false, closed: false };
          const socket = connectTls({ port: https.port, host: '127.0.0.1', servername: `x${i}.unknown`, rejectUnauthorized: false });
          socket
            .on('error', () => undefined)
            .on('close', () => {
              seen.closed = true;
            });
          onCleanUp(() => socket.destroy());
          return seen;
        })(),
  );
  await othersServed();
  await until(() => failing.every((f) => f.closed || f.ended));
  const answered = await new Promise<boolean>((resolve, reject) => {
    const socket = connectTls({ port: https.port, host: '127.0.0.1', servername: 'h', rejectUnauthorized: false }, () => resolve(true));
    socket.on('error', reject);
    onCleanUp(() => socket.destroy());
  });
  expect(answered).toBe(true);
});

test('unknown hosts are answered 404, one after the other on a connection', async () => {
  const { http, othersServed, reached } = await start();
  const requests = Array.from({ length: 500 }, (_, i) => `GET / HTTP/1.1\r\nHost: unknown-${i}\r\n\r\n`).join('');
  const client = dial(http.port, requests);
  await until(() => client.data.split('HTTP/1.1 404 ').length === 501);
  expect(reached()).toBe(0);
  await othersServed();
});

import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, cleanUp, dial, onCleanUp } from '../testing/http.ts';
import type { Exchange, Handler } from './handler.ts';
import { type Listener, listen } from './listener.ts';
import { respond } from './respond.ts';

afterEach(cleanUp);

async function serving(handler: Handler, more: { maxHeaderBytes?: number } = {}): Promise<Listener> {
  const listener = await listen(handler, { port: 0, host: '127.0.0.1', ...more });
  onCleanUp(() => listener.close(0));
  return listener;
}

const hello: Handler = async (exchange) => respond(exchange, 200, `http/${exchange.httpMajor}`);

/** Holds each exchange until it is released, then answers `done`. */
function holding() {
  const held: Exchange[] = [];
  const releases: (() => void)[] = [];
  const handler: Handler = async (exchange) => {
    held.push(exchange);
    await new Promise<void>((resolve) => releases.push(resolve));
    respond(exchange, 200, 'done');
  };
  return {
    held,
    handler,
    release() {
      for (const release of releases.splice(0)) release();
    },
  };
}

function dial2(port: number): ClientHttp2Session {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  onCleanUp(() => session.destroy());
  return session;
}

async function get2(session: ClientHttp2Session): Promise<string> {
  const stream = session.request({ ':path': '/' });
  let data = '';
  for await (const chunk of stream) data += chunk;
  if (stream.rstCode !== 0) throw new Error(`the stream ended with code ${stream.rstCode}`);
  return data;
}

describe('listen', () => {
  it('serves HTTP/1 and h2c on one port, however slowly the first bytes come', async () => {
    const { port } = await serving(hello);
    expect((await ask(port)).body).toBe('http/1');
    expect(await get2(dial2(port))).toBe('http/2');
    const slow = dial(port);
    for (const byte of 'PRI / HTTP/1.1\r\nHost: a\r\n\r\n'.replace('PRI', 'PUT')) {
      await new Promise<void>((resolve) => slow.socket.write(byte, () => setImmediate(resolve)));
    }
    await expect.poll(() => slow.data).toMatch(/http\/1$/);
  });

  it('turns a rejection into a 502 while it can', async () => {
    const listener = await serving(async (exchange) => {
      if (exchange.req.url === '/late') respond(exchange, 200, 'already');
      throw new Error('broken');
    });
    expect(await ask(listener.port)).toMatchObject({ status: 502, body: 'broken\n' });
    expect(await ask(listener.port, { path: '/late' })).toMatchObject({ status: 200, body: 'already' });
    expect(await get2(dial2(listener.port))).toBe('broken\n');
    await expect.poll(() => listener.active()).toBe(0);
  });

  it('answers a head above the limit with 431 and garbage with 400', async () => {
    const { port } = await serving(hello, { maxHeaderBytes: 2048 });
    expect((await ask(port, { headers: { big: 'x'.repeat(4096) } })).status).toBe(431);
    const garbage = dial(port);
    garbage.socket.write('nonsense\r\n\r\n');
    await expect.poll(() => garbage.data).toMatch(/^HTTP\/1.1 400/);
  });

  it('drops a client that leaves without a word', async () => {
    const listener = await serving(hello);
    const silent = dial(listener.port);
    await expect.poll(() => silent.socket.connecting).toBe(false);
    silent.socket.end();
    await expect.poll(() => silent.closed).toBe(true);
  });
});

describe('draining', () => {
  it('still serves, and sends clients away by Connection: close', async () => {
    const { handler, held, release } = holding();
    const listener = await serving(handler);
    const before = dial(listener.port);
    before.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => held.length).toBe(1);
    listener.draining();
    const after = dial(listener.port);
    after.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => held.length).toBe(2);
    expect(listener.active()).toBe(2);
    release();
    for (const seen of [before, after]) {
      await expect.poll(() => seen.closed).toBe(true);
      expect(seen.data).toMatch(/Connection: close\r\n[\s\S]*done$/);
    }
  });

  it('sends clients of HTTP/2 away by GOAWAY, their streams finish', async () => {
    const { handler, held, release } = holding();
    const listener = await serving(handler);
    const session = dial2(listener.port);
    let code: number | undefined;
    session.on('goaway', (c) => {
      code = c;
    });
    const answer = get2(session);
    await expect.poll(() => held.length).toBe(1);
    listener.draining();
    await expect.poll(() => code).toBe(0);
    const late = get2(dial2(listener.port));
    await expect.poll(() => held.length).toBe(2);
    release();
    expect(await answer).toBe('done');
    expect(await late).toBe('done');
  });

  it('close waits for what is under way', async () => {
    const { handler, held, release } = holding();
    const listener = await serving(handler);
    const idle = dial(listener.port);
    const busy = ask(listener.port);
    const busy2 = get2(dial2(listener.port));
    await expect.poll(() => held.length).toBe(2);
    let closed = false;
    const closing = listener.close(60_000).then(() => {
      closed = true;
    });
    await expect.poll(() => idle.closed).toBe(true);
    await expect(ask(listener.port)).rejects.toThrow(/ECONNREFUSED/);
    expect(closed).toBe(false);
    release();
    expect((await busy).body).toBe('done');
    expect(await busy2).toBe('done');
    await closing;
    expect(listener.active()).toBe(0);
  });

  it('close cuts after the grace and tells the handlers', async () => {
    const { handler, held, release } = holding();
    const listener = await serving(handler);
    const busy = ask(listener.port).catch((error: Error) => error);
    const busy2 = get2(dial2(listener.port)).catch((error: Error) => error);
    await expect.poll(() => held.length).toBe(2);
    await listener.close(50);
    expect(await busy).toBeInstanceOf(Error);
    expect(await busy2).toBeInstanceOf(Error);
    await expect.poll(() => held.every((e) => e.signal.aborted)).toBe(true);
    release();
  });
});

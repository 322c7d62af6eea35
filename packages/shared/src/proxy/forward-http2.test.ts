import { createServer as createHttp1Server } from 'node:http';
import {
  type ClientHttp2Session,
  connect,
  createServer,
  constants as h2,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, closedPort, onCleanUp, proxyTo, settled, started } from '../testing/http.ts';
import { reset } from './http2/reset.ts';

afterEach(cleanUp);

type OnStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/** An h2c server, its sessions, and its port. */
async function upstream(onStream: OnStream): Promise<{ port: number; sessions: ServerHttp2Session[] }> {
  const server = createServer();
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    onStream(stream, headers);
  });
  return { port: await started(server as unknown as Server), sessions };
}

function client(port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  onCleanUp(() => session.destroy());
  return session;
}

function ask(session: ClientHttp2Session, headers: Record<string, string> = {}, body?: string) {
  return new Promise<{ headers: IncomingHttpHeaders; flags: number; trailers?: IncomingHttpHeaders; body: string; code: number }>(
    (resolve, reject) => {
      const stream = session.request({ ':path': '/', ...headers }, { endStream: body === undefined });
      const got = { headers: {}, flags: 0, body: '', code: 0 } as Awaited<ReturnType<typeof ask>>;
      stream.on('response', (h, flags) => Object.assign(got, { headers: h, flags }));
      stream.on('trailers', (trailers) => Object.assign(got, { trailers }));
      stream.on('data', (chunk) => {
        got.body += chunk;
      });
      stream.on('error', (error) => reject(Object.assign(error, { rst: stream.rstCode })));
      stream.on('close', () => resolve({ ...got, code: stream.rstCode }));
      if (body !== undefined) stream.end(body);
    },
  );
}

describe('HTTP/2', () => {
  it('passes requests on as HTTP/2, over one session', async () => {
    let seen: IncomingHttpHeaders = {};
    const { port: up, sessions } = await upstream((stream, headers) => {
      seen = headers;
      stream.respond({ ':status': 201, 'x-a': ['1', '2'] });
      stream.pipe(stream);
    });
    const { port } = await proxyTo(up, { headers: { 'k-gone': undefined, 'k-set': 'ours' }, authority: 'svc.example' });
    const session = client(port);
    const got = await ask(session, { ':method': 'POST', 'k-gone': '1', te: 'trailers' }, 'echo me');
    expect(got).toMatchObject({ body: 'echo me', code: 0, headers: { ':status': 201, 'x-a': '1, 2' } });
    expect(seen).toMatchObject({ ':authority': 'svc.example', 'k-set': 'ours', te: 'trailers', 'x-forwarded-for': '127.0.0.1' });
    expect(seen['k-gone']).toBeUndefined();
    await Promise.all([ask(session), ask(session), ask(client(port))]);
    expect(sessions.length).toBe(1);
  });

  it('passes trailers both ways', async () => {
    let trailers: IncomingHttpHeaders | undefined;
    const { port: up } = await upstream((stream) => {
      stream.on('trailers', (t) => {
        trailers = t;
      });
      stream.resume().on('end', () => {
        stream.respond({ ':status': 200 }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end('data');
      });
    });
    const session = client((await proxyTo(up)).port);
    const stream = session.request({ ':method': 'POST', ':path': '/' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-in': '7' }));
    stream.end('body');
    const got = await new Promise((resolve) => stream.resume().on('trailers', resolve));
    expect(got).toMatchObject({ 'grpc-status': '0' });
    expect(trailers).toMatchObject({ 'x-in': '7' });
  });

  it('keeps a head that ends the stream one frame', async () => {
    const { port: up } = await upstream((stream) => stream.respond({ ':status': 200, 'grpc-status': '5' }, { endStream: true }));
    const got = await ask(client((await proxyTo(up)).port));
    expect(got.headers['grpc-status']).toBe('5');
    expect(got.flags & h2.NGHTTP2_FLAG_END_STREAM).not.toBe(0);
  });

  it('streams in both directions at once', async () => {
    const { port: up } = await upstream((stream) => {
      stream.respond({ ':status': 200 });
      stream.on('data', (chunk) => stream.write(`got ${chunk}`));
      stream.on('end', () => stream.end('bye'));
    });
    const stream = client((await proxyTo(up)).port).request({ ':method': 'POST', ':path': '/' });
    let data = '';
    stream.on('data', (chunk) => {
      data += chunk;
    });
    for (const n of ['1', '2', '3']) {
      stream.write(n);
      await expect.poll(() => data.endsWith(`got ${n}`)).toBe(true);
    }
    stream.end();
    await expect.poll(() => data).toBe('got 1got 2got 3bye');
  });

  it('passes 103 on', async () => {
    const { port: up } = await upstream((stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</a>' });
      stream.respond({ ':status': 204 }, { endStream: true });
    });
    const stream = client((await proxyTo(up)).port).request({ ':path': '/' });
    const informational = await new Promise<IncomingHttpHeaders>((resolve) => stream.on('headers', resolve));
    expect(informational).toMatchObject({ ':status': 103, link: '</a>' });
  });

  it('reads no faster than the client', async () => {
    let sent = 0;
    const { port: up } = await upstream((stream) => {
      stream.respond({ ':status': 200 });
      const chunk = Buffer.alloc(64 * 1024);
      const more = () => {
        while (sent < 512 << 20 && stream.write(chunk)) sent += chunk.length;
      };
      stream.on('drain', more);
      more();
    });
    const stream = client((await proxyTo(up)).port).request({ ':path': '/' });
    stream.on('error', () => {});
    await new Promise((resolve) => stream.on('response', resolve));
    await settled(() => sent);
    expect(sent).toBeLessThan(64 << 20);
    stream.close(h2.NGHTTP2_CANCEL);
  });

  it('cancels upstream when the client does', async () => {
    let code: number | undefined;
    let arrived = false;
    const { port: up } = await upstream((stream) => {
      arrived = true;
      stream.on('close', () => {
        code = stream.rstCode;
      });
    });
    const { port, listener } = await proxyTo(up);
    const stream = client(port).request({ ':path': '/' });
    stream.on('error', () => {});
    await expect.poll(() => arrived).toBe(true);
    stream.close(h2.NGHTTP2_CANCEL);
    await expect.poll(() => code).toBe(h2.NGHTTP2_CANCEL);
    await expect.poll(() => listener.active()).toBe(0);
  });

  it('does not end a request that the client broke off', async () => {
    let ended = false;
    let data = '';
    let closed = false;
    const { port: up } = await upstream((stream) => {
      stream.on('data', (chunk) => {
        data += chunk;
      });
      // The readable side ends with a reset too; whether the request was complete is told by `aborted`.
      stream.on('close', () => {
        closed = true;
        ended = !stream.aborted && stream.rstCode === 0;
      });
    });
    const stream = client((await proxyTo(up)).port).request({ ':method': 'POST', ':path': '/' });
    stream.on('error', () => {});
    stream.write('half');
    await expect.poll(() => data).toBe('half');
    reset(stream, h2.NGHTTP2_CANCEL);
    await expect.poll(() => closed).toBe(true);
    expect(ended).toBe(false);
  });

  it('breaks off with the code of the server', async () => {
    const { port: up } = await upstream((stream) => {
      stream.respond({ ':status': 200 });
      stream.write('half');
      setImmediate(() => reset(stream, h2.NGHTTP2_ENHANCE_YOUR_CALM));
    });
    await expect(ask(client((await proxyTo(up)).port))).rejects.toMatchObject({ rst: h2.NGHTTP2_ENHANCE_YOUR_CALM });
  });

  it('breaks off when the connection to the server does', async () => {
    const { port: up, sessions } = await upstream((stream) => {
      stream.respond({ ':status': 200 });
      stream.write('half');
    });
    const { port, listener } = await proxyTo(up);
    const stream = client(port).request({ ':path': '/' });
    stream.on('error', () => {});
    await new Promise((resolve) => stream.once('data', resolve));
    sessions[0]?.destroy();
    await expect.poll(() => stream.closed && stream.rstCode !== 0).toBe(true);
    await expect.poll(() => listener.active()).toBe(0);
  });

  it('opens a new session when the server sends the old one away', async () => {
    const { port: up, sessions } = await upstream((stream) => stream.respond({ ':status': 200 }, { endStream: true }));
    const session = client((await proxyTo(up)).port);
    await ask(session);
    sessions[0]?.close();
    expect((await ask(session)).headers[':status']).toBe(200);
    expect(sessions.length).toBe(2);
  });

  it('a refused stream and a refused connection are unsent', async () => {
    const { port: up } = await upstream((stream) => stream.close(h2.NGHTTP2_REFUSED_STREAM));
    const refusing = await proxyTo(up);
    expect((await ask(client(refusing.port))).headers[':status']).toBe(502);
    expect(refusing.errors).toMatchObject([{ unsent: true }]);
    const dead = await proxyTo(await closedPort());
    expect((await ask(client(dead.port), { ':method': 'POST' }, 'x')).headers[':status']).toBe(502);
    expect(dead.errors).toMatchObject([{ unsent: true, code: 'ECONNREFUSED' }]);
  });

  it('a server of HTTP/1 only makes a 502', async () => {
    const { port } = await proxyTo(await started(createHttp1Server((_, res) => res.end())));
    expect((await ask(client(port))).headers[':status']).toBe(502);
  });
});

import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer as createNetServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, cleanUp, dial as dialed, onCleanUp, proxyTo, started, text } from '../../testing/http.ts';
import { listen } from '../listener.ts';
import { respond } from '../respond.ts';

afterEach(cleanUp);

const dial = (port: number, input = '') => dialed(port, input, { allowHalfOpen: true });
const started1 = (listener: RequestListener) => started(createServer(listener));
const count = (data: string, status: number) => data.split(`HTTP/1.1 ${status} `).length - 1;

describe('what must not pass', () => {
  it.each([
    ['a length beside chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked', '0\r\n\r\n'],
    ['two lengths', 'Content-Length: 0\r\nContent-Length: 33', ''],
    ['a coding in disguise', 'Transfer-Encoding: xchunked\r\nContent-Length: 0', ''],
    ['a line that ends early', 'X: a\nTransfer-Encoding: chunked', '0\r\n\r\n'],
    ['a folded coding', 'X: a\r\n Transfer-Encoding: chunked', '0\r\n\r\n'],
    ['a blank before the colon', 'Content-Length : 33', ''],
  ])('%s: refused, and what follows is not read', async (_name, fields, body) => {
    const paths: string[] = [];
    const { port, listener } = await proxyTo(
      await started1((req, res) => {
        paths.push(req.url ?? '');
        req.resume();
        res.end('ok');
      }),
    );
    const seen = dial(port, `POST /first HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n${body}GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`);
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.data).toMatch(/^HTTP\/1\.1 (400|501) [\s\S]*connection: close/i);
    expect(seen.data.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(paths).toEqual([]);
    await expect.poll(() => listener.active()).toBe(0);
  });

  it('a body whose framing breaks: the upstream gets no end of it', async () => {
    let ended = false;
    let closed = false;
    let body = '';
    const upstream = await started1((req) => {
      req.on('data', (chunk) => {
        body += chunk;
      });
      req.on('end', () => {
        ended = true;
      });
      req.on('close', () => {
        closed = true;
      });
      req.on('error', () => {});
    });
    const { port } = await proxyTo(upstream);
    const seen = dial(port, 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
    await expect.poll(() => body).toBe('hello');
    seen.socket.write('XX0\r\n\r\n');
    await expect.poll(() => closed).toBe(true);
    expect(ended).toBe(false);
    await expect.poll(() => seen.data).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('Connection cannot have the framing dropped', async () => {
    const { port } = await proxyTo(
      await started1(async (req, res) => res.end(JSON.stringify([req.headers['content-length'], await text(req)]))),
    );
    const got = await ask(port, {
      method: 'POST',
      body: 'hello',
      headers: { Connection: 'close, content-length, host', 'Content-Length': '5' },
    });
    expect(got.body).toBe('["5","hello"]');
  });

  it.each([
    ['a bare LF', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok'],
    ['no HTTP', 'hello'.repeat(10)],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'],
    ['a head without an end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(30_000)}`],
  ])('a response with %s is a 502', async (_name, response) => {
    const upstream = createNetServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write(response));
    });
    const { port } = await proxyTo(await started(upstream));
    expect((await ask(port)).status).toBe(502);
  });

  it('bytes behind a response are nobody’s: the connection is not used again', async () => {
    let connections = 0;
    const upstream = createNetServer((socket) => {
      connections++;
      socket.on('error', () => {});
      socket.on('data', () =>
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'),
      );
    });
    const { port } = await proxyTo(await started(upstream));
    for (let i = 1; i <= 3; i++) expect((await ask(port)).body).toBe('ok');
    expect(connections).toBe(3);
  });
});

describe('a connection', () => {
  it('takes requests one after the other, in order, however they are cut', async () => {
    const { port } = await proxyTo(await started1(async (req, res) => res.end(`${req.url}:${await text(req)};`)));
    const input =
      'POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\nHost: a\r\n\r\nPOST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxyz\r\n0\r\n\r\n';
    for (const size of [1, 7, input.length]) {
      const seen = dial(port);
      for (let at = 0; at < input.length; at += size)
        await new Promise<void>((resolve) => seen.socket.write(input.slice(at, at + size), () => setImmediate(resolve)));
      await expect.poll(() => count(seen.data, 200)).toBe(3);
      await expect.poll(() => seen.data).toMatch(/\/1:abc;[\s\S]*\/2:;[\s\S]*\/3:xyz;/);
      seen.socket.destroy();
    }
  });

  it('answers thousands of pipelined requests without growing', async () => {
    const listener = await listen(async (exchange) => respond(exchange, 200, 'x'), { port: 0, host: '127.0.0.1' });
    onCleanUp(() => listener.close(0));
    const seen = dial(listener.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(5000));
    await expect.poll(() => count(seen.data, 200), { timeout: 4000 }).toBe(5000);
  });

  it('of HTTP/1.0 ends with its response, or stays when asked to', async () => {
    const { port } = await proxyTo(
      await started1((req, res) => {
        if (req.url === '/chunks') res.write('a');
        res.end(req.url === '/chunks' ? 'b' : 'ok');
      }),
    );
    const once = dial(port, 'GET /chunks HTTP/1.0\r\n\r\n');
    await expect.poll(() => once.ended).toBe(true);
    expect(once.data).toMatch(/\r\n\r\nab$/);
    expect(once.data).not.toMatch(/chunked/i);
    const kept = dial(port, 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    await expect.poll(() => kept.data).toMatch(/Connection: keep-alive\r\n[\s\S]*ok$/);
    kept.socket.write('GET / HTTP/1.0\r\n\r\n');
    await expect.poll(() => kept.ended).toBe(true);
  });

  it('gets no body for HEAD, 204 and 304', async () => {
    const { port } = await proxyTo(
      await started1((req, res) => {
        if (req.url === '/304') res.writeHead(304, { etag: 'x' }).end();
        else if (req.url === '/204') res.writeHead(204).end();
        else res.writeHead(200, { 'content-length': '4' }).end(req.method === 'HEAD' ? undefined : 'body');
      }),
    );
    const seen = dial(port, 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => seen.data).toMatch(/content-length: 4\r\n[\s\S]*\r\n\r\n$/);
    for (const path of ['/304', '/204']) {
      seen.data = '';
      seen.socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await expect.poll(() => seen.data).toMatch(/\r\n\r\n$/);
      expect(seen.data).not.toMatch(/chunked/i);
    }
  });

  it('that is slow with its head is told, one that says nothing is closed', async () => {
    const listener = await listen(async (exchange) => respond(exchange, 200, 'x'), { port: 0, host: '127.0.0.1', headTimeoutMs: 100 });
    onCleanUp(() => listener.close(0));
    const slow = dial(listener.port, 'GET / HTTP/1.1\r\nHo');
    const silent = dial(listener.port);
    await expect.poll(() => slow.data).toMatch(/^HTTP\/1\.1 408 /);
    await expect.poll(() => silent.ended).toBe(true);
    expect(silent.data).toBe('');
  });

  it('whose client waits for leave to send a body it need not send is closed with the answer', async () => {
    const listener = await listen(async (exchange) => respond(exchange, 403, 'no'), { port: 0, host: '127.0.0.1' });
    onCleanUp(() => listener.close(0));
    const seen = dial(listener.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n');
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.data).toMatch(/^HTTP\/1\.1 403 [\s\S]*connection: close/i);
  });

  it('whose body nobody wants any more is closed when too much of it is left', async () => {
    const listener = await listen(async (exchange) => respond(exchange, 413, 'no'), { port: 0, host: '127.0.0.1' });
    onCleanUp(() => listener.close(0));
    const seen = dial(listener.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n');
    await expect.poll(() => seen.data).toMatch(/^HTTP\/1\.1 413 /);
    for (let i = 0; i < 40 && !seen.ended; i++)
      await new Promise<void>((resolve) => seen.socket.write(Buffer.alloc(16_384), () => resolve()));
    await expect.poll(() => seen.ended).toBe(true);
  });

  it('is full duplex: the response may come before the request is complete', async () => {
    const upstream = await started1((req, res) => {
      req.on('data', (chunk) => res.write(`got ${chunk};`));
      req.on('end', () => res.end('bye'));
    });
    const { port } = await proxyTo(upstream);
    const seen = dial(port, 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (const n of ['1', '2', '3']) {
      seen.socket.write(`1\r\n${n}\r\n`);
      await expect.poll(() => seen.data).toMatch(new RegExp(`got ${n};`));
    }
    seen.socket.write('0\r\n\r\n');
    await expect.poll(() => seen.data).toMatch(/bye/);
  });
});

it('counts the bytes of a response without its framing', async () => {
  const counted: number[] = [];
  const upstream = await started1((_, res) => {
    res.write('hello');
    res.end(' world');
  });
  const { port } = await proxyTo(upstream, { around: (exchange) => exchange.onEnd(() => counted.push(exchange.res.bodyBytes)) });
  expect((await ask(port)).body).toBe('hello world');
  await ask(port, { method: 'HEAD' });
  await expect.poll(() => counted).toEqual([11, 0]);
});

describe('translation', () => {
  it('HTTP/1 to h2c: body, trailers, upgrade of nothing', async () => {
    const server = createHttp2Server();
    server.on('stream', async (stream, headers) => {
      const trailers = new Promise((resolve) => stream.on('trailers', resolve));
      const body = await text(stream);
      stream.respond(
        { ':status': 200, 'x-seen': `${headers[':method']} ${headers[':path']} ${headers[':authority']}` },
        { waitForTrailers: true },
      );
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '42' }));
      stream.end(`${body} ${JSON.stringify(await Promise.race([trailers, Promise.resolve({})]))}`);
    });
    const { port } = await proxyTo(await started(server as unknown as Server), { protocol: 'h2c' });
    const got = await ask(port, { method: 'POST', path: '/x?y', body: 'hello', headers: { Host: 'h.example', Expect: '100-continue' } });
    expect(got).toMatchObject({ status: 200, body: 'hello {}', headers: { 'x-seen': 'POST /x?y h.example' }, trailers: { 'x-sum': '42' } });
  });

  it('h2c to HTTP/1: body, trailers, reset', async () => {
    const upstream = await started1(async (req, res) => {
      if (req.url === '/cut') {
        res.write('half');
        setImmediate(() => res.destroy());
        return;
      }
      const body = await text(req);
      res.writeHead(200, {
        trailer: 'x-sum',
        connection: 'keep-alive',
        'x-seen': `${req.method} ${req.headers.host} ${req.headers['transfer-encoding']}`,
      });
      res.write(body);
      res.addTrailers({ 'x-sum': JSON.stringify(req.trailers) });
      res.end();
    });
    const { port } = await proxyTo(upstream, { protocol: 'http1' });
    const { connect: connect2 } = await import('node:http2');
    const session = connect2(`http://127.0.0.1:${port}`);
    onCleanUp(() => session.destroy());
    const stream = session.request({ ':method': 'POST', ':path': '/x', ':authority': 'h.example' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-in': '7' }));
    const trailers = new Promise((resolve) => stream.on('trailers', resolve));
    const head = new Promise<Record<string, unknown>>((resolve) => stream.on('response', (h) => resolve({ ...h })));
    stream.end('hello');
    expect(await text(stream)).toBe('hello');
    expect(await head).toMatchObject({ ':status': 200, 'x-seen': 'POST h.example chunked' });
    expect(await head).not.toHaveProperty('connection');
    expect(await trailers).toMatchObject({ 'x-sum': '{"x-in":"7"}' });
    const cut = session.request({ ':path': '/cut' });
    await expect(text(cut)).rejects.toThrow();
  });
});

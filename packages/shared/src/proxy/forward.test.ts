import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createNetServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, cleanUp, closedPort, dial, onCleanUp, proxyTo, settled, started, text } from '../testing/http.ts';

afterEach(cleanUp);

describe('HTTP/1', () => {
  it('passes requests and responses on, with the headers of the contract', async () => {
    const seen: IncomingMessage[] = [];
    const upstream = createServer(async (req, res) => {
      seen.push(req);
      res.setHeader('X-Dup', ['1', '2']);
      res.end(`${req.method} ${req.url} ${await text(req)}`);
    });
    const { port } = await proxyTo(await started(upstream), { headers: { 'knative-serving-revision': undefined, 'x-set': 'by-us' } });
    const got = await ask(port, {
      method: 'POST',
      path: '/a?b=%zz;c',
      body: 'hello',
      headers: {
        'Knative-Serving-Revision': 'r',
        'X-Set': 'theirs',
        'X-Forwarded-For': '10.0.0.1',
        'Proxy-Authorization': 'secret',
        Connection: 'keep-alive, X-Hop',
        'X-Hop': '1',
        TE: 'trailers, deflate',
        Host: 'hello.example.com',
      },
    });
    expect(got).toMatchObject({ status: 200, body: 'POST /a?b=%zz;c hello' });
    expect(got.raw.filter((_, i) => got.raw[i - 1] === 'X-Dup')).toEqual(['1', '2']);
    const { headers } = seen[0]!;
    expect(headers).toMatchObject({
      host: 'hello.example.com',
      'x-set': 'by-us',
      te: 'trailers',
      'x-forwarded-for': '10.0.0.1, 127.0.0.1',
    });
    for (const gone of ['knative-serving-revision', 'proxy-authorization', 'x-hop', 'user-agent']) expect(headers[gone]).toBeUndefined();
  });

  it('keeps connections on both sides', async () => {
    const upstreamSockets = new Set<Socket>();
    const upstream = createServer((_, res) => res.end('ok'));
    upstream.on('connection', (s) => upstreamSockets.add(s));
    const { port } = await proxyTo(await started(upstream));
    const client = dial(port);
    const answers = () => client.data.split('HTTP/1.1 200').length - 1;
    for (let n = 1; n <= 3; n++) {
      client.socket.write(`GET /${n} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await expect.poll(answers).toBe(n);
    }
    expect(upstreamSockets.size).toBe(1);
    // Two requests in one packet.
    client.socket.write('GET /4 HTTP/1.1\r\nHost: a\r\n\r\nGET /5 HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(answers).toBe(5);
  });

  it('passes trailers both ways', async () => {
    let trailers: IncomingMessage['trailers'] | undefined;
    const upstream = createServer(async (req, res) => {
      await text(req);
      trailers = req.trailers;
      res.writeHead(200, { Trailer: 'X-Sum' });
      res.write('body');
      res.addTrailers({ 'X-Sum': '42' });
      res.end();
    });
    const { port } = await proxyTo(await started(upstream));
    const client = dial(port);
    client.socket.write('POST / HTTP/1.1\r\nHost: a\r\nTrailer: X-In\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-In: 7\r\n\r\n');
    await expect.poll(() => client.data).toMatch(/Trailer: X-Sum\r\n[\s\S]*X-Sum: 42\r\n\r\n$/);
    expect(trailers).toEqual({ 'x-in': '7' });
    expect((await ask(port, {})).trailers).toEqual({ 'x-sum': '42' });
  });

  it('passes 103 and 100 on, and sends a body only after the server asked for it', async () => {
    const upstream = createServer((_, res) => res.writeEarlyHints({ link: '</a.css>; rel=preload' }, () => res.end('late')));
    let continued = false;
    upstream.on('checkContinue', async (req, res: ServerResponse) => {
      if (req.url === '/no') return res.writeHead(417).end();
      continued = true;
      res.writeContinue();
      res.end(await text(req));
    });
    const { port } = await proxyTo(await started(upstream));
    const hinted = dial(port);
    hinted.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect
      .poll(() => hinted.data)
      .toMatch(/^HTTP\/1.1 103 Early Hints\r\nLink: <\/a.css>; rel=preload\r\n\r\nHTTP\/1.1 200 OK[\s\S]*late/);
    const asking = dial(port);
    asking.socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n');
    await expect.poll(() => asking.data).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    expect(continued).toBe(true);
    asking.socket.write('hello');
    await expect.poll(() => asking.data).toMatch(/200 OK[\s\S]*hello/);
    const refused = dial(port);
    refused.socket.write('POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n');
    await expect.poll(() => refused.data).toMatch(/^HTTP\/1.1 417 /);
  });

  it('sends the head of a response that takes its time, and each chunk as it comes', async () => {
    let res: ServerResponse | undefined;
    const upstream = createServer((_, r) => {
      res = r;
      r.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    });
    const { port } = await proxyTo(await started(upstream));
    const client = dial(port);
    client.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => client.data).toMatch(/event-stream/);
    res?.write('data: 1\n\n');
    await expect.poll(() => client.data).toMatch(/data: 1/);
  });

  it('reads no faster than the client: response', async () => {
    let sent = 0;
    const upstream = createServer((_, res) => {
      const chunk = Buffer.alloc(64 * 1024);
      const more = () => {
        while (sent < 512 << 20 && res.write(chunk)) sent += chunk.length;
      };
      res.on('drain', more);
      more();
    });
    const { port } = await proxyTo(await started(upstream));
    const req = request({ port, host: '127.0.0.1', agent: false });
    req.on('error', () => {});
    req.end();
    const res = await new Promise<IncomingMessage>((resolve) => req.on('response', resolve));
    res.pause();
    await settled(() => sent);
    expect(sent).toBeLessThan(64 << 20);
    req.destroy();
  });

  it('reads no faster than the server: request', async () => {
    const upstream = createServer((req) => req.pause());
    const { port } = await proxyTo(await started(upstream));
    const req = request({ port, host: '127.0.0.1', agent: false, method: 'POST' });
    req.on('error', () => {});
    let sent = 0;
    const chunk = Buffer.alloc(64 * 1024);
    const more = () => {
      while (sent < 512 << 20 && req.write(chunk)) sent += chunk.length;
    };
    req.on('drain', more);
    more();
    await settled(() => sent);
    expect(sent).toBeLessThan(64 << 20);
    req.destroy();
  });

  it('aborts upstream when the client goes', async () => {
    let gone = false;
    let arrived = false;
    const upstream = createServer((_, res) => {
      arrived = true;
      res.on('close', () => {
        gone = true;
      });
    });
    const { port, errors, listener } = await proxyTo(await started(upstream));
    const client = dial(port);
    client.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => arrived).toBe(true);
    client.socket.destroy();
    await expect.poll(() => gone).toBe(true);
    await expect.poll(() => listener.active()).toBe(0);
    expect(errors).toMatchObject([{ code: 'ABORTED', unsent: false }]);
  });

  it('cuts the response when the server breaks off, and keeps serving', async () => {
    const upstream = createServer((req, res) => {
      if (req.url === '/fine') return res.end('fine');
      res.writeHead(200, { 'content-length': '100' }).write('half');
      setImmediate(() => res.destroy());
    });
    const { port } = await proxyTo(await started(upstream));
    await expect(ask(port, { path: '/half' })).rejects.toThrow(/aborted|hang up/);
    expect(await ask(port, { path: '/fine' })).toMatchObject({ status: 200, body: 'fine' });
  });

  it('answers early although the request goes on, and the connection stays usable', async () => {
    const upstream = createServer((req, res) => {
      if (req.method === 'GET') return res.end('next');
      req.once('data', () => res.writeHead(413).end('too large'));
    });
    const { port } = await proxyTo(await started(upstream));
    const client = dial(port);
    client.socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n${'x'.repeat(1000)}`);
    await expect.poll(() => client.data).toMatch(/413[\s\S]*too large/);
    client.socket.write(`${'x'.repeat(199_000)}GET / HTTP/1.1\r\nHost: a\r\n\r\n`);
    await expect.poll(() => client.data).toMatch(/200 OK[\s\S]*next/);
  });
});

describe('failures before the response', () => {
  it('a refused connection is unsent, leaves the body untouched, and becomes a 502', async () => {
    const dead = await closedPort();
    const { port, errors } = await proxyTo(dead);
    const got = await ask(port, { method: 'POST', body: 'x' });
    expect(got).toMatchObject({
      status: 502,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    });
    expect(got.body).toBe(`127.0.0.1:${dead}: connect ECONNREFUSED 127.0.0.1:${dead}\n`);
    expect(errors).toMatchObject([{ unsent: true, code: 'ECONNREFUSED' }]);
    await ask(port, { method: 'POST', body: 'x', headers: { Expect: '100-continue' } });
    expect(errors[1]).toMatchObject({ unsent: true, code: 'ECONNREFUSED' });
  });

  it('an unsent request with a body can be sent elsewhere', async () => {
    const dead = await closedPort();
    const alive = await started(createServer(async (req, res) => res.end(await text(req))));
    const { createForwarder } = await import('./forward.ts');
    const { listen } = await import('./listener.ts');
    const forwarder = createForwarder();
    const listener = await listen(
      async (exchange) => {
        const to = (port: number) => forwarder.forward(exchange, { target: { host: '127.0.0.1', port } });
        await to(dead).catch(() => to(alive));
      },
      { port: 0, host: '127.0.0.1' },
    );
    onCleanUp(() => Promise.all([listener.close(0), forwarder.close()]));
    expect(await ask(listener.port, { method: 'POST', body: 'the body' })).toMatchObject({ status: 200, body: 'the body' });
  });

  it('a connection that ends after the request went out is not unsent', async () => {
    const upstream = createNetServer((socket) => socket.once('data', () => socket.destroy()));
    const { port, errors } = await proxyTo(await started(upstream));
    expect((await ask(port, { method: 'POST', body: 'x' })).status).toBe(502);
    expect(errors).toMatchObject([{ unsent: false }]);
  });

  it('asks again when a kept connection was closed under a GET', async () => {
    let connections = 0;
    const upstream = createNetServer((socket) => {
      const first = ++connections === 1;
      let requests = 0;
      socket.on('error', () => {});
      socket.on('data', () => {
        // The first connection answers once and breaks off under the second request.
        if (first && ++requests === 2) socket.destroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      });
    });
    const { port, errors } = await proxyTo(await started(upstream));
    expect((await ask(port)).status).toBe(200);
    expect((await ask(port)).status).toBe(200);
    expect(connections).toBe(2);
    expect(errors).toEqual([]);
  });
});

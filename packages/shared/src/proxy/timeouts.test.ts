import { createServer, type RequestListener } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { connect, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, cleanUp, onCleanUp, started } from '../testing/http.ts';
import { createForwarder } from './forward.ts';
import { compose } from './handler.ts';
import { listen } from './listener.ts';
import { limitTime, type TimeLimits } from './timeouts.ts';

afterEach(cleanUp);

/** A proxy with these limits in front of a server. */
async function limited(limits: TimeLimits, user: RequestListener | number) {
  const port = typeof user === 'number' ? user : await started(createServer(user));
  const forwarder = createForwarder();
  const handler = compose([limitTime(() => limits, 'request timeout')], (exchange) =>
    forwarder.forward(exchange, { target: { host: '127.0.0.1', port } }),
  );
  const listener = await listen(handler, { port: 0, host: '127.0.0.1' });
  onCleanUp(() => Promise.all([listener.close(0), forwarder.close()]));
  return listener;
}

describe('limitTime', () => {
  it('makes a 504 of a response that has not begun, and stops what is done for it', async () => {
    for (const limits of [{ totalMs: 50 }, { responseStartMs: 50 }, { idleMs: 50 }]) {
      let gone = false;
      const listener = await limited(limits, (_, res) =>
        res.on('close', () => {
          gone = true;
        }),
      );
      expect(await ask(listener.port)).toMatchObject({ status: 504, body: 'request timeout' });
      await expect.poll(() => gone).toBe(true);
      await expect.poll(() => listener.active()).toBe(0);
    }
  });

  it('appends to a body that has begun, and cuts one with a length', async () => {
    const { port } = await limited({ totalMs: 500 }, (req, res) => {
      if (req.url === '/length') res.writeHead(200, { 'content-length': '100' });
      res.write('half,');
    });
    expect(await ask(port)).toMatchObject({ status: 200, body: 'half,request timeout' });
    await expect(ask(port, { path: '/length' })).rejects.toThrow();
  });

  it('lets a response go on that began in time, and one that keeps writing', async () => {
    const user: RequestListener = (_, res) => {
      let left = 8;
      const timer = setInterval(() => {
        res.write('.');
        if (--left === 0) {
          clearInterval(timer);
          res.end();
        }
      }, 50);
    };
    for (const limits of [{ responseStartMs: 250 }, { idleMs: 250 }]) {
      expect((await ask((await limited(limits, user)).port)).body).toBe('........');
    }
  });

  it('closes upgraded connections, whatever passes on them', async () => {
    for (const limits of [{ totalMs: 100 }, { responseStartMs: 100 }, { idleMs: 100 }]) {
      const server = createServer();
      server.on('upgrade', (_, socket: Socket) => {
        socket.on('error', () => {});
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ws\r\n\r\n');
        const timer = setInterval(() => socket.write('.'), 10);
        socket.on('close', () => clearInterval(timer));
        socket.on('end', () => socket.end());
      });
      const listener = await limited(limits, await started(server));
      const socket = connect(listener.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: ws\r\n\r\n');
      let data = '';
      socket.on('data', (chunk) => {
        data += chunk;
      });
      await new Promise((resolve) => socket.on('close', resolve));
      expect(data).toMatch(/^HTTP\/1.1 101 /);
    }
  });

  it('does the same over HTTP/2', async () => {
    const server = createHttp2Server();
    server.on('stream', (stream, headers) => {
      stream.on('error', () => {});
      if (headers[':path'] === '/') return;
      stream.respond({ ':status': 200 });
      stream.write('half,');
    });
    const listener = await limited({ totalMs: 500 }, await started(server as unknown as Server));
    const session = connectHttp2(`http://127.0.0.1:${listener.port}`);
    onCleanUp(() => session.destroy());
    const get = async (path: string) => {
      const stream = session.request({ ':path': path });
      const status = new Promise((resolve) => stream.on('response', (h) => resolve(h[':status'])));
      let data = '';
      for await (const chunk of stream) data += chunk;
      return [await status, data];
    };
    expect(await get('/')).toEqual([504, 'request timeout']);
    expect(await get('/half')).toEqual([200, 'half,request timeout']);
  });
});

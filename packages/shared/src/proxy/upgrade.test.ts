import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, closedPort, dial, onCleanUp, proxyTo, started } from '../testing/http.ts';

afterEach(cleanUp);

const ask = (protocol: string) => `GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\nX-Key: k\r\n\r\n`;

const upgraded = (port: number, early = '') => dial(port, ask('websocket') + early, { allowHalfOpen: true });

/** A server that switches and gives the raw connection. */
function switching(onSocket: (socket: Socket, head: Buffer) => void, protocol = 'websocket') {
  const server = createServer();
  server.on('upgrade', (_, socket: Socket, head) => {
    socket.on('error', () => {});
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\nX-Accept: yes\r\n\r\n`);
    onSocket(socket, head);
  });
  return started(server);
}

describe('upgrades', () => {
  it('copy both ways, early bytes included, and end one direction at a time', async () => {
    let ended = false;
    const up = await switching((socket, head) => {
      socket.write(`hello ${head}`);
      socket.on('data', (chunk) => socket.write(`echo ${chunk}`));
      socket.on('end', () => {
        ended = true;
        socket.end('last words');
      });
    });
    const { port, listener } = await proxyTo(up);
    const seen = upgraded(port, 'early');
    await expect
      .poll(() => seen.data)
      .toMatch(/^HTTP\/1.1 101 Switching Protocols\r\nX-Accept: yes\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello/);
    await expect.poll(() => seen.data).toMatch(/early/);
    seen.socket.write('x');
    await expect.poll(() => seen.data).toMatch(/echo x/);
    expect(listener.active()).toBe(1);
    seen.socket.end();
    await expect.poll(() => ended).toBe(true);
    await expect.poll(() => seen.data.endsWith('last words')).toBe(true);
    await expect.poll(() => seen.closed).toBe(true);
    await expect.poll(() => listener.active()).toBe(0);
  });

  it('close the server side when the client breaks off, and the other way round', async () => {
    let closed = false;
    let upstream: Socket | undefined;
    const up = await switching((socket) => {
      upstream = socket;
      socket.resume().on('end', () => socket.end());
      socket.on('close', () => {
        closed = true;
      });
    });
    const { port, listener } = await proxyTo(up);
    const first = upgraded(port);
    await expect.poll(() => first.data).toMatch(/101/);
    first.socket.resetAndDestroy();
    await expect.poll(() => closed).toBe(true);
    const second = upgraded(port);
    await expect.poll(() => second.data).toMatch(/101/);
    upstream?.resetAndDestroy();
    await expect.poll(() => second.ended).toBe(true);
    second.socket.end();
    await expect.poll(() => listener.active()).toBe(0);
  });

  it('pass a refusal on', async () => {
    const server = createServer((_, res) => res.writeHead(403, { 'x-why': 'no' }).end('forbidden'));
    const { port } = await proxyTo(await started(server));
    const seen = upgraded(port);
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.data).toMatch(/^HTTP\/1.1 403 Forbidden\r\n[\s\S]*x-why: no\r\n[\s\S]*forbidden\r\n0\r\n\r\n$/);
  });

  it('make a 502 of another protocol than asked, and of a dead server', async () => {
    const { port } = await proxyTo(await switching(() => {}, 'other'));
    const seen = upgraded(port);
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.data).toMatch(/^HTTP\/1.1 502 [\s\S]*"other" when "websocket" was requested\n$/);
    const dead = await proxyTo(await closedPort());
    const refused = upgraded(dead.port);
    await expect.poll(() => refused.ended).toBe(true);
    expect(refused.data).toMatch(/^HTTP\/1.1 502 /);
    expect(dead.errors).toMatchObject([{ unsent: true }]);
  });

  it('leave an offer of h2c to ordinary requests', async () => {
    const server = createServer((_, res) => res.end('plain'));
    const { port } = await proxyTo(await started(server));
    const socket = connect(port, '127.0.0.1');
    onCleanUp(() => socket.destroy());
    let data = '';
    socket.on('data', (chunk) => {
      data += chunk;
    });
    socket.write(ask('h2c').replace('Upgrade\r\n', 'Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'));
    await expect.poll(() => data).toMatch(/^HTTP\/1.1 200 OK[\s\S]*plain/);
  });
});

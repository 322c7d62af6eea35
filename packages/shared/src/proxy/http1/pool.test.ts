import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { ask, cleanUp, proxyTo, started } from '../../testing/http.ts';

afterEach(cleanUp);

/** A server that holds what it gets, and the connections it sees. */
async function holding() {
  const sockets = new Set<Socket>();
  const held: (() => void)[] = [];
  const server = createServer((_, res) => held.push(() => res.end('ok')));
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return { port: await started(server), sockets, held };
}

it('requests above the most connections of a target wait for one, in order', async () => {
  const { port, sockets, held } = await holding();
  const proxy = await proxyTo(port, { forwarder: { maxSocketsPerTarget: 2 } });
  const answers = Array.from({ length: 5 }, () => ask(proxy.port));
  for (let answered = 0; answered < 5; ) {
    await expect.poll(() => held.length).toBeGreaterThan(0);
    expect(held.length).toBeLessThanOrEqual(2);
    expect(sockets.size).toBeLessThanOrEqual(2);
    answered += held.splice(0).map((answer) => answer()).length;
  }
  expect((await Promise.all(answers)).map((a) => a.status)).toEqual(Array(5).fill(200));
});

it('a request that waits for a connection can be called off', async () => {
  const { port, held } = await holding();
  const exchanges: { cancel(): void }[] = [];
  const proxy = await proxyTo(port, { forwarder: { maxSocketsPerTarget: 1 }, around: (exchange) => exchanges.push(exchange) });
  const first = ask(proxy.port);
  await expect.poll(() => held.length).toBe(1);
  const second = ask(proxy.port);
  await expect.poll(() => exchanges.length).toBe(2);
  exchanges[1]?.cancel();
  expect((await second).status).toBe(502);
  expect(proxy.errors).toMatchObject([{ code: 'ABORTED', unsent: true }]);
  held[0]?.();
  expect((await first).status).toBe(200);
});

it('connections that are idle for too long are closed', async () => {
  const { port, sockets, held } = await holding();
  const proxy = await proxyTo(port, { forwarder: { keepAliveMs: 50 } });
  const answer = ask(proxy.port);
  await expect.poll(() => held.length).toBe(1);
  held[0]?.();
  expect((await answer).body).toBe('ok');
  expect(sockets.size).toBe(1);
  await expect.poll(() => sockets.size, { timeout: 3000 }).toBe(0);
});

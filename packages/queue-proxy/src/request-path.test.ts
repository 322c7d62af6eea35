import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { Stat } from '@ebb/shared/proto/gen/stats.ts';
import { ask, cleanUp, dial, onCleanUp, started } from '@ebb/shared/testing/http.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { holding, kubelet, running } from './testing.ts';

afterEach(cleanUp);

const get = (more = '') => `GET / HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
const upgrade = get('Connection: Upgrade\r\nUpgrade: websocket\r\n');

/** A user server that switches protocols and echoes. */
async function echoing(user: RequestListener = (_, res) => res.end('plain')) {
  const sockets: Socket[] = [];
  const server = createServer(user);
  server.on('upgrade', (_: IncomingMessage, socket: Socket) => {
    sockets.push(socket);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.on('error', () => {}).pipe(socket);
    onCleanUp(() => socket.destroy());
  });
  return { port: await started(server), sockets };
}

it('a pod without a probe cannot be asked whether it is ready', async () => {
  const { port } = await running((_, res) => res.end(), { probes: [] });
  expect(await ask(port, { headers: kubelet })).toMatchObject({ status: 500, body: 'no probe\n' });
});

describe('the limit of concurrency', () => {
  it('does not count probes that a mesh rewrote, nor do the statistics', async () => {
    const { held, user, release } = holding();
    const { port, statsPort } = await running(user, { containerConcurrency: 1 });
    const busy = ask(port);
    await expect.poll(() => held.length).toBe(1);
    const probe = ask(port, { headers: { 'K-Kubelet-Probe': 'kubelet' } });
    // The one place is taken, and the probe is there all the same.
    await expect.poll(() => held.length).toBe(2);
    const stat = async () => Stat.decode(new Uint8Array(await (await fetch(`http://127.0.0.1:${statsPort}/metrics`)).arrayBuffer()));
    await expect.poll(async () => (await stat()).averageConcurrentRequests, { timeout: 4000 }).toBeCloseTo(1, 1);
    release();
    expect((await Promise.all([busy, probe])).map((a) => a.status)).toEqual([200, 200]);
  });

  it('is held by an upgraded connection until that is closed', async () => {
    const { port: user } = await echoing();
    const { port } = await running(user, { containerConcurrency: 1 });
    const socket = dial(port, upgrade);
    await expect.poll(() => socket.data).toContain('101 Switching');
    let answered = false;
    const waiting = ask(port).then((a) => {
      answered = true;
      return a.body;
    });
    socket.socket.write('hello');
    await expect.poll(() => socket.data).toMatch(/hello$/);
    expect(answered).toBe(false);
    socket.socket.destroy();
    expect(await waiting).toBe('plain');
  });

  it('counts waiting against the time limit, and a place in the queue is free again afterwards', async () => {
    let answering = false;
    const { port } = await running((_, res) => void (answering && res.end('done')), { containerConcurrency: 1, timeoutMs: 300 });
    const answers = await Promise.all(Array.from({ length: 11 }, () => ask(port)));
    expect(answers.map((a) => [a.status, a.body])).toEqual(Array(11).fill([504, 'request timeout']));
    answering = true;
    const again = await Promise.all(Array.from({ length: 11 }, () => ask(port)));
    expect(again.map((a) => a.status)).toEqual(Array(11).fill(200));
  });

  it('is not taken up by clients that left the queue', async () => {
    const { held, user, release } = holding();
    const { port } = await running(user, { containerConcurrency: 1 });
    const first = ask(port);
    await expect.poll(() => held.length).toBe(1);
    const queued = Array.from({ length: 11 }, () => dial(port, get()));
    await expect.poll(() => queued.filter((q) => q.data.includes('pending request queue full')).length).toBe(1);
    for (const { socket } of queued) socket.destroy();
    // Their requests may still be passed on before it is known that they are gone, but nobody waits for their end.
    const admitted = async () => {
      for (;;) {
        const answer = await ask(port);
        if (answer.status !== 503) return answer;
      }
    };
    const answers = Promise.all([first, admitted(), admitted()]).then((all) => all.map((a) => a.body));
    let bodies: string[] = [];
    void answers.then((all) => {
      bodies = all;
    });
    await expect
      .poll(() => {
        release();
        return bodies;
      })
      .toEqual(['done', 'done', 'done']);
  });
});

describe('time limits', () => {
  it('of the start of a response and of idleness, in the body where one has begun', async () => {
    const { user } = holding();
    const start = await running(user, { responseStartTimeoutMs: 60 });
    expect(await ask(start.port)).toMatchObject({ status: 504, body: 'request timeout' });
    const begins: RequestListener = (_, res) => void res.write('part');
    const idle = await running(begins, { idleTimeoutMs: 60 });
    expect(await ask(idle.port)).toMatchObject({ status: 200, body: 'partrequest timeout' });
    const total = await running(begins, { timeoutMs: 60 });
    expect(await ask(total.port)).toMatchObject({ status: 200, body: 'partrequest timeout' });
  });

  it.each([['timeoutMs'], ['responseStartTimeoutMs'], ['idleTimeoutMs']])(
    '%s closes an upgraded connection on both sides',
    async (limit) => {
      const { port: user, sockets } = await echoing();
      const { port } = await running(user, { [limit]: 200 });
      const socket = dial(port, upgrade);
      await expect.poll(() => socket.closed).toBe(true);
      expect(socket.data).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
      await expect.poll(() => sockets[0]?.destroyed).toBe(true);
    },
  );
});

describe('a drain', () => {
  it('waits for upgraded connections, and ends with them', async () => {
    const { port: user } = await echoing();
    const { port, drain } = await running(user);
    const socket = dial(port, upgrade);
    await expect.poll(() => socket.data).toContain('101 Switching');
    let over = false;
    const drained = drain().then(() => {
      over = true;
    });
    socket.socket.write('still');
    await expect.poll(() => socket.data).toMatch(/still$/);
    expect(over).toBe(false);
    socket.socket.end();
    await drained;
  });

  it('waits no longer for upgraded connections when nothing else was under way for a while: the process ends, and they with it', async () => {
    const { held, user, release } = holding();
    const { port: switching } = await echoing(user);
    const { port, drain } = await running(switching, {}, { upgradedMs: 400 });
    const socket = dial(port, upgrade);
    await expect.poll(() => socket.data).toContain('101 Switching');
    const busy = ask(port);
    await expect.poll(() => held.length).toBe(1);
    let over = false;
    const drained = drain().then(() => {
      over = true;
    });
    // A request under way keeps them, too.
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect([over, socket.closed]).toEqual([false, false]);
    release();
    expect((await busy).status).toBe(200);
    await drained;
    expect(socket.closed).toBe(false);
  });

  it('is not put off by probes, and is by requests of an unknown probe value', async () => {
    const seen: string[] = [];
    const { port, drain } = await running((req, res) => {
      seen.push(req.url ?? '');
      res.end();
    });
    const drained = drain();
    expect(await ask(port, { headers: { 'K-Network-Probe': 'probe', 'K-Network-Hash': 'h' } })).toMatchObject({
      status: 503,
      body: 'shutting down\n',
    });
    expect(await ask(port, { headers: kubelet })).toMatchObject({ status: 503, body: 'shutting down\n' });
    expect(await ask(port, { path: '/user', headers: { 'K-Network-Probe': 'other' } })).toMatchObject({ status: 200 });
    await drained;
    expect(seen).toEqual(['/user']);
  });
});

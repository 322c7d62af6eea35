import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Target } from '@ebb/shared/proxy/forward.ts';
import { afterEach, expect, test } from 'vitest';
import { createProber, type Prober } from './prober.ts';

const closers: (() => unknown)[] = [];
const stop = (server: Server) => {
  server.closeAllConnections();
  server.close();
};
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A replica whose answer a test sets. */
async function replica(): Promise<Target & { hash?: string; status: number; asked: { url?: string; headers: IncomingHttpHeaders }[] }> {
  const server = createServer((req, res) => {
    self.asked.push({ url: req.url, headers: req.headers });
    res.writeHead(self.status, self.hash === undefined ? {} : { 'K-Network-Hash': self.hash }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => stop(server));
  const self = {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    hash: undefined as string | undefined,
    status: 200,
    asked: [] as never[],
  } as Awaited<ReturnType<typeof replica>>;
  return self;
}

function prober(): { prober: Prober; ready: string[] } {
  const ready: string[] = [];
  const made = createProber({ ready: (key) => ready.push(key) });
  closers.push(() => made.close());
  return { prober: made, ready };
}

const at = (...replicas: Target[]) => replicas.map(({ host, port }) => ({ host, port }));

test('ready at once when every replica answers with the hash', async () => {
  const [a, b] = [await replica(), await replica()];
  a.hash = b.hash = 'h1';
  expect(await prober().prober.check('ns/app', { hash: 'h1', host: 'app.example.com', replicas: at(a, b) })).toBe(true);
  expect(b.asked).toMatchObject([
    {
      url: '/healthz',
      headers: { host: 'app.example.com', 'k-network-probe': 'probe', 'k-network-hash': 'override', 'user-agent': 'Knative-Ingress-Probe' },
    },
  ]);
});

test('not ready without a replica', async () => {
  expect(await prober().prober.check('ns/app', { hash: 'h1', host: 'h', replicas: [] })).toBe(false);
});

test.each([
  ['another hash', 200, 'h0'],
  ['no hash', 200, undefined],
  ['no route', 404, undefined],
  ['no backend', 503, 'h1'],
])('waits while one answers with %s, and tells when it has it', async (_, status, hash) => {
  const [a, b] = [await replica(), await replica()];
  a.hash = 'h1';
  Object.assign(b, { status, hash });
  const { prober: p, ready } = prober();
  const wanted = { hash: 'h1', host: 'h', replicas: at(a, b) };
  expect(await p.check('ns/app', wanted)).toBe(false);
  Object.assign(b, { status: 200, hash: 'h1' });
  await expect.poll(() => ready, { timeout: 5000 }).toEqual(['ns/app']);
  expect(await p.check('ns/app', wanted)).toBe(true);
  expect(a.asked.length).toBe(1);
});

test('a replica that is gone need not answer; a new one must', async () => {
  const [a, b] = [await replica(), await replica()];
  a.hash = 'h1';
  const { prober: p } = prober();
  const wanted = (replicas: Target[]) => ({ hash: 'h1', host: 'h', replicas });
  expect(await p.check('ns/app', wanted(at(a, { host: '127.0.0.1', port: 1 })))).toBe(false);
  expect(await p.check('ns/app', wanted(at(a)))).toBe(true);
  expect(await p.check('ns/app', wanted(at(a, b)))).toBe(false);
});

test('a new spec starts over, and is asked for again at once when this replica has it', async () => {
  const a = await replica();
  a.hash = 'h1';
  const { prober: p, ready } = prober();
  expect(await p.check('ns/app', { hash: 'h1', host: 'h', replicas: at(a) })).toBe(true);
  const wanted = { hash: 'h2', host: 'h', replicas: at(a) };
  expect(await p.check('ns/app', wanted)).toBe(false);
  a.hash = 'h2';
  p.hurry('ns/app');
  await expect.poll(() => ready).toEqual(['ns/app']);
  expect(await p.check('ns/app', wanted)).toBe(true);
});

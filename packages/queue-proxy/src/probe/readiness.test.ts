import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer as createNetServer, type Server } from 'node:net';
import { cleanUp, closedPort, onCleanUp, started } from '@ebb/shared/testing/http.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { UserProbe } from './parse.ts';
import { createReadiness, paceOf } from './readiness.ts';

afterEach(cleanUp);

const ready = (...probes: UserProbe[]) => createReadiness(probes, () => {})();

describe('the next attempt', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  it.each([
    ['where nobody listens yet', refused, 0, 5],
    ['where nobody listens for long', refused, 1_000, 50],
    ['where somebody listens who is not ready', new Error('HTTP probe failed with statuscode: 503'), 0, 50],
    ['for a second success', undefined, 0, 50],
  ])('%s', (_, error, sinceMs, pace) => {
    expect(paceOf(error, sinceMs)).toBe(pace);
  });
});

describe('readiness', () => {
  it('is given without probes', async () => {
    expect(await ready()).toBe(true);
  });

  it('by TCP', async () => {
    expect(await ready({ tcpSocket: { port: await started(createNetServer()) } })).toBe(true);
    expect(await ready({ tcpSocket: { port: await closedPort() }, periodSeconds: 1 })).toBe(false);
  });

  it('by HTTP: 200 to 399, redirects followed, headers and query sent', async () => {
    let seen: IncomingHttpHeaders = {};
    const port = await started(
      createServer((req, res) => {
        seen = req.headers;
        if (req.url === '/moved') res.writeHead(302, { location: '/query?probe=ok' }).end();
        else res.writeHead(req.url === '/query?probe=ok' ? 200 : 503).end();
      }),
    );
    const get = (path: string) => ready({ httpGet: { port, path, httpHeaders: [{ name: 'X-Probe', value: '1' }] }, periodSeconds: 1 });
    expect(await get('/query?probe=ok')).toBe(true);
    expect(seen).toMatchObject({ 'x-probe': '1', 'user-agent': 'kube-probe//', connection: 'close' });
    expect(await get('/moved')).toBe(true);
    expect(await get('/')).toBe(false);
  });

  describe('by HTTP where HTTP/2 is looked for', () => {
    const detected = (port: number, name = 'X-Probe') =>
      createReadiness([{ httpGet: { port, path: '/a?b', httpHeaders: [{ name, value: '1' }] }, periodSeconds: 1 }], () => {}, {
        detectHttp2: true,
      })();

    it('takes the answer of a container that speaks only HTTP/2', async () => {
      const seen: unknown[] = [];
      const server = createHttp2Server((req, res) => {
        seen.push([req.url, req.headers['x-probe'], req.headers['user-agent']]);
        res.end();
      });
      expect(await detected(await started(server as unknown as Server))).toBe(true);
      expect(seen).toEqual([['/a?b', '1', 'kube-probe//']]);
    });

    it('asks over HTTP/1 where HTTP/2 is not spoken, not well, or not possible', async () => {
      const http1 = await started(createServer((req, res) => res.writeHead(req.headers['x-probe'] ? 200 : 503).end()));
      expect(await detected(http1)).toBe(true);
      const badly = createHttp2Server((_, res) => res.writeHead(503).end());
      expect(await detected(await started(badly as unknown as Server))).toBe(false);
      const any = await started(createServer((_, res) => res.end()));
      expect(await detected(any, 'Upgrade')).toBe(true);
    });
  });

  it('says why an aggressive run gave up, and how often it tried', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    onCleanUp(() => vi.useRealTimers());
    const port = await started(createNetServer());
    const failures: string[] = [];
    const is = createReadiness([{ grpc: { port } }], (text) => failures.push(text))();
    for (let done = false; !done; ) {
      void is.then(() => {
        done = true;
      });
      await vi.advanceTimersByTimeAsync(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await is).toBe(false);
    expect(failures).toEqual([expect.stringMatching(/^aggressive probe error \(failed \d+ times\): no answer in time$/)]);
  });

  it('by gRPC health', async () => {
    let status = 1;
    let asked = '';
    const server = createHttp2Server();
    server.on('stream', (stream, headers) => {
      asked = String(headers[':path']);
      stream.resume().on('end', () => {
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(Buffer.from([0, 0, 0, 0, 2, 8, status]));
      });
    });
    const port = await started(server as unknown as Server);
    expect(await ready({ grpc: { port, service: 'a' }, periodSeconds: 1 })).toBe(true);
    expect(asked).toBe('/grpc.health.v1.Health/Check');
    status = 2;
    expect(await ready({ grpc: { port }, periodSeconds: 1 })).toBe(false);
  });

  it('aggressive: asks until the container answers', async () => {
    let requests = 0;
    const port = await started(createServer((_, res) => res.writeHead(++requests < 3 ? 503 : 200).end()));
    expect(await ready({ httpGet: { port }, successThreshold: 2 })).toBe(true);
    expect(requests).toBe(4);
  });

  it('shares one run among calls that overlap, and fails when one of several fails', async () => {
    let requests = 0;
    const port = await started(
      createServer((_, res) => {
        requests++;
        res.end();
      }),
    );
    const one = createReadiness([{ httpGet: { port } }], () => {});
    expect(await Promise.all([one(), one(), one()])).toEqual([true, true, true]);
    expect(requests).toBe(1);
    expect(await ready({ httpGet: { port } }, { tcpSocket: { port: await closedPort() }, periodSeconds: 1 })).toBe(false);
  });
});

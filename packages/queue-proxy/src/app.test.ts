import { createServer, type RequestListener } from 'node:http';
import { PodStatsClient, type Stat, Stat as StatMessage } from '@ebb/shared/proto/gen/stats.ts';
import { ask, cleanUp, closedPort, onCleanUp, started } from '@ebb/shared/testing/http.ts';
import { credentials } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { holding, kubelet, running } from './testing.ts';

afterEach(cleanUp);

describe('queue-proxy', () => {
  it('passes requests to the user container with the headers of the contract', async () => {
    const { port } = await running((req, res) => res.end(JSON.stringify({ url: req.url, ...req.headers })));
    const got = await ask(port, {
      path: '/x?y',
      headers: {
        'Knative-Serving-Revision': 'hello-00001',
        'Knative-Serving-Namespace': 'ns',
        'K-Original-Host': 'hello.example.com',
        'K-Proxy-Request': 'activator',
        'X-Forwarded-For': '1.2.3.4, fe80::1',
        'X-Forwarded-Proto': 'https',
      },
    });
    const seen = JSON.parse(got.body);
    expect(seen).toMatchObject({
      url: '/x?y',
      host: 'hello.example.com',
      forwarded: 'for=1.2.3.4;proto=https, for="[fe80::1]"',
      'k-proxy-request': 'activator',
      'x-forwarded-for': '1.2.3.4, fe80::1, 127.0.0.1',
    });
    for (const gone of ['knative-serving-revision', 'knative-serving-namespace', 'k-original-host']) expect(seen[gone]).toBeUndefined();
  });

  it('admits as many as the container may have, queues ten times as many, rejects the next', async () => {
    const { held, user, release } = holding();
    const { port } = await running(user, { containerConcurrency: 1 });
    const answers = Array.from({ length: 12 }, () => ask(port));
    expect(await Promise.race(answers)).toMatchObject({
      status: 503,
      body: 'pending request queue full\n',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
    for (let released = 0; released < 11; released += release()) await expect.poll(() => held.length).toBe(1);
    const statuses = (await Promise.all(answers)).map((a) => a.status).sort();
    expect(statuses).toEqual([...Array(11).fill(200), 503]);
  });

  it('answers probes by itself', async () => {
    let requests = 0;
    const { port } = await running((_, res) => {
      requests++;
      res.end();
    });
    expect(await ask(port, { headers: kubelet })).toMatchObject({
      status: 200,
      body: 'queue',
      headers: { 'ebb-pod': 'ns/hello-00001-abc', 'ebb-pod-start': expect.stringMatching(/started=\d+, listening=\d+, ready=\d+$/) },
    });
    expect(await ask(port, { headers: { 'User-Agent': 'Knative-Activator-Probe', 'K-Network-Probe': 'queue' } })).toMatchObject({
      body: 'queue',
    });
    expect(await ask(port, { headers: { 'User-Agent': 'kube-probe/1.35', 'K-Network-Probe': 'x' } })).toMatchObject({
      status: 400,
      body: 'unexpected probe header value: x\n',
    });
    const hash = await ask(port, { headers: { 'K-Network-Probe': 'probe', 'K-Network-Hash': 'abc' } });
    expect(hash).toMatchObject({ status: 200, headers: { 'k-network-hash': 'abc' } });
    expect(await ask(port, { headers: { 'K-Network-Probe': 'probe' } })).toMatchObject({
      status: 400,
      body: 'a probe request must contain a non-empty "K-Network-Hash" header\n',
    });
    expect(requests).toBe(0);
    expect((await ask(port, { headers: { 'K-Network-Probe': 'other' } })).status).toBe(200);
    expect(requests).toBe(1);
  });

  it('says that the container is not ready, and a 502 to who asks anyway', async () => {
    const dead = await closedPort();
    const probes = [{ tcpSocket: { port: dead }, periodSeconds: 1 }];
    const { port } = await running(dead, { probes });
    expect(await ask(port, { headers: kubelet })).toMatchObject({ status: 503, body: '' });
    expect((await ask(port)).status).toBe(502);
  });

  it('ends what takes too long', async () => {
    const { user } = holding();
    const { port } = await running(user, { timeoutMs: 50 });
    expect(await ask(port)).toMatchObject({ status: 504, body: 'request timeout' });
  });

  it('logs requests as the template says, once each, probes only when asked to', async () => {
    const lines: string[] = [];
    const template =
      '{{.Request.Method}} {{js .Request.RequestURI}} {{.Request.URL.Path}} {{.Request.Proto}} {{.Request.Host}} {{.Request.ContentLength}} {{.Response.Code}} {{.Response.Size}} {{.Revision.Name}} {{.Revision.Namespace}} {{.Revision.Configuration}} {{.Revision.PodName}} {{.Revision.PodIP}} {{.TraceID}} {{.Request.Referer}} {{.Request.UserAgent}} {{.Request.Header.Get "x-a"}}';
    const tuning = { writeRequestLog: (line: string) => lines.push(line) };
    const user: RequestListener = (_, res) => res.writeHead(201).end('hello');
    const { port } = await running(user, { requestLogTemplate: template }, tuning);
    const headers = { host: 'h', traceparent: '00-abc-def-01', referer: 'r', 'user-agent': 'ua', 'x-a': '1' };
    await ask(port, { method: 'POST', path: '/x?y=1', headers, body: 'four' });
    await ask(port, { headers: kubelet });
    await ask(port, { headers: { host: 'h', 'x-b3-traceid': 'b3', 'user-agent': 'ua' } });
    const rest = 'hello-00001 ns hello hello-00001-abc 127.0.0.1';
    await expect
      .poll(() => lines)
      .toEqual([`POST /x?y\\u003D1 /x HTTP/1.1 h 4 201 5 ${rest} abc r ua 1\n`, `GET / / HTTP/1.1 h 0 201 5 ${rest} b3  ua \n`]);

    const probes: string[] = [];
    const both = await running(
      user,
      { requestLogTemplate: '{{.Request.UserAgent}} {{.Response.Code}}\n', logProbes: true },
      { writeRequestLog: (l) => probes.push(l) },
    );
    await ask(both.port, { headers: kubelet });
    await expect.poll(() => probes).toEqual(['kube-probe/1.35 200\n']);
  });

  it('logs what it answers itself, and a template that fails as what it is', async () => {
    const lines: string[] = [];
    const dead = await closedPort();
    const template =
      '{{if eq .Request.URL.Path "/bad"}}{{.Nothing}}{{end}}{{.Response.Code}} {{printf "%v" (gt .Response.Latency 0)}} {{.Request.RemoteAddr}}';
    const { port } = await running(dead, { requestLogTemplate: template }, { writeRequestLog: (line) => lines.push(line) });
    await ask(port);
    await ask(port, { path: '/bad' });
    await expect.poll(() => lines.length).toBe(2);
    expect(lines[0]).toMatch(/^502 true 127\.0\.0\.1:\d+\n$/);
    expect(lines[1]).toMatch(/^Invalid request log template: method: GET, response code: 502, latency: [\d.]+, url: \/bad\n$/);
  });

  it('makes spans of requests where traces are on, and tells the user container of them', async () => {
    const bodies: Buffer[] = [];
    const collector = await started(
      createServer(async (req, res) => {
        const chunks: Buffer[] = [];
        for await (const chunk of req) chunks.push(chunk as Buffer);
        bodies.push(Buffer.concat(chunks));
        res.end();
      }),
    );
    const seen: unknown[] = [];
    const user: RequestListener = (req, res) => {
      seen.push(req.headers.traceparent);
      res.end();
    };
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const off = await running(user);
    await ask(off.port, { headers: { traceparent } });
    const tracing = { protocol: 'http/protobuf', endpoint: `http://127.0.0.1:${collector}`, samplingRate: 1 };
    const on = await running(user, { tracing, containerConcurrency: 1 });
    await ask(on.port, { headers: { traceparent } });
    await ask(on.port, { headers: kubelet });
    await on.drain();
    expect(seen[0]).toBe(traceparent);
    expect(seen[1]).toMatch(new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`));
    const sent = Buffer.concat(bodies).toString('latin1');
    for (const name of ['GET', 'kn.queueproxy.wait', 'kn.queueproxy.proxy', 'HTTP GET', 'hello-00001']) expect(sent).toContain(name);
    // One of each: the probe has none.
    expect(sent.split('kn.queueproxy.proxy')).toHaveLength(2);
  });

  it('reports its load: a snapshot for scrapers, a stream for gRPC', async () => {
    const { held, user, release } = holding();
    const { port, statsPort } = await running(user);
    const scraped = async () => {
      const res = await fetch(`http://127.0.0.1:${statsPort}/metrics`);
      expect(res.headers.get('content-type')).toBe('application/protobuf');
      return StatMessage.decode(new Uint8Array(await res.arrayBuffer()));
    };
    expect((await scraped()).podName).toBe('hello-00001-abc');
    const client = new PodStatsClient(`127.0.0.1:${statsPort}`, credentials.createInsecure());
    onCleanUp(() => client.close());
    const seen: Stat[] = [];
    const call = client.watch({ periodMs: 200 });
    call.on('error', () => {});
    call.on('data', (stat: Stat) => seen.push(stat));
    await expect.poll(() => seen.length).toBeGreaterThan(0);
    expect(seen[0]).toMatchObject({ podName: 'hello-00001-abc', averageConcurrentRequests: 0 });
    const answer = ask(port, { headers: { 'K-Proxy-Request': 'activator' } });
    await expect.poll(() => seen.at(-1)?.averageProxiedConcurrentRequests ?? 0).toBeGreaterThanOrEqual(1);
    await expect.poll(async () => (await scraped()).averageConcurrentRequests, { timeout: 5000 }).toBeGreaterThan(0);
    expect(held.length).toBe(1);
    release();
    await answer;
    await expect.poll(() => seen.at(-1)?.averageConcurrentRequests).toBe(0);
    expect(seen.at(-1)?.processUptime).toBeGreaterThan(0);
    call.cancel();
  });
});

describe('drain', () => {
  it('fails probes, serves on, waits for the quiet period and for what is under way', async () => {
    const { held, user, release } = holding();
    const { port, adminPort, drain } = await running(user, {}, { quietMs: 500 });
    const busy = ask(port);
    await expect.poll(() => held.length).toBe(1);
    const drained = drain();
    const preStop = ask(adminPort, { path: '/wait-for-drain' });
    expect(await ask(port, { headers: kubelet })).toMatchObject({ status: 503, body: 'shutting down\n' });
    const late = ask(port);
    await expect.poll(() => held.length).toBe(2);
    expect((await preStop).status).toBe(200);
    await expect(ask(port)).rejects.toThrow(/ECONNREFUSED/);
    release();
    expect(await busy).toMatchObject({ status: 200, body: 'done', headers: { connection: 'close' } });
    expect((await late).status).toBe(200);
    await drained;
  });

  it('recovers when only the user container restarts', async () => {
    const { port, adminPort } = await running((_, res) => res.end(), {}, { quietMs: 2500 });
    const preStop = ask(adminPort, { path: '/wait-for-drain' });
    await expect.poll(async () => (await ask(port, { headers: kubelet })).status).toBe(503);
    expect((await preStop).status).toBe(200);
    expect((await ask(port, { headers: kubelet })).status).toBe(200);
    expect((await ask(adminPort, { path: '/other' })).status).toBe(404);
  });
});

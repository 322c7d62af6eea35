import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { Endpoints, KubeService, Pod } from '@ebb/shared/api/builtin.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import type { ConfigStore } from '@ebb/shared/config/store.ts';
import { createForwarder } from '@ebb/shared/proxy/forward.ts';
import { listen } from '@ebb/shared/proxy/listener.ts';
import { serverHistograms } from '@ebb/shared/telemetry/http-metrics.ts';
import { ask, cleanUp, closedPort, onCleanUp, started } from '@ebb/shared/testing/http.ts';
import { keptTraces } from '@ebb/shared/testing/traces.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { probe } from '../backends/probe.ts';
import type { Waterfall } from '../core/cold-start.ts';
import { requestLog as requestLogOf } from '../request-log.ts';
import { Registry } from '../revisions/registry.ts';
import { endpointsIndexes, podIndexes } from '../revisions/watch.ts';
import { Reporter } from '../stats/reporter.ts';
import { MemoryCache } from '../testing.ts';
import { requestPath } from './stack.ts';

const template =
  '{{.Revision.Name}} {{.Revision.Namespace}} {{.Revision.Service}} {{.Revision.Configuration}} {{.Revision.PodName}}{{.TraceID}}{{.Response.Code}} {{.Request.RequestURI}}';

const clock = { now: () => Date.now() };

/** An activator in front of caches that a test fills. */
async function activator(mode: 'auto' | 'disabled' = 'auto', passthrough = false) {
  const sources = {
    revisions: new MemoryCache<Revision>(),
    endpoints: new MemoryCache<Endpoints>(endpointsIndexes),
    services: new MemoryCache<KubeService>(),
    pods: new MemoryCache<Pod>(podIndexes),
  };
  const held: string[] = [];
  const coldStarts: Waterfall[] = [];
  const told: string[] = [];
  const state: { unhealthy?: string } = {};
  const reporter = new Reporter({ podName: 'a', clock, send: (m) => m.every(({ name }) => told.push(name)) });
  const registry = new Registry(sources, {
    podIP: '10.1.1.1',
    clock,
    onHeld: (revision) => {
      held.push(revision.key);
      revision.mark('poked');
    },
    onColdStart: (_revision, { waterfall }) => coldStarts.push(waterfall),
    prober: () => ({
      mesh: { mode, passthrough: false },
      frequencyMs: 200,
      eagerMs: 25,
      announcedMs: () => 5,
      probe: (dest, signal) => probe({ dest, signal, timeoutMs: 300 }),
    }),
  });
  const forwarder = createForwarder();
  const { tracer, spans } = keptTraces();
  onCleanUp(() => tracer.close());
  const logged: string[] = [];
  const requestLog = requestLogOf(
    { get: () => ({ enableRequestLog: true, requestLogTemplate: template }), onChange: () => () => {} } as unknown as ConfigStore,
    { error: () => {} },
    (line) => logged.push(line),
  );
  const options = {
    revisions: sources.revisions,
    registry,
    clusterDomain: 'cluster.local',
    reporter,
    forwarder,
    passthrough,
    requestLog,
    tracer,
    measured: serverHistograms(),
  };
  const { port, ...listener } = await listen(requestPath({ ...options, unhealthy: () => state.unhealthy }), { port: 0, host: '127.0.0.1' });
  onCleanUp(async () => {
    reporter.stop();
    registry.close();
    await listener.close(0);
    await forwarder.close();
  });

  const revision = (spec: Partial<Revision['spec']> = {}) =>
    sources.revisions.set({
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Revision',
      metadata: { namespace: 'default', name: 'hello', uid: '1', labels: { [labels.service]: 'svc', [labels.configuration]: 'cfg' } },
      spec: { containers: [{ name: 'user-container' }], ...spec },
    });
  const pods = (ready: number[], notReady: number[] = []) =>
    sources.endpoints.set({
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { namespace: 'default', name: 'hello-private', labels: { [labels.revision]: 'hello', [labels.serviceType]: 'Private' } },
      subsets: [
        ...ready.map((p) => ({ addresses: [{ ip: '127.0.0.1' }], ports: [{ name: 'http', port: p }] })),
        ...notReady.map((p) => ({ notReadyAddresses: [{ ip: '127.0.0.1' }], ports: [{ name: 'http', port: p }] })),
      ],
    });
  const get = (headers: Record<string, string> = {}) =>
    ask(port, {
      path: '/x',
      headers: { host: 'hello.example.com', 'knative-serving-namespace': 'default', 'knative-serving-revision': 'hello', ...headers },
    });
  return {
    port,
    sources,
    registry,
    revision,
    pods,
    get,
    held,
    told,
    logged,
    spans,
    measured: () => options.measured.collect()[0]?.dataPoints.map((p) => p.attributes) ?? [],
    coldStarts,
    state,
    waiting: () => registry.get('default/hello')?.throttle.waiting,
  };
}

/** A pod's queue-proxy: answers probes when `ready`, holds requests while `slow`. */
async function pod(name: string) {
  const seen: IncomingHttpHeaders[] = [];
  const open: (() => void)[] = [];
  const state = { ready: true, slow: false };
  const server = createServer((req, res) => {
    if (req.headers['k-network-probe'] === 'queue') {
      const right = req.headers['user-agent'] === 'Knative-Activator-Probe' && req.url === '/healthz';
      res.writeHead(state.ready && right ? 200 : 503).end(state.ready ? 'queue' : '');
      return;
    }
    seen.push(req.headers);
    const answer = () => res.end(`${name} ${req.url}`);
    if (state.slow) open.push(answer);
    else answer();
  });
  return { port: await started(server), seen, state, open };
}

let a: Awaited<ReturnType<typeof activator>>;
beforeEach(async () => {
  a = await activator();
});
afterEach(cleanUp);

test('through a mesh that lets pods be addressed, a request says by name which one is meant', async () => {
  const one = await pod('one');
  const meshed = await activator('auto', true);
  meshed.revision();
  meshed.pods([one.port]);
  expect((await meshed.get()).status).toBe(200);
  expect(one.seen[0]).toMatchObject({
    host: 'hello-private.default',
    'k-passthrough-lb': 'true',
    'k-original-host': 'hello.example.com',
  });
});

test('requests are measured with whose they are; one for nobody without, and probes not at all', async () => {
  const one = await pod('one');
  a.revision();
  a.pods([one.port]);
  expect((await a.get()).status).toBe(200);
  expect((await a.get({ 'knative-serving-revision': 'gone' })).status).toBe(404);
  await ask(a.port, { headers: { 'user-agent': 'kube-probe/1.35' } });
  const own = {
    'kn.service.name': 'svc',
    'kn.configuration.name': 'cfg',
    'kn.revision.name': 'hello',
    'k8s.namespace.name': 'default',
  };
  expect(a.measured()).toEqual([
    expect.objectContaining({ ...own, 'http.response.status_code': 200, 'server.address': 'hello.example.com' }),
    expect.not.objectContaining(own),
  ]);
  expect(a.measured()[1]).toMatchObject({ 'http.response.status_code': 404 });
});

describe('probes', () => {
  test("the kubelet's", async () => {
    expect((await ask(a.port, { headers: { 'user-agent': 'kube-probe/1.35' } })).status).toBe(200);
    a.state.unhealthy = 'connection has not yet been established';
    const why = await ask(a.port, { headers: { 'k-kubelet-probe': 'x' } });
    expect([why.status, why.body]).toEqual([500, 'connection has not yet been established\n']);
  });

  test.each([
    ['of the path', { 'k-network-probe': 'probe', 'k-network-hash': 'abc' }, 200, ''],
    [
      'of the path without a hash',
      { 'k-network-probe': 'probe' },
      400,
      'a probe request must contain a non-empty "K-Network-Hash" header\n',
    ],
    ['for an activator', { 'k-network-probe': 'activator' }, 200, 'activator'],
    ['for something else', { 'k-network-probe': '<q>' }, 400, 'unexpected probe header value: "&lt;q&gt;"\n'],
  ])('%s', async (_name, headers, status, body) => {
    const answer = await ask(a.port, { headers: headers as Record<string, string> });
    expect([answer.status, answer.body]).toEqual([status, body]);
    if (status === 200) expect(answer.headers['k-network-hash']).toBe((headers as Record<string, string>)['k-network-hash']);
    else expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('a request', () => {
  test('for a revision that does not exist', async () => {
    const answer = await a.get();
    expect([answer.status, answer.body]).toEqual([404, 'Error getting active endpoint: revision.serving.knative.dev "hello" not found\n']);
    expect(a.told).toEqual([]);
  });

  test('finds its revision by host', async () => {
    const hello = await pod('hello');
    a.revision();
    a.pods([hello.port]);
    expect((await ask(a.port, { path: '/y', headers: { host: 'hello.default.svc.cluster.local:8012' } })).body).toBe('hello /y');
  });

  test('is logged with its revision, and probes are not', async () => {
    const hello = await pod('hello');
    a.revision();
    a.pods([hello.port]);
    await ask(a.port, { headers: { 'k-network-probe': 'activator' } });
    await a.get({ traceparent: '00-abc-def-01' });
    await until(() => a.logged.length > 0);
    expect(a.logged).toEqual(['hello default svc cfg 200 /x\n']);
  });

  test('is a trace: the spans of waiting and proxying are under that of the request, and the pod is told of the innermost', async () => {
    const hello = await pod('hello');
    a.revision();
    a.pods([hello.port]);
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await a.get({ traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    await until(async () => expect(await a.spans()).toHaveLength(4));
    const spans = await a.spans();
    const [wait, client, proxy, server] = spans;
    expect([wait, proxy, client, server].map((s) => s?.name)).toEqual(['throttler_try', 'activator_proxy', 'GET /x', 'GET']);
    expect(spans.map((s) => s.traceId)).toEqual(Array(4).fill(traceId));
    expect([server, wait, proxy, client].map((s) => s?.parentSpanId)).toEqual([
      'b7ad6b7169203331',
      server?.spanId,
      server?.spanId,
      proxy?.spanId,
    ]);
    expect(hello.seen[0]?.traceparent).toBe(`00-${traceId}-${client?.spanId}-01`);
    expect(server).toMatchObject({
      kind: 'SERVER',
      attributes: { 'http.response.status_code': 200, 'kn.revision.name': 'hello', 'kn.service.name': 'svc', 'url.path': '/x' },
    });
    await ask(a.port, { headers: { 'k-network-probe': 'activator' } });
    expect(await a.spans()).toHaveLength(4);
  });

  test('is held without capacity, wakes the revision, and goes when a pod answers its probe, ready or not for Kubernetes', async () => {
    const hello = await pod('hello');
    hello.state.ready = false;
    a.revision();
    const answers = Promise.all([a.get(), a.get({ 'k-network-hash': 'x' })]);
    await until(() => a.waiting() === 2);
    expect([a.held, a.told]).toEqual([['default/hello'], ['hello']]);
    a.pods([], [hello.port]);
    hello.state.ready = true;
    expect((await answers).map((r) => [r.status, r.body])).toEqual([
      [200, 'hello /x'],
      [200, 'hello /x'],
    ]);
    for (const seen of hello.seen) {
      expect(seen).toMatchObject({
        host: `127.0.0.1:${hello.port}`,
        'k-original-host': 'hello.example.com',
        'k-proxy-request': 'activator',
      });
      for (const name of ['knative-serving-revision', 'knative-serving-namespace', 'k-network-hash', 'k-passthrough-lb'])
        expect(seen).not.toHaveProperty(name);
    }
    expect(a.coldStarts).toHaveLength(1);
    const { held, poked, addressed, probed, firstByte } = a.coldStarts[0]!;
    expect([held, poked, addressed, probed, firstByte].every((ms) => ms !== undefined)).toBe(true);
    expect((await a.get()).status).toBe(200);
    expect([a.held.length, a.coldStarts.length]).toEqual([1, 1]);
  });

  test('goes elsewhere when a pod refuses the connection', async () => {
    a = await activator('disabled');
    const [hello, gone] = [await pod('hello'), await closedPort()];
    a.revision({ containerConcurrency: 20 });
    a.pods([gone, hello.port]);
    const answers = await Promise.all(Array.from({ length: 6 }, () => a.get()));
    expect(answers.map((r) => r.body)).toEqual(Array(6).fill('hello /x'));
  });

  test('waits for its turn at containerConcurrency', async () => {
    const hello = await pod('hello');
    hello.state.slow = true;
    a.revision({ containerConcurrency: 1 });
    a.pods([hello.port]);
    const answers = [a.get(), a.get()];
    await until(() => hello.open.length === 1 && a.waiting() === 1);
    hello.open[0]?.();
    await until(() => hello.open.length === 2);
    hello.open[1]?.();
    expect((await Promise.all(answers)).map((r) => r.status)).toEqual([200, 200]);
  });

  test('ends when its time is over', async () => {
    a.revision({ timeoutSeconds: 1 });
    const answer = await a.get();
    expect([answer.status, answer.body]).toEqual([504, 'activator request timeout']);
    expect(a.waiting()).toBe(0);
  });

  test('ends when its revision is deleted', async () => {
    a.revision();
    const answer = a.get();
    await until(() => a.waiting() === 1);
    a.sources.revisions.remove('default', 'hello');
    expect((await answer).status).toBe(500);
  });

  test('that reached a pod is not sent again', async () => {
    let requests = 0;
    const port = await started(
      createServer((req, res) => {
        if (req.headers['k-network-probe']) return res.end('queue');
        requests++;
        return req.socket.destroy();
      }),
    );
    a.revision();
    a.pods([port]);
    const answer = await ask(a.port, {
      method: 'POST',
      body: 'x',
      headers: { 'knative-serving-namespace': 'default', 'knative-serving-revision': 'hello' },
    });
    expect([answer.status, requests]).toEqual([502, 1]);
  });
});

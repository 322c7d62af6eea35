import type { DataPoint, Histogram } from '@opentelemetry/sdk-metrics';
import { afterEach, expect, it } from 'vitest';
import { clientHistograms, type HttpHistograms, serverHistograms } from '../telemetry/http-metrics.ts';
import { ask, cleanUp, onCleanUp } from '../testing/http.ts';
import { compose, type Exchange, type Handler } from './handler.ts';
import { listen } from './listener.ts';
import { type Identity, measureClient, measureServer } from './measure.ts';

afterEach(cleanUp);

/** The points of each instrument: attributes, count, sum, and the buckets that are not empty as `bound: count`. */
function pointsOf(histograms: HttpHistograms) {
  const point = ({ attributes, value: { buckets, count, sum } }: DataPoint<Histogram>) => {
    const bound = (i: number) => buckets.boundaries[i] ?? Number.POSITIVE_INFINITY;
    return { attributes, count, sum, buckets: buckets.counts.flatMap((n, i) => (n > 0 ? [`${bound(i)}: ${n}`] : [])) };
  };
  const all = histograms.collect().map((m) => [m.descriptor.name, (m.dataPoints as DataPoint<Histogram>[]).map(point)] as const);
  return Object.fromEntries(all);
}

/** Answers `/status/N` with N and a body of three bytes. */
const answering: Handler = async ({ req, res }) => res.answer(Number(req.url.split('/').at(-1)), {}, 'abc');

async function measured(identity?: Identity<Exchange>) {
  const server = serverHistograms();
  const client = clientHistograms();
  let at = 0;
  // Each look at the clock is 20 ms after the one before.
  const now = () => {
    at += 20;
    return at;
  };
  const layers = [measureServer(server, now, identity), measureClient(client, now, { host: '127.0.0.1', port: 8080 })];
  const listener = await listen(compose(layers, answering), { port: 0, host: '127.0.0.1' });
  onCleanUp(() => listener.close(0));
  return { server, client, port: listener.port };
}

const common = { 'http.request.method': 'GET', 'url.scheme': 'http', 'network.protocol.name': 'http', 'network.protocol.version': '1.1' };

it('requests are measured by what was asked and what was answered; probes are not', async () => {
  const { server, client, port } = await measured();
  await ask(port, { path: '/200', headers: { host: 'a.example.com' } });
  await ask(port, { path: '/200', headers: { host: 'a.example.com' } });
  await ask(port, { path: '/503', headers: { host: 'a.example.com:8080' } });
  await ask(port, { path: '/200', headers: { host: 'a.example.com', 'k-network-probe': 'queue' } });
  const ok = { ...common, 'server.address': 'a.example.com', 'http.response.status_code': 200, 'kn.route.tag': 'kn:disabled' };
  const failed = { ...ok, 'server.port': 8080, 'http.response.status_code': 503 };
  const own = pointsOf(server);
  expect(own['http.server.request.duration']).toEqual([
    // The client's layer looks at the clock twice in between: 60 ms.
    { attributes: ok, count: 2, sum: expect.closeTo(0.12), buckets: ['0.075: 2'] },
    { attributes: failed, count: 1, sum: expect.closeTo(0.06), buckets: ['0.075: 1'] },
  ]);
  expect(own['http.server.request.body.size']?.map((p) => [p.count, p.sum, p.buckets])).toEqual([
    [2, 0, ['0: 2']],
    [1, 0, ['0: 1']],
  ]);
  expect(own['http.server.response.body.size']?.map((p) => [p.count, p.sum, p.buckets])).toEqual([
    [2, 6, ['5: 2']],
    [1, 3, ['5: 1']],
  ]);
  const upstream = { ...common, 'server.address': '127.0.0.1', 'server.port': 8080, 'http.response.status_code': 200 };
  // The probe went through to here: whoever lets one pass has no layer of this in its way.
  expect(pointsOf(client)['http.client.request.duration']?.[0]).toMatchObject({ attributes: upstream, count: 3 });
});

it('the route tag says how a request was routed', async () => {
  const { server, port } = await measured();
  for (const headers of [
    {},
    { 'knative-serving-default-route': 'true' },
    { 'knative-serving-tag': 'blue', 'knative-serving-default-route': 'true' },
    { 'knative-serving-tag': 'blue' },
  ] as Record<string, string>[])
    await ask(port, { path: '/200', headers });
  const tags = pointsOf(server)['http.server.request.duration']?.map((p) => p.attributes['kn.route.tag']);
  expect(tags).toEqual(['kn:disabled', 'kn:default', 'kn:undefined', 'blue']);
});

it('says whose requests they were, as found out on the way', async () => {
  const { server, port } = await measured({ key: () => 'ns/one', attributes: () => ({ 'kn.revision.name': 'one' }) });
  await ask(port, { path: '/200' });
  expect(pointsOf(server)['http.server.request.duration']?.[0]?.attributes).toMatchObject({ 'kn.revision.name': 'one' });
});

it('what clients make up does not grow without an end', async () => {
  const { server, port } = await measured();
  await ask(port, { path: '/200', method: 'SPY', headers: { host: 'h' } });
  const method = () => pointsOf(server)['http.server.request.duration']?.[0]?.attributes['http.request.method'];
  expect(method()).toBe('_OTHER');
  for (let i = 0; i < 3000; i++) server.record(`host ${i}`, () => ({ i }), [1, 0, 0]);
  const points = pointsOf(server)['http.server.request.duration'] ?? [];
  expect(points).toHaveLength(2001);
  expect(points.at(-1)).toMatchObject({ attributes: { 'otel.metric.overflow': true }, count: 1001 });
});

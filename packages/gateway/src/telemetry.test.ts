import { startMetrics } from '@ebb/shared/telemetry/metrics.ts';
import { linesOf } from '@ebb/shared/testing/exposition.ts';
import { freePort } from '@ebb/shared/testing/programs.ts';
import { metrics } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { type AccessLine, instruments } from './telemetry.ts';

const req = {
  method: 'GET',
  url: '/a?token=secret',
  authority: 'h',
  remoteAddress: '192.0.2.1',
  header: (name: string) => (name === 'user-agent' ? 'curl/8' : 'secret'),
};
const how = { status: 200, bytes: 5, ingress: 'ns/app', revision: 'app-00001', secure: true, req };

const logged = (share: number, draws: number[]) => {
  const lines: AccessLine[] = [];
  let at = 0;
  const random = () => draws.shift() ?? 0;
  const telemetry = instruments({
    meter: metrics.getMeter('test'),
    now: () => at,
    accessLog: { write: (line) => lines.push(line), share, random },
  });
  const done = telemetry.started('external');
  at = 12.3456;
  done(how);
  telemetry.started('local')({ ...how, status: undefined, ingress: undefined, revision: undefined, secure: false });
  return lines;
};

test('a line of the access log, without query and headers', () => {
  expect(logged(1, [])).toEqual([
    {
      listener: 'external https',
      method: 'GET',
      host: 'h',
      path: '/a',
      status: 200,
      durationMs: 12.346,
      bytes: 5,
      client: '192.0.2.1',
      userAgent: 'curl/8',
      ingress: 'ns/app',
      revision: 'app-00001',
    },
    expect.objectContaining({ listener: 'local http', status: 0, ingress: '', revision: '' }),
  ]);
});

test('a share of the requests is logged; none without a share', () => {
  expect(logged(0.5, [0.7, 0.3]).map((l) => l.listener)).toEqual(['local http']);
  expect(logged(0, [0, 0])).toEqual([]);
});

test('requests are counted by listener, status, route and revision, and while they last', async () => {
  const port = await freePort();
  const served = await startMetrics('test', port);
  try {
    const telemetry = instruments({ meter: served.meter, now: () => 0 });
    telemetry.started('external')(how);
    telemetry.started('external')({ ...how, status: 404, ingress: undefined, revision: undefined });
    telemetry.started('local');
    telemetry.refused('ns/app:80');
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    // What every series has in common says nothing here.
    expect(linesOf(text).filter((l) => /_count|active\{|refused/.test(l) && !l.startsWith('#'))).toEqual([
      'kn_gateway_request_duration_seconds_count{listener="external",status="2xx",k8s_namespace_name="ns",kn_route_name="app",kn_revision_name="app-00001"} 1',
      'kn_gateway_request_duration_seconds_count{listener="external",status="4xx"} 1',
      'kn_gateway_backend_refused_total{backend="ns/app:80"} 1',
      'kn_gateway_requests_active{listener="external"} 0',
      'kn_gateway_requests_active{listener="local"} 1',
    ]);
  } finally {
    await served.close();
  }
});

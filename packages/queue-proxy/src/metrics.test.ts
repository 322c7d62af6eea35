import { linesOf } from '@ebb/shared/testing/exposition.ts';
import { freePort } from '@ebb/shared/testing/programs.ts';
import { expect, it } from 'vitest';
import { startRequestMetrics } from './metrics.ts';

it('serves its instruments under the names that dashboards know', async () => {
  const port = await freePort();
  const metrics = await startRequestMetrics(port);
  try {
    metrics.invocation(0.03, 200);
    metrics.invocation(20, 200);
    metrics.invocation(0.001, 503);
    metrics.queueDepth(7);
    metrics.server.record('k', () => ({ 'http.request.method': 'GET' }), [0.03, 0, 6000]);
    metrics.client.record('k', () => ({ 'http.request.method': 'GET' }), [0.03, 7]);
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const scope = 'otel_scope_name="knative.dev/serving/pkg/queue"';
    expect(text).toContain(scope);
    const of = (status: number, le: string) =>
      `kn_serving_invocation_duration_seconds_bucket{http_response_status_code="${status}",le="${le}"}`;
    expect(linesOf(text)).toEqual(
      expect.arrayContaining([
        `${of(200, '0.025')} 0`,
        `${of(200, '0.05')} 1`,
        `${of(200, '10')} 1`,
        `${of(200, '+Inf')} 2`,
        `${of(503, '0.005')} 1`,
        'kn_serving_invocation_duration_seconds_sum{http_response_status_code="200"} 20.03',
        'kn_serving_queue_depth{} 7',
        'http_server_request_duration_seconds_bucket{http_request_method="GET",le="0.05"} 1',
        'http_server_response_body_size_bytes_bucket{http_request_method="GET",le="7500"} 1',
        'http_server_request_body_size_bytes_sum{http_request_method="GET"} 0',
        'http_client_request_duration_seconds_count{http_request_method="GET"} 1',
        'http_client_request_body_size_bytes_sum{http_request_method="GET"} 7',
      ]),
    );
  } finally {
    await metrics.close();
  }
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startMetrics } from '../telemetry/metrics.ts';
import { linesOf } from '../testing/exposition.ts';
import { WorkQueue } from './queue.ts';
import { queueMetrics } from './queue-metrics.ts';
import { requestMetrics } from './request-metrics.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The samples of a text of Prometheus, `name{labels}` → value; without buckets. */
const samples = (text: string): Record<string, number> =>
  Object.fromEntries(
    linesOf(text)
      .filter((line) => line !== '' && !line.startsWith('#') && !line.includes('_bucket{'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );

test('a queue tells what waits, what is being handled and since when, and what comes again', async () => {
  const { meter, text } = await startMetrics('test', 0);
  const queues = new Map<string, WorkQueue>();
  const metrics = queueMetrics(meter, queues);
  const open: (() => void)[] = [];
  const queue = new WorkQueue({
    workers: 2,
    handle: () => new Promise((resolve) => open.push(resolve)),
    waited: (s) => metrics.waited('q', s),
    retried: () => metrics.retried('q'),
  });
  queues.set('q', queue);
  for (const key of ['a', 'b', 'c']) {
    metrics.added('q');
    queue.add(key);
    await vi.advanceTimersByTimeAsync(1000);
  }
  // a is handled for 3 s, b for 2 s, c waits for 1 s.
  const before = samples(await text());
  expect(before).toMatchObject({
    'kn_workqueue_depth{name="q"}': 1,
    'kn_workqueue_unfinished_work_seconds{name="q"}': 5,
    'kn_workqueue_longest_running_processor_seconds{name="q"}': 3,
    'kn_workqueue_adds_total{name="q"}': 3,
    'kn_workqueue_queue_duration_seconds_sum{name="q"}': 0,
  });
  open.shift()?.();
  await vi.advanceTimersByTimeAsync(0);
  queue.addFailed('d');
  const after = samples(await text());
  expect(after).toMatchObject({
    'kn_workqueue_depth{name="q"}': 0,
    'kn_workqueue_unfinished_work_seconds{name="q"}': 2,
    'kn_workqueue_retries_total{name="q"}': 1,
    'kn_workqueue_queue_duration_seconds_count{name="q"}': 3,
    'kn_workqueue_queue_duration_seconds_sum{name="q"}': 1,
  });
});

test('requests to the API server are counted by their answers, and timed', async () => {
  const { meter, text } = await startMetrics('test', 0);
  const answered = requestMetrics(meter);
  answered({ method: 'GET', host: 'kube', status: 200, seconds: 0.25 });
  answered({ method: 'GET', host: 'kube', status: 404, seconds: 0.5 });
  const labels = 'http_request_method="GET",server_address="kube"';
  expect(samples(await text())).toMatchObject({
    [`http_client_request_duration_seconds_sum{${labels}}`]: 0.75,
    [`kn_k8s_client_http_response_status_code_total{${labels},http_response_status_code="200"}`]: 1,
    [`kn_k8s_client_http_response_status_code_total{${labels},http_response_status_code="404"}`]: 1,
  });
});

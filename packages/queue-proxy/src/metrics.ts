import { ports } from '@ebb/shared/api/ports.ts';
import { latency } from '@ebb/shared/telemetry/boundaries.ts';
import type { HttpHistograms } from '@ebb/shared/telemetry/http-metrics.ts';

/** User metrics for Prometheus (contract data-plane 1.11). */
export interface RequestMetrics {
  /** Seconds in the user container, and the response's status. */
  invocation(seconds: number, status: number): void;
  /** Executing and queued. */
  queueDepth(requests: number): void;
  /** As a server, and as a client of the user container. */
  server: HttpHistograms;
  client: HttpHistograms;
  close(): Promise<void>;
}

/** Serves user metrics on their port. Loads OpenTelemetry, which pods without metrics do without. */
export async function startRequestMetrics(port: number = ports.usermetric): Promise<RequestMetrics> {
  const { startMetrics } = await import('@ebb/shared/telemetry/metrics.ts');
  const { clientHistograms, serverHistograms } = await import('@ebb/shared/telemetry/http-metrics.ts');
  const { meter, add, close } = await startMetrics('queue-proxy', port);
  const [server, client] = [serverHistograms(), clientHistograms()];
  for (const histograms of [server, client]) add(histograms);
  const duration = meter.createHistogram('kn.serving.invocation.duration', { ...latency, description: 'Time in the user container' });
  const depth = meter.createGauge('kn.serving.queue.depth', { unit: '{request}', description: 'Requests executing and queued' });
  return {
    invocation: (seconds, status) => duration.record(seconds, { 'http.response.status_code': status }),
    queueDepth: (requests) => depth.record(requests),
    server,
    client,
    close,
  };
}

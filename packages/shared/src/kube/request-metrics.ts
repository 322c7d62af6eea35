import type { Meter } from '@opentelemetry/api';
import { latency } from '../telemetry/boundaries.ts';

/** An answer of the API server. */
export interface Answered {
  method: string;
  /** The host of the API server. */
  host: string;
  status: number;
  seconds: number;
}

/** The instruments of requests to the API server (contract data-plane 3.13, shared controllers); watches are not among them. */
export function requestMetrics(meter: Meter): (answered: Answered) => void {
  const duration = meter.createHistogram('http.client.request.duration', latency);
  const results = meter.createCounter('kn.k8s.client.http.response.status_code', { unit: '{item}' });
  return ({ method, host, status, seconds }) => {
    const attributes = { 'http.request.method': method, 'server.address': host };
    duration.record(seconds, attributes);
    results.add(1, { ...attributes, 'http.response.status_code': status });
  };
}

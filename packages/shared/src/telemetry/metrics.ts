import { createServer } from 'node:http';
import type { Meter } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, type MetricData } from '@opentelemetry/sdk-metrics';
import { mergeExpositions } from './exposition.ts';
import { withUnits } from './units.ts';

/** Whatever has metrics ready-made. */
interface Source {
  collect(): MetricData[];
}

export interface Metrics {
  meter: Meter;
  /** Adds what is not made by instruments of the meter. */
  add(source: Source): void;
  /** The metrics of this process as Prometheus text. */
  text(): Promise<string>;
  close(): Promise<void>;
}

/** Under which name a component's instruments are, where the contract has one (data-plane 1.11, 2.9, 3.13). */
const scopes: Record<string, string> = {
  activator: 'knative.dev/serving/pkg/activator',
  autoscaler: 'knative.dev/serving/pkg/autoscaler',
  'queue-proxy': 'knative.dev/serving/pkg/queue',
};

/**
 * Serves `GET /metrics` as Prometheus text on `port`; 0 switches serving off, instruments still work. `others`: the texts of
 * processes that belong to this one, to be told with its own.
 */
export async function startMetrics(service: string, port: number, others?: () => Promise<string[]>): Promise<Metrics> {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ resource: resourceFromAttributes({ 'service.name': service }), readers: [exporter] });
  const scope = scopes[service] ?? `ebb/${service}`;
  const meter = provider.getMeter(scope);
  const added: Source[] = [];
  const serializer = new PrometheusSerializer();
  const text = async () => {
    const { resourceMetrics } = await exporter.collect();
    const metrics = added.flatMap((source) => source.collect()).filter((m) => m.dataPoints.length > 0);
    const scopeMetrics = [...resourceMetrics.scopeMetrics, ...(metrics.length > 0 ? [{ scope: { name: scope }, metrics }] : [])];
    return serializer.serialize(withUnits({ ...resourceMetrics, scopeMetrics }));
  };
  const all = async () => (others ? mergeExpositions([await text(), ...(await others())]) : text());
  const server = createServer((req, res) => {
    if (req.method !== 'GET' || req.url !== '/metrics') {
      res.writeHead(404).end();
      return;
    }
    all().then(
      (body) => res.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(body),
      (error) => res.writeHead(500).end(String(error)),
    );
  });
  if (port !== 0) {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, resolve);
    });
  }
  return {
    meter,
    add: (source) => added.push(source),
    text,
    close: async () => {
      await provider.shutdown();
      if (port !== 0) await new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
    },
  };
}

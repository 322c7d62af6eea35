import { formatDuration } from '../lib/duration.ts';
import { type Reading, readRows, row } from './row.ts';

/** What a request log line is made of, where nothing else is said (contract data-plane, request log). */
const requestLog =
  '{"httpRequest": {"requestMethod": "{{.Request.Method}}", "requestUrl": "{{js .Request.RequestURI}}", "requestSize": "{{.Request.ContentLength}}", "status": {{.Response.Code}}, "responseSize": "{{.Response.Size}}", "userAgent": "{{js .Request.UserAgent}}", "remoteIp": "{{js .Request.RemoteAddr}}", "serverIp": "{{.Revision.PodIP}}", "referer": "{{js .Request.Referer}}", "latency": "{{.Response.Latency}}s", "protocol": "{{.Request.Proto}}"}, "traceId": "{{.TraceID}}"}';

/** config-observability (contract control-plane 6.5). Intervals are milliseconds; 0: the exporter's own. */
export const observabilityRows = {
  metricsProtocol: row.text(
    'metrics-protocol',
    'none',
    'How components send metrics: none, prometheus, grpc or http/protobuf. They can be scraped at port 9090 all the same.',
  ),
  metricsEndpoint: row.text('metrics-endpoint', '', 'Where metrics are sent.'),
  metricsExportIntervalMs: row.duration('metrics-export-interval', '0', 'How often metrics are sent.'),
  requestMetricsProtocol: row.text('request-metrics-protocol', 'none', 'How queue-proxies send metrics of requests: the same words.'),
  requestMetricsEndpoint: row.text('request-metrics-endpoint', '', 'Where queue-proxies send them.'),
  requestMetricsExportIntervalMs: row.duration('request-metrics-export-interval', '0', 'How often queue-proxies send them.'),
  tracingProtocol: row.text('tracing-protocol', 'none', 'How spans are sent: none, grpc, http/protobuf or stdout.'),
  tracingEndpoint: row.text('tracing-endpoint', '', 'Where spans are sent.'),
  tracingSamplingRate: row.float('tracing-sampling-rate', '0', 'The share of requests that is traced, 0 to 1.'),
  runtimeProfiling: row.text('runtime-profiling', 'disabled', 'Whether components offer profiles at port 8008: enabled or disabled.'),
  runtimeExportIntervalMs: row.duration('runtime-export-interval', '15s', 'How often metrics of the runtime are taken.'),
  enableVarLogCollection: row.bool('logging.enable-var-log-collection', 'false', 'Whether /var/log of user containers is collected.'),
  revisionUrlTemplate: row.text(
    'logging.revision-url-template',
    '',
    `Where the logs of a revision are, for its status; \${REVISION_UID} stands for its UID.`,
  ),
  requestLogTemplate: row.text('logging.request-log-template', requestLog, 'A line of the request log, as a Go template.'),
  enableRequestLog: row.bool('logging.enable-request-log', 'false', 'Whether queue-proxies log requests.'),
  enableProbeRequestLog: row.bool('logging.enable-probe-request-log', 'false', 'Whether they log probes as well.'),
};
export type ObservabilityConfig = Reading<typeof observabilityRows>;

const quoted = (text: string): string => JSON.stringify(text);

function boundInterval(ms: number): void {
  if (ms < 0) throw new Error(`export interval ${quoted(formatDuration(ms))} should be greater than zero`);
}

function boundMetrics(protocol: string, endpoint: string, intervalMs: number): void {
  if (!['none', 'prometheus', 'grpc', 'http/protobuf'].includes(protocol)) throw new Error(`unsupported protocol ${quoted(protocol)}`);
  if (protocol === 'none' && endpoint !== '') throw new Error(`endpoint should not be set when protocol is ${quoted(protocol)}`);
  if (['grpc', 'http/protobuf'].includes(protocol) && endpoint === '')
    throw new Error(`endpoint should be set when protocol is ${quoted(protocol)}`);
  boundInterval(intervalMs);
}

function boundTracing({ tracingProtocol: protocol, tracingEndpoint: endpoint, tracingSamplingRate: rate }: ObservabilityConfig): void {
  if (!['none', 'grpc', 'http/protobuf', 'stdout'].includes(protocol)) throw new Error(`unsupported protocol ${quoted(protocol)}`);
  if (['grpc', 'http/protobuf'].includes(protocol) && endpoint === '')
    throw new Error(`endpoint should be set for protocol ${quoted(protocol)}`);
  if (['none', 'stdout'].includes(protocol) && endpoint !== '') throw new Error("endpoint should not be set when protocol is 'none'");
  if (rate < 0) throw new Error(`sampling rate ${rate.toFixed(6)} should be greater or equal to zero`);
  if (rate > 1) throw new Error(`sampling rate ${rate.toFixed(6)} should be less than or equal to one`);
}

/** Parses and bounds config-observability; throws the contract's texts. */
export function parseObservability(data: Record<string, string>): ObservabilityConfig {
  const c = readRows(observabilityRows, data);
  boundTracing(c);
  boundMetrics(c.metricsProtocol, c.metricsEndpoint, c.metricsExportIntervalMs);
  if (!['enabled', 'disabled'].includes(c.runtimeProfiling)) throw new Error(`unsupported profile setting ${quoted(c.runtimeProfiling)}`);
  boundInterval(c.runtimeExportIntervalMs);
  boundMetrics(c.requestMetricsProtocol, c.requestMetricsEndpoint, c.requestMetricsExportIntervalMs);
  if (c.enableRequestLog && c.requestLogTemplate === '')
    throw new Error('"logging.enable-request-log" was set to true, but no "logging.request-log-template" was specified');
  const unclosed = c.requestLogTemplate.lastIndexOf('{{') > c.requestLogTemplate.lastIndexOf('}}');
  if (unclosed) throw new Error('template: requestLog:1: unclosed action');
  return c;
}

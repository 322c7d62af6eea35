import { parseDuration } from '../lib/duration.ts';
import { ParseError, type Reading, readRows, row } from './row.ts';

const orDisabled = (parse: (t: string) => number) => (t: string) => (t.toLowerCase() === 'disabled' ? undefined : parse(t));

/** config-gc (contract control-plane 6.5). undefined: disabled. */
export const gcRows = {
  retainSinceCreateMs: row.of(orDisabled(parseDuration))(
    'retain-since-create-time',
    '48h',
    'How long a revision is kept after its creation.',
  ),
  retainSinceLastActiveMs: row.of(orDisabled(parseDuration))(
    'retain-since-last-active-time',
    '15h',
    'How long a revision is kept after it was last routed to.',
  ),
  minNonActiveRevisions: row.int('min-non-active-revisions', '20', 'Non-active revisions always kept.'),
  maxNonActiveRevisions: row.of(orDisabled(Number))('max-non-active-revisions', '1000', 'Non-active revisions kept at most.'),
};
export type GCConfig = Reading<typeof gcRows>;

export function parseGC(data: Record<string, string>): GCConfig {
  const c = readRows(gcRows, data);
  if (c.minNonActiveRevisions < 0) throw new Error(`min-non-active-revisions must be non-negative, was: ${c.minNonActiveRevisions}`);
  if (c.maxNonActiveRevisions !== undefined && c.minNonActiveRevisions > c.maxNonActiveRevisions) {
    throw new Error(`min-non-active-revisions(${c.minNonActiveRevisions}) must be <= max-non-active-revisions(${c.maxNonActiveRevisions})`);
  }
  return c;
}

/** config-leader-election. */
export const leaderElectionRows = {
  leaseDurationMs: row.duration('lease-duration', '60s', 'How long a lease is good for without renewal.', ['leaseDuration']),
  renewDeadlineMs: row.duration('renew-deadline', '40s', 'How long a holder tries to renew before it gives up.', ['renewDeadline']),
  retryPeriodMs: row.duration('retry-period', '10s', 'How often a lease is looked at.', ['retryPeriod']),
  buckets: row.int('buckets', '1', 'Into how many parts the keys are split, 1 to 10.'),
};
export interface LeaderElectionConfig extends Reading<typeof leaderElectionRows> {
  /** `<component>.<queue>` → what its leases are called instead, from `map-lease-prefix.<component>.<queue>`. */
  prefixes: Record<string, string>;
}
const leasePrefix = 'map-lease-prefix.';

export function parseLeaderElection(data: Record<string, string>): LeaderElectionConfig {
  const c = readRows(leaderElectionRows, data);
  if (c.buckets < 1 || c.buckets > 10) throw new Error(`buckets: value must be between 1 <= ${c.buckets} <= 10`);
  const prefixes = Object.entries(data).filter(([key]) => key.startsWith(leasePrefix));
  return { ...c, prefixes: Object.fromEntries(prefixes.map(([key, value]) => [key.slice(leasePrefix.length), value])) };
}

const levels = ['debug', 'info', 'warn', 'error', 'dpanic', 'panic', 'fatal'] as const;

/** config-logging: the level of each component; info where nothing is said. */
export interface LoggingConfig {
  levels: Record<string, string>;
  zapConfig: string;
}

export function parseLogging(data: Record<string, string>): LoggingConfig {
  const out: Record<string, string> = {};
  for (const [key, value] of Object.entries(data)) {
    const component = /^loglevel\.(.+)$/.exec(key)?.[1];
    if (!component) continue;
    if (!levels.includes(value.toLowerCase() as (typeof levels)[number])) throw new Error(`invalid logging level: ${value}`);
    out[component] = value.toLowerCase();
  }
  return { levels: out, zapConfig: data['zap-logger-config'] ?? '' };
}

const protocol = (t: string): string => t;
const ratio = (t: string): number => {
  const n = Number(t);
  if (Number.isNaN(n)) throw new ParseError(`strconv.ParseFloat: parsing ${JSON.stringify(t)}: invalid syntax`);
  return n;
};

/** config-observability. */
export const observabilityRows = {
  metricsProtocol: row.of(protocol)('metrics-protocol', 'prometheus', 'none, prometheus, grpc or http/protobuf.'),
  metricsEndpoint: row.text('metrics-endpoint', '', 'Where metrics are sent; for prometheus where they are served.'),
  requestMetricsProtocol: row.of(protocol)('request-metrics-protocol', 'none', 'The same for queue-proxy.'),
  requestMetricsEndpoint: row.text('request-metrics-endpoint', '', 'The same for queue-proxy.'),
  tracingProtocol: row.of(protocol)('tracing-protocol', 'none', 'none, grpc, http/protobuf or stdout.'),
  tracingEndpoint: row.text('tracing-endpoint', '', 'Where spans are sent.'),
  tracingSamplingRate: row.of(ratio)('tracing-sampling-rate', '0', 'Share of requests traced, 0 to 1.'),
  runtimeProfiling: row.text('runtime-profiling', 'disabled', 'enabled or disabled.'),
  enableVarLogCollection: row.bool('logging.enable-var-log-collection', 'false', 'Whether /var/log is collected from user containers.'),
  revisionUrlTemplate: row.text('logging.revision-url-template', '', "Where a revision's logs are; ${REVISION_UID} is replaced."),
  requestLogTemplate: row.text('logging.request-log-template', '', 'Template of request log lines.'),
  enableRequestLog: row.bool('logging.enable-request-log', 'false', 'Whether queue-proxy logs requests.'),
  enableProbeRequestLog: row.bool('logging.enable-probe-request-log', 'false', 'Whether it logs probes too.'),
};
export type ObservabilityConfig = Reading<typeof observabilityRows>;

export function parseObservability(data: Record<string, string>): ObservabilityConfig {
  const c = readRows(observabilityRows, data);
  for (const [p, endpoint] of [
    [c.metricsProtocol, c.metricsEndpoint],
    [c.requestMetricsProtocol, c.requestMetricsEndpoint],
  ] as const) {
    if (!['none', 'prometheus', 'grpc', 'http/protobuf'].includes(p)) throw new Error(`unsupported protocol ${JSON.stringify(p)}`);
    if ((p === 'grpc' || p === 'http/protobuf') && endpoint === '')
      throw new Error(`endpoint should be set when protocol is ${JSON.stringify(p)}`);
    if (p === 'none' && endpoint !== '') throw new Error(`endpoint should not be set when protocol is ${JSON.stringify(p)}`);
  }
  if (!['none', 'grpc', 'http/protobuf', 'stdout'].includes(c.tracingProtocol))
    throw new Error(`unsupported protocol ${JSON.stringify(c.tracingProtocol)}`);
  if (['grpc', 'http/protobuf'].includes(c.tracingProtocol) && c.tracingEndpoint === '')
    throw new Error(`endpoint should be set for protocol ${JSON.stringify(c.tracingProtocol)}`);
  if (['none', 'stdout'].includes(c.tracingProtocol) && c.tracingEndpoint !== '')
    throw new Error("endpoint should not be set when protocol is 'none'");
  if (c.tracingSamplingRate < 0) throw new Error(`sampling rate ${c.tracingSamplingRate.toFixed(6)} should be greater or equal to zero`);
  if (c.tracingSamplingRate > 1) throw new Error(`sampling rate ${c.tracingSamplingRate.toFixed(6)} should be less than or equal to one`);
  if (!['enabled', 'disabled'].includes(c.runtimeProfiling))
    throw new Error(`unsupported profile setting ${JSON.stringify(c.runtimeProfiling)}`);
  if (c.enableRequestLog && c.requestLogTemplate === '')
    throw new Error('"logging.enable-request-log" was set to true, but no "logging.request-log-template" was specified');
  return c;
}

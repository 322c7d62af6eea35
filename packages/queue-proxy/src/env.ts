import type { TraceSettings } from '@ebb/shared/telemetry/trace.ts';
import { parseProbes, type UserProbe } from './probe/parse.ts';

/** What the controller tells queue-proxy (contract data-plane 1.1). Times in milliseconds. */
export interface QueueEnv {
  servingPort: number;
  /** Served where the pod has a certificate. */
  servingTlsPort: number;
  userPort: number;
  /** 0 is no limit. */
  containerConcurrency: number;
  timeoutMs: number;
  /** 0 is off, for this and the next. */
  responseStartTimeoutMs: number;
  idleTimeoutMs: number;
  /** Empty: always ready. */
  probes: UserProbe[];
  /** Whether HTTP probes are tried over HTTP/2 first. */
  detectHttp2: boolean;
  pod: string;
  podIP: string;
  namespace: string;
  service: string;
  configuration: string;
  revision: string;
  logLevel: string;
  /** Whether user metrics are served for Prometheus. */
  requestMetrics: boolean;
  /** The template of the request log; '' is none. */
  requestLogTemplate: string;
  /** Whether it has probes as well. */
  logProbes: boolean;
  tracing: TraceSettings;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Reads the environment; an error names the variable, its value and what would be right. */
export function readEnv(env: Env): QueueEnv {
  const required = (name: string): string => {
    const value = env[name];
    if (value === undefined) throw new Error(`${name} is not set, and is required`);
    return value;
  };
  const whole = (name: string, value: string, most: number): number => {
    const n = Number(value);
    if (value.trim() === '' || !Number.isInteger(n) || n < 0 || n > most)
      throw new Error(`${name} is ${JSON.stringify(value)}; a whole number from 0 to ${most} would be right`);
    return n;
  };
  const number = (name: string, most = 2 ** 31 - 1) => whole(name, required(name), most);
  const optional = (name: string) => whole(name, env[name] || '0', 2 ** 31 - 1);
  required('SERVING_LOGGING_CONFIG');
  return {
    servingPort: number('QUEUE_SERVING_PORT', 65535),
    servingTlsPort: number('QUEUE_SERVING_TLS_PORT', 65535),
    userPort: number('USER_PORT', 65535),
    containerConcurrency: number('CONTAINER_CONCURRENCY'),
    timeoutMs: number('REVISION_TIMEOUT_SECONDS') * 1000,
    responseStartTimeoutMs: optional('REVISION_RESPONSE_START_TIMEOUT_SECONDS') * 1000,
    idleTimeoutMs: optional('REVISION_IDLE_TIMEOUT_SECONDS') * 1000,
    probes: parseProbes('SERVING_READINESS_PROBE', env.SERVING_READINESS_PROBE ?? ''),
    detectHttp2: env.ENABLE_HTTP2_AUTO_DETECTION === 'true',
    pod: required('SERVING_POD'),
    podIP: required('SERVING_POD_IP'),
    namespace: required('SERVING_NAMESPACE'),
    service: env.SERVING_SERVICE ?? '',
    configuration: required('SERVING_CONFIGURATION'),
    revision: required('SERVING_REVISION'),
    logLevel: required('SERVING_LOGGING_LEVEL'),
    ...observability(env.OBSERVABILITY_CONFIG ?? ''),
  };
}

/** What is read of OBSERVABILITY_CONFIG, by the names it has there. */
interface ObservabilityConfig {
  tracing?: Partial<TraceSettings>;
  requestMetrics?: { protocol?: string };
  enableRequestLog?: boolean;
  requestLogTemplate?: string;
  enableProbeRequestLog?: boolean;
}

function observability(json: string): Pick<QueueEnv, 'requestMetrics' | 'requestLogTemplate' | 'logProbes' | 'tracing'> {
  let config: ObservabilityConfig;
  try {
    config = json === '' ? {} : (JSON.parse(json) as ObservabilityConfig);
  } catch (error) {
    throw new Error(`OBSERVABILITY_CONFIG is not JSON (${(error as Error).message}); an object would be right`);
  }
  return {
    requestMetrics: config.requestMetrics?.protocol === 'prometheus',
    requestLogTemplate: config.enableRequestLog ? (config.requestLogTemplate ?? '') : '',
    tracing: { protocol: 'none', endpoint: '', samplingRate: 0, ...config.tracing },
    logProbes: config.enableProbeRequestLog ?? false,
  };
}

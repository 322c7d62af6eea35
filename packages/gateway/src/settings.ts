import { ports } from '@ebb/shared/api/ports.ts';
import { portFromEnv } from '@ebb/shared/telemetry/env.ts';
import type { Ports } from './handler/listeners.ts';

/** What only the gateway reads from its environment. */
export interface Settings {
  ports: Ports;
  probesPort: number;
  /** Still serves for so long after SIGTERM: until everybody has heard that the pod is leaving. */
  drainMs: number;
  /** Then waits so long for what is under way before it cuts. */
  graceMs: number;
  /** The share of requests in the access log, 0 to 1. */
  accessLogShare: number;
  /** Whether X-Forwarded-* of clients outside is believed. */
  trustForwarded: boolean;
  /** Connections outside begin with the client's address (PROXY protocol, version 1 or 2). */
  proxyProtocol: boolean;
  /** Connections of one client address at a time, by each worker; 0: no limit. */
  maxConnectionsPerClient: number;
  /** Largest request head. */
  maxHeaderBytes: number;
  /** Requests under way on one HTTP/2 connection. */
  maxConcurrentStreams: number;
  /** Processes that serve; 1: this one, without others. */
  workers: number;
}

function number(name: string, fallback: number, [least, most]: [number, number], what: string): number {
  const text = process.env[name] || String(fallback);
  const value = Number(text);
  if (!(value >= least && value <= most)) throw new Error(`${name} is ${JSON.stringify(text)}; ${what} would be right`);
  return value;
}

const seconds = (name: string, fallback: number): number => number(name, fallback, [0, 86_400], 'seconds from 0 to 86400') * 1000;
const whole = (name: string, fallback: number, least: number, most: number): number =>
  Math.floor(number(name, fallback, [least, most], `a number from ${least} to ${most}`));

function yes(name: string, fallback: boolean): boolean {
  const text = process.env[name] || String(fallback);
  if (text !== 'true' && text !== 'false') throw new Error(`${name} is ${JSON.stringify(text)}; true or false would be right`);
  return text === 'true';
}

/** Reads them; an error names the variable, its value and what would be right. */
export function readSettings(): Settings {
  return {
    ports: {
      http: portFromEnv('GATEWAY_HTTP_PORT', ports.gatewayHttp),
      localHttp: portFromEnv('GATEWAY_LOCAL_HTTP_PORT', ports.gatewayLocalHttp),
      https: portFromEnv('GATEWAY_HTTPS_PORT', ports.gatewayHttps),
      localHttps: portFromEnv('GATEWAY_LOCAL_HTTPS_PORT', ports.gatewayLocalHttps),
    },
    probesPort: portFromEnv('PROBES_PORT', ports.gatewayProbes),
    drainMs: seconds('DRAIN_SECONDS', 10),
    graceMs: seconds('DRAIN_GRACE_SECONDS', 300),
    accessLogShare: number('ACCESS_LOG_SHARE', 0, [0, 1], 'a share from 0 to 1'),
    trustForwarded: yes('TRUST_FORWARDED_HEADERS', true),
    proxyProtocol: yes('PROXY_PROTOCOL', false),
    maxConnectionsPerClient: whole('MAX_CONNECTIONS_PER_CLIENT', 0, 0, 1e6),
    maxHeaderBytes: whole('MAX_HEADER_BYTES', 16 * 1024, 1024, 1024 * 1024),
    maxConcurrentStreams: whole('MAX_CONCURRENT_STREAMS', 250, 1, 10_000),
    workers: whole('WORKERS', 1, 1, 256),
  };
}

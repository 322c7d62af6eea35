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
}

const seconds = (name: string, fallback: number): number => {
  const text = process.env[name] || String(fallback);
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`${name} is ${JSON.stringify(text)}; seconds from 0 on would be right`);
  return value * 1000;
};

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
  };
}

import { ports } from '@ebb/shared/api/ports.ts';
import { serviceHost } from '@ebb/shared/api/system.ts';
import { parseDuration } from '@ebb/shared/lib/duration.ts';
import { type CommonEnv, commonEnv, portFromEnv } from '@ebb/shared/telemetry/env.ts';

/** What an activator reads from its environment (contract data-plane 2.1). Times in ms. */
export interface ActivatorEnv extends CommonEnv {
  http1Port: number;
  h2cPort: number;
  /** 0 is off: pods are found by the API alone. */
  announcementsPort: number;
  /** host:port of the autoscaler's stats receiver. */
  autoscaler: string;
  probeTimeoutMs: number;
  probeFrequencyMs: number;
  /** How long it serves on after SIGTERM, until the endpoints have followed everywhere. */
  drainDelayMs: number;
}

function duration(name: string, fallback: string): number {
  const text = process.env[name] || fallback;
  try {
    const ms = parseDuration(text);
    if (ms >= 0) return ms;
  } catch {}
  throw new Error(`${name} is ${JSON.stringify(text)}; a duration like ${fallback} would be right`);
}

export function activatorEnv(): ActivatorEnv {
  const common = commonEnv();
  return {
    ...common,
    http1Port: portFromEnv('HTTP1_PORT', ports.http1),
    h2cPort: portFromEnv('H2C_PORT', ports.h2c),
    announcementsPort: portFromEnv('ANNOUNCEMENTS_PORT', ports.announcements),
    autoscaler: process.env.AUTOSCALER || `${serviceHost('autoscaler', common.systemNamespace, common.clusterDomain)}:${ports.autoscaler}`,
    probeTimeoutMs: duration('PROBE_TIMEOUT', '300ms'),
    probeFrequencyMs: duration('PROBE_FREQUENCY', '200ms'),
    drainDelayMs: duration('DRAIN_DELAY', '45s'),
  };
}

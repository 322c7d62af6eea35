import type { SecureVersion } from 'node:tls';
import { ports } from '@ebb/shared/api/ports.ts';
import { portFromEnv } from '@ebb/shared/telemetry/env.ts';

/** What the webhook reads from its environment besides the common part (contract control-plane 4.1, 8.2). */
export interface WebhookEnv {
  /** The Service that leads here. */
  service: string;
  port: number;
  minVersion: SecureVersion;
  maxVersion: SecureVersion;
  /** How long it keeps serving after it stopped being ready: until nobody sends it anything any more. */
  drainMs: number;
  /** Whether the system namespace owns the registration. */
  namespaceOwns: boolean;
}

const versions: Record<string, SecureVersion> = { '1.2': 'TLSv1.2', '1.3': 'TLSv1.3' };

function version(name: string): SecureVersion {
  const text = process.env[name] || '1.3';
  const found = versions[text];
  if (!found) throw new Error(`${name} is ${JSON.stringify(text)}; 1.2 or 1.3 would be right`);
  return found;
}

export function webhookEnv(): WebhookEnv {
  const seconds = process.env.DRAIN_SECONDS || '10';
  if (!/^\d+$/.test(seconds) || Number(seconds) > 300)
    throw new Error(`DRAIN_SECONDS is ${JSON.stringify(seconds)}; whole seconds from 0 to 300 would be right`);
  return {
    service: process.env.WEBHOOK_NAME || 'webhook',
    port: portFromEnv('WEBHOOK_PORT', ports.webhook),
    minVersion: version('WEBHOOK_TLS_MIN_VERSION'),
    maxVersion: version('WEBHOOK_TLS_MAX_VERSION'),
    drainMs: Number(seconds) * 1000,
    namespaceOwns: !process.env.WEBHOOK_DISABLE_NAMESPACE_OWNERSHIP,
  };
}

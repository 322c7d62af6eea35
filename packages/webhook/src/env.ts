import type { SecureContextOptions } from 'node:tls';
import { ports } from '@ebb/shared/api/ports.ts';
import { tlsSettings } from '@ebb/shared/lib/tls-settings.ts';
import { portFromEnv } from '@ebb/shared/telemetry/env.ts';

/** What the webhook reads from its environment besides the common part (contract control-plane 4.1, 8.2). */
export interface WebhookEnv {
  /** The Service that leads here. */
  service: string;
  port: number;
  /** From WEBHOOK_TLS_MIN_VERSION, _MAX_VERSION, _CIPHER_SUITES and _CURVE_PREFERENCES. */
  tls: SecureContextOptions;
  /** How long it keeps serving after it stopped being ready: until nobody sends it anything any more. */
  drainMs: number;
  /** Whether the system namespace owns the registration. */
  namespaceOwns: boolean;
}

export function webhookEnv(): WebhookEnv {
  const seconds = process.env.DRAIN_SECONDS || '10';
  if (!/^\d+$/.test(seconds) || Number(seconds) > 300)
    throw new Error(`DRAIN_SECONDS is ${JSON.stringify(seconds)}; whole seconds from 0 to 300 would be right`);
  return {
    service: process.env.WEBHOOK_NAME || 'webhook',
    port: portFromEnv('WEBHOOK_PORT', ports.webhook),
    tls: tlsSettings(process.env, 'WEBHOOK_'),
    drainMs: Number(seconds) * 1000,
    namespaceOwns: !process.env.WEBHOOK_DISABLE_NAMESPACE_OWNERSHIP,
  };
}

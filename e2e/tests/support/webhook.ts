import { builtin, type Secret } from '@ebb/shared/api/builtin.ts';
import { readCerts, secretName } from '../../../packages/webhook/src/certs/check.ts';
import { dnsNames } from '../../../packages/webhook/src/certs/issue.ts';
import { registrations } from '../../../packages/webhook/src/registration/desired.ts';
import { kube, system } from './cluster.ts';
import { explain } from './explain.ts';
import { until } from './until.ts';

export const webhookNames = dnsNames('webhook', system, 'cluster.local');
export const base64 = (text: string): string => Buffer.from(text).toString('base64');
export const webhookSecret = (): Promise<Secret> => kube.get(builtin.Secret, system, secretName);

/** Waits until the webhook's secret is good, the API server is told its CA everywhere, and what to ask the webhook about. */
export async function registered(): Promise<void> {
  const look = async () => {
    const { certs, why } = readCerts(await webhookSecret(), webhookNames, Date.now());
    if (!certs) throw new Error(`${secretName}: ${why}`);
    for (const { kind, name } of registrations) {
      const entry = (await kube.get(builtin[kind], '', name)).webhooks?.find((w) => w.name === name);
      if (entry?.clientConfig.caBundle !== base64(certs.ca)) throw new Error(`${name} has another CA than ${secretName}`);
      // The leader's part: after a webhook that could not give its lease back, that is when the lease has run out.
      if (!entry.rules?.length) throw new Error(`${name} has no rules`);
    }
  };
  await until('the webhook is registered', look, { timeoutMs: 240_000, explain: () => explain(system) });
}

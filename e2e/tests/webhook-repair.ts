import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { expect } from 'vitest';
import { certsToData, readCerts, secretKeys, secretName } from '../../packages/webhook/src/certs/check.ts';
import { issue, validForMs } from '../../packages/webhook/src/certs/issue.ts';
import { registrations } from '../../packages/webhook/src/registration/desired.ts';
import { applying } from './support/applies.ts';
import { kube, kubectl, system } from './support/cluster.ts';
import { componentPods, recovered } from './support/components.ts';
import { ready } from './support/services.ts';
import { story } from './support/story.ts';
import { until } from './support/until.ts';
import { base64, registered, webhookNames, webhookSecret } from './support/webhook.ts';

const { namespace, step, apply } = story(import.meta.url);
const lease = 'webhook.webhookcertificates.00-of-01';

const spoil = async (data: Record<string, string>): Promise<void> => {
  const found = await webhookSecret();
  await kube.update(builtin.Secret, { ...found, data: { ...found.data, ...data } });
};

/** Puts a CA into all registrations. */
async function believe(ca: string): Promise<void> {
  const value = [{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: base64(ca) }];
  for (const { kind, name } of registrations) await kube.patch(builtin[kind], '', name, 'json', value);
}

/** Who leads may be a pod that was killed a moment ago: its lease has to run out first. */
async function leader(): Promise<string> {
  const holder = (await kube.get(builtin.Lease, system, lease)).spec?.holderIdentity?.split('_')[0];
  const pod = (await componentPods('webhook')).find((p) => p.metadata.name === holder);
  if (!pod) throw new Error(`no pod holds the lease ${lease}, only ${holder}`);
  return pod.metadata.name;
}

async function killLeader(): Promise<void> {
  await kubectl(['delete', 'pod', await leader(), '-n', system, '--grace-period=0', '--force']);
}

const damages: [what: string, damage: () => Promise<void>][] = [
  ['the secret is deleted', () => kube.delete(builtin.Secret, system, secretName)],
  ['the key is corrupted', () => spoil({ [secretKeys.key]: base64('no key') })],
  ['the certificate is gone', () => spoil({ [secretKeys.cert]: '' })],
  ['the certificate has expired', async () => spoil(certsToData(await issue(webhookNames, Date.now() - validForMs - 3600_000)))],
  ['the certificate ends in an hour', async () => spoil(certsToData(await issue(webhookNames, Date.now() - validForMs + 3600_000)))],
  ['the CA of the registrations is emptied', () => believe('')],
  ['the registrations have the CA of somebody else', async () => believe((await issue(webhookNames, Date.now())).ca)],
  ['one of two replicas is killed, the leader', killLeader],
  [
    'the leader is killed and the CA emptied',
    async () => {
      await killLeader();
      await believe('');
    },
  ],
];

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

step('the webhook is whole and a Service is there', async () => {
  await recovered('webhook', { settled: true });
  await registered();
  await apply('hello');
  await ready(namespace, 'hello', 'hello-00001');
});

for (const [what, damage] of damages) {
  step(`${what}: every apply succeeds in the end`, async () => {
    const stream = applying(namespace, 'hello', 250, 90_000);
    try {
      await until('applies go through', async () => expect(stream.applies.done).toBeGreaterThan(3));
      await until('a replica leads', leader, { timeoutMs: 90_000 });
      const started = performance.now();
      await damage();
      // What an admission needs is asked of new connections: those that are open would hide a bad certificate.
      await registered();
      const repaired = performance.now() - started;
      const before = stream.applies.done;
      await until('applies go through', async () => expect(stream.applies.done).toBeGreaterThan(before + 8));
      const { done, refused, lost } = await stream.stop();
      const late = refused.filter(({ at }) => at >= started);
      const back = late.length ? Math.max(...late.map(({ at }) => at)) - started : 0;
      console.log(
        `${what}: whole after ${seconds(repaired)}; ${late.length} attempts of ${done} applies refused, the last after ${seconds(back)}`,
        [...new Set(late.map(({ error }) => error.replace(/"https:.*?": /, '')))],
      );
      expect(lost).toEqual([]);
    } finally {
      await stream.stop();
    }
    await recovered('webhook', { settled: true });
  });
}

step('the secret is a good one for a week, and the Service is as it was applied last', async () => {
  const { expiresAt = 0 } = readCerts(await webhookSecret(), webhookNames, Date.now());
  expect(expiresAt - Date.now()).toBeGreaterThan(validForMs / 2);
  const { metadata } = await kube.get(kinds.Service, namespace, 'hello');
  expect(Number(metadata.annotations?.['example.com/applied'])).toBeGreaterThan(3);
});

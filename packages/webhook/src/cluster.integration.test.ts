import { builtin, type Secret } from '@ebb/shared/api/builtin.ts';
import type { Kind } from '@ebb/shared/api/meta.ts';
import { isNotFound } from '@ebb/shared/kube/client.ts';
import { connectKube } from '@ebb/shared/kube/connect.ts';
import { createInformers } from '@ebb/shared/kube/informers.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { startKube, type TestKube } from '@ebb/shared/testing/kube.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pemBlocks, readCerts, renewBeforeMs, secretName } from './certs/check.ts';
import { type Certs, dnsNames, validForMs } from './certs/issue.ts';
import { keepCerts } from './certs/keeper.ts';
import { type Configuration, registrations } from './registration/desired.ts';
import { createRegistrar } from './registration/register.ts';

const log = createLogger('test', 'silent');
const namespace = 'default';
const names = dnsNames('webhook', namespace, 'cluster.local');
let kube: TestKube;
beforeAll(async () => {
  kube = await startKube();
});
afterAll(() => kube?.stop());

const secret = (): Promise<Secret> => kube.client.get(builtin.Secret, namespace, secretName);
const remove = () =>
  kube.client.delete(builtin.Secret, namespace, secretName).catch((error) => {
    if (!isNotFound(error)) throw error;
  });

let replicas = 0;
/** A replica that keeps certificates. Its clock is what the test says. */
async function keeper(clock = { now: () => Date.now() }) {
  const client = connectKube(kube.kubeconfig);
  const informers = createInformers(client, log);
  const secrets = informers.informer(builtin.Secret, { namespace, fieldSelector: `metadata.name=${secretName}` });
  await informers.start();
  const told: Certs[] = [];
  const keeping = keepCerts({
    client,
    secrets,
    namespace,
    names,
    replica: `webhook-${replicas++}`,
    clock,
    log,
    changed: (certs) => told.push(certs),
  });
  return { ...keeping, told, stop: () => keeping.stop().then(() => informers.stop()) };
}

describe('the secret', () => {
  test('is filled once by replicas that start together, and all have the same', async () => {
    await remove();
    await kube.client.create(builtin.Secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name: secretName, namespace } });
    const three = await Promise.all([keeper(), keeper(), keeper()]);
    const [first, ...others] = await Promise.all(three.map((k) => k.ensure()));
    expect(others).toEqual([first, first]);
    expect(readCerts(await secret(), names, Date.now()).certs).toEqual(first);
    await Promise.all(three.map((k) => k.stop()));
  });

  test('is repaired when it is spoilt or deleted; clients of the earlier CA are thought of', async () => {
    await remove();
    const two = await Promise.all([keeper(), keeper()]);
    const first = await two[0].ensure();
    await two[1].ensure();
    const spoil = await secret();
    await kube.client.update(builtin.Secret, { ...spoil, data: { ...spoil.data, 'server-key.pem': '' } });
    const second = await until(() => two.map((k) => k.told[1] ?? expect.fail('not told')).at(1) as Certs);
    expect(second.cert).not.toBe(first.cert);
    expect(pemBlocks(second.ca)[1]).toBe(pemBlocks(first.ca)[0]);
    await remove();
    const third = await until(() => two[1].told.find((c) => c.cert !== first.cert && c.cert !== second.cert) ?? expect.fail('not told'));
    expect(pemBlocks(third.ca)).toHaveLength(2);
    await until(async () => expect(readCerts(await secret(), names, Date.now()).certs).toBeDefined());
    await Promise.all(two.map((k) => k.stop()));
  });

  test('is renewed a day before its certificate ends', async () => {
    await remove();
    let now = Date.now();
    const one = await keeper({ now: () => now });
    const first = await one.ensure();
    now += validForMs - renewBeforeMs - 60_000;
    expect(await one.ensure()).toEqual(first);
    now += 120_000;
    const second = await one.ensure();
    expect(second.cert).not.toBe(first.cert);
    expect(readCerts(await secret(), names, now).certs).toEqual(second);
    await one.stop();
  });
});

describe('the registration', () => {
  const kindOf = (r: (typeof registrations)[number]) => builtin[r.kind] as unknown as Kind<Configuration>;
  const live = () => Promise.all(registrations.map((r) => kube.client.get(kindOf(r), '', r.name)));
  const install = async () => {
    for (const r of registrations) {
      const clientConfig = { service: { name: 'webhook', namespace } };
      const entry = { name: r.name, admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Ignore', clientConfig };
      const shell = {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: r.kind,
        metadata: { name: r.name, namespace: '' },
        webhooks: [entry],
      };
      await kube.client.create(kindOf(r), shell as unknown as Configuration);
    }
  };
  const uninstall = () => Promise.all(registrations.map((r) => kube.client.delete(kindOf(r), '', r.name)));

  async function registrar(state: { ca?: string; leading: boolean }) {
    const client = connectKube(kube.kubeconfig);
    const informers = createInformers(client, log);
    const address = () => (state.ca === undefined ? undefined : { service: 'webhook', namespace, ca: state.ca });
    const made = createRegistrar({ client, informers, log, address, leading: () => state.leading });
    await informers.start();
    return { ...made, stop: () => made.stop().then(() => informers.stop()) };
  }

  test('has its rules from the leader alone, as soon as it is installed, and comes to rest', async () => {
    const state = { ca: 'CA', leading: false };
    const one = await registrar(state);
    const two = await registrar({ ca: 'CA', leading: false });
    await install();
    await until(() => one.believes('CA') || expect.fail('not yet'));
    expect((await live()).map((w) => w.webhooks?.[0]?.rules)).toEqual([undefined, undefined, undefined]);
    state.leading = true;
    one.sync();
    await until(async () => expect((await live())[2]?.webhooks?.[0]?.rules).toHaveLength(1));
    await until(() => one.believes('CA') || expect.fail('not yet'));
    const written = await live();
    expect(written.map((w) => w.webhooks?.[0]?.rules?.length)).toEqual([10, 10, 1]);
    one.sync();
    two.sync();
    await Promise.all([one.stop(), two.stop()]);
    expect((await live()).map((w) => w.metadata.resourceVersion)).toEqual(written.map((w) => w.metadata.resourceVersion));
    await uninstall();
  });

  test('is restored when somebody empties it, and follows the CA', async () => {
    const state = { ca: 'CA', leading: true };
    await install();
    const one = await registrar(state);
    await until(() => one.believes('CA') || expect.fail('not yet'));
    const [first, r] = [(await live())[0], registrations[0]];
    if (!first || !r) throw new Error('nothing installed');
    await kube.client.patch(kindOf(r), '', r.name, 'json', [{ op: 'replace', path: '/webhooks/0/rules', value: [] }]);
    await until(async () => expect((await live())[0]?.webhooks?.[0]?.rules).toHaveLength(10));
    state.ca = 'next';
    expect(one.believes('next')).toBe(false);
    one.sync();
    await until(() => one.believes('next') || expect.fail('not yet'));
    await one.stop();
    await uninstall();
  });
});

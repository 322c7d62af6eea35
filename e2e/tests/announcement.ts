import { builtin } from '@ebb/shared/api/builtin.ts';
import { afterAll, expect } from 'vitest';
import { type Announcer, announcer } from './support/announce.ts';
import { kube, kubectl, system } from './support/cluster.ts';
import { componentPods } from './support/components.ts';
import { explain } from './support/explain.ts';
import { ask, steadily } from './support/requests.ts';
import { pods, podsOf, ready } from './support/services.ts';
import { story } from './support/story.ts';
import { until } from './support/until.ts';

const { namespace, step, apply } = story(import.meta.url);
const host = `hello.${namespace}.localhost`;
const revision = 'hello-00001';

interface Line {
  msg?: string;
  revision?: string;
  ms?: Record<string, number>;
}

/** The cold starts of the revision, as the activators have logged them. */
async function coldStarts(): Promise<Record<string, number>[]> {
  const logs = await kubectl(['logs', '-n', system, '-l', 'app=activator', '--tail=-1']);
  const lines = logs.split('\n').flatMap((line): Line[] => (line.startsWith('{') ? [JSON.parse(line)] : []));
  return lines.filter((l) => l.msg === 'cold start finished' && l.revision === `${namespace}/${revision}`).map(({ ms = {} }) => ms);
}

async function atZero(): Promise<void> {
  const look = async () => {
    const deployment = await kube.get(builtin.Deployment, namespace, `${revision}-deployment`);
    expect(deployment.spec?.replicas).toBe(0);
  };
  await until('the Deployment has no replica', look, { timeoutMs: 120_000, explain: () => explain(namespace) });
  await pods(namespace, 'hello', 0);
}

const answered = async (): Promise<void> => {
  const answer = await ask(host);
  expect(answer, JSON.stringify(answer)).toMatchObject({ status: 200, body: expect.stringMatching(/^Hello Ebb!\s*$/) });
};

const tokenOf = async (pod: string, audience = 'ebb'): Promise<string> => {
  const bound = ['--bound-object-kind=Pod', `--bound-object-name=${pod}`];
  return (await kubectl(['create', 'token', 'default', '-n', namespace, `--audience=${audience}`, ...bound])).trim();
};

let activators: Announcer[] = [];
afterAll(() => activators.forEach((a) => void a.close()));

step('queue-proxy has a token to announce itself with, and nothing else is different about its pod', async () => {
  await apply('hello');
  await ready(namespace, 'hello', revision);
  const [pod] = await podsOf(namespace, 'hello');
  const sources = pod?.spec?.volumes?.find((v) => v.name === 'knative-token-volume')?.projected?.sources;
  expect(sources).toEqual([{ serviceAccountToken: { audience: 'ebb', expirationSeconds: 3600, path: 'ebb' } }]);
  const mounts = (pod?.spec?.containers ?? []).map((c) => [
    c.name,
    c.volumeMounts?.some((m) => m.name === 'knative-token-volume') ?? false,
  ]);
  expect(mounts).toEqual([
    ['user-container', false],
    ['queue-proxy', true],
  ]);
});

step('a cold start is over before the API shows where the pod is, and tells where its time went', async () => {
  // The kubelet may look at its pods the moment one starts: then the API is as fast, once in a while.
  for (let tries = 1; ; tries++) {
    await atZero();
    await answered();
    const [...all] = await until('the cold start is logged', async () => {
      const found = await coldStarts();
      expect(found.length).toBeGreaterThanOrEqual(tries);
      return found;
    });
    const { announced = Number.POSITIVE_INFINITY, addressed = Number.POSITIVE_INFINITY, ...ms } = all.at(-1) ?? {};
    if (addressed < announced && tries < 4) continue;
    expect(announced).toBeLessThan(addressed);
    for (const phase of ['held', 'poked', 'scaled', 'created', 'started', 'ready', 'probed', 'firstByte'])
      expect(ms[phase], phase).toBeGreaterThanOrEqual(0);
    expect(ms.probed).toBeLessThanOrEqual(ms.firstByte ?? -1);
    return;
  }
});

step('a false announcement is refused: bad token, wrong revision, foreign address', async () => {
  await apply('impostor');
  activators = await Promise.all(
    (await componentPods('activator')).filter((p) => !p.metadata.deletionTimestamp).map((p) => announcer(p.metadata.name)),
  );
  const [activator] = activators as [Announcer];
  // Requests keep the pod. A cold start ends before the API shows the address of its pod.
  const load = steadily(host, 500);
  try {
    await refusals(activator);
  } finally {
    await load.stop();
  }
});

async function refusals(activator: Announcer): Promise<void> {
  const own = await until('the API shows the address of the pod', async () => {
    const address = (await podsOf(namespace, 'hello')).find((p) => !p.metadata.deletionTimestamp)?.status?.podIP;
    expect(address).toBeTruthy();
    return address;
  });
  const token = await tokenOf('impostor');
  const [head, claims, signature = ''] = token.split('.');
  const real = { namespace, pod: 'impostor', revision, address: '10.255.255.1', token };
  const refused = async (more: Partial<typeof real>, reason: string) =>
    expect(await activator.announce({ ...real, ...more }), reason).toEqual({ accepted: false, reason, retryAfterMs: 0 });

  await refused({ token: 'nonsense' }, 'the token is not that of a pod');
  await refused({ token: `${head}.${claims}.${signature.split('').reverse().join('')}` }, 'the token is not valid');
  await refused({ token: await tokenOf('impostor', 'somebody-else') }, 'the token is not for the audience ebb');
  await refused({ pod: 'another' }, 'the token is that of another pod');
  await refused({ namespace: 'default' }, 'the token is that of another pod');
  await refused({ revision: 'hello-00002' }, 'the pod is not one of this revision');
  for (const address of ['127.0.0.1', '169.254.169.254', '::1', 'example.com'])
    await refused({ address }, 'the address is not one a pod can have');
  await refused({ address: own }, 'the address is that of another pod');
}

step('a pod of the revision that points somewhere else has no request sent there', async () => {
  await atZero();
  const [gateway] = await componentPods('gateway');
  const real = { namespace, pod: 'impostor', revision, token: await tokenOf('impostor') };
  const asked = answered();
  // Its token is good and the address is in no pod of a revision; who answers there, if anybody, is not the impostor.
  for (const activator of activators)
    expect(await activator.announce({ ...real, address: gateway?.status?.podIP ?? '' })).toMatchObject({ accepted: true });
  await asked;
});

import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { builtin, type Endpoints, type KubeService, type Pod } from '@ebb/shared/api/builtin.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { announcementAudience } from '@ebb/shared/api/system.ts';
import { connectEvents } from '@ebb/shared/events/bus.ts';
import type { EventBus } from '@ebb/shared/events/types.ts';
import { createInformers } from '@ebb/shared/kube/informers.ts';
import { systemClock as clock } from '@ebb/shared/lib/clock.ts';
import { AnnouncementsClient, type AnnounceReply } from '@ebb/shared/proto/gen/announcements.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { installCrds } from '@ebb/shared/testing/crds.ts';
import { text } from '@ebb/shared/testing/http.ts';
import { startKube, type TestKube } from '@ebb/shared/testing/kube.ts';
import { type TestNats, testNats } from '@ebb/shared/testing/nats.ts';
import { freePort } from '@ebb/shared/testing/programs.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Registry } from '../revisions/registry.ts';
import { podIndexes, slimPod } from '../revisions/watch.ts';
import { MemoryCache } from '../testing.ts';
import { startAnnouncements } from './index.ts';

const namespace = 'default';
const revision = 'hello-00001';
const key = `${namespace}/${revision}`;
const log = createLogger('activator', 'silent');
/** Loopback has many addresses: each activator has one, and all the same port. */
const hosts = ['127.0.0.2', '127.0.0.3', '127.0.0.4'] as const;
const patienceMs = 60_000;

let kube: TestKube;
let nats: TestNats;
let port: number;
let others: EventBus;
const stops: (() => unknown)[] = [];
const activators: Awaited<ReturnType<typeof activator>>[] = [];

/** As much of an activator as takes announcements. The last of the three is in nobody's Endpoints. */
async function activator(own: string) {
  const informers = createInformers(kube.client, log);
  const pods = informers.informer(builtin.Pod, { labelSelector: labels.revisionUID, indexes: podIndexes, transform: slimPod });
  const revisions = new MemoryCache<Revision>();
  revisions.set({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Revision',
    metadata: { namespace, name: revision, uid: '1' },
    spec: { containers: [{ name: 'user-container' }] },
  });
  const endpoints = new MemoryCache<Endpoints>({ revision: () => [] });
  const registry = new Registry(
    { revisions, endpoints, services: new MemoryCache<KubeService>(), pods },
    {
      podIP: own,
      clock,
      onHeld: () => undefined,
      onColdStart: () => undefined,
      prober: () => ({
        mesh: { mode: 'auto', passthrough: false },
        frequencyMs: 200,
        eagerMs: 25,
        announcedMs: () => 5,
        probe: async () => 'unreachable',
      }),
    },
  );
  const known = new MemoryCache<Endpoints>();
  known.set({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { namespace: 'knative-serving', name: 'activator-service' },
    subsets: [{ addresses: hosts.slice(0, 2).map((ip) => ({ ip })) }],
  });
  const bus = connectEvents({ component: 'activator', url: nats.url, log });
  await informers.start();
  const options = { port, host: own, own, registry, pods, activators: known, kube: kube.client, bus, clock, log };
  const announcements = await startAnnouncements(options);
  const client = new AnnouncementsClient(`${own}:${port}`, credentials.createInsecure());
  stops.push(async () => {
    client.close();
    announcements.close();
    registry.close();
    await bus.close();
    await informers.stop();
  });
  await until(() => expect(bus.connected()).toBe(true));
  return { own, registry, pods, client, announced: () => registry.announced.of(key) };
}

beforeAll(async () => {
  [kube, nats] = await Promise.all([startKube(), testNats()]);
  await nats.start();
  port = await freePort();
  await installCrds(kube.client);
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
  await kube.client.create(builtin.ServiceAccount, account);
  for (const host of hosts) activators.push(await activator(host));
  others = connectEvents({ component: 'somebody', url: nats.url, log });
  await until(() => expect(others.connected()).toBe(true));
}, patienceMs);
afterAll(async () => {
  for (const stop of stops) await stop();
  await others?.close();
  await nats?.stop();
  await kube?.stop();
});

async function createPod(name: string, of = revision): Promise<Pod> {
  const metadata = { name, namespace, labels: { [labels.revision]: of, [labels.revisionUID]: 'uid' } };
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'user-container', image: 'x' }] } };
  const created = await kube.client.create(builtin.Pod, pod);
  await until(() => expect(activators.every((a) => a.pods.get(namespace, name))).toBe(true));
  return created;
}

/** A token as the kubelet asks for one. No component of ours does, so the client has no way to. */
async function tokenOf({ metadata: { name, uid } }: Pod, audience = announcementAudience): Promise<string> {
  const [{ user }] = JSON.parse(readFileSync(kube.kubeconfig, 'utf8')).users;
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [audience], expirationSeconds: 3600, boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid } },
  };
  const answer = await new Promise<string>((resolve, reject) => {
    const headers = { authorization: `Bearer ${user.token}`, 'content-type': 'application/json' };
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default/token`;
    const req = request({ port: kube.port, method: 'POST', path, headers, rejectUnauthorized: false }, (res) => {
      text(res).then(resolve, reject);
    });
    req.on('error', reject).end(JSON.stringify(body));
  });
  return JSON.parse(answer).status.token;
}

function announce(
  { client }: { client: AnnouncementsClient },
  pod: Pod,
  more: Partial<{ token: string; revision: string; address: string }> = {},
) {
  const request = { pod: pod.metadata.name, namespace, revision, address: '10.0.0.1', token: '', ...more };
  return new Promise<AnnounceReply>((resolve, reject) =>
    client.announce(request, (error, reply) => (error ? reject(error) : resolve(reply))),
  );
}

test('is accepted with the token of a pod of the revision, told to the other activators, and forgotten when the API shows the pod', async () => {
  const [first, second, foreign] = activators as [(typeof activators)[0], (typeof activators)[0], (typeof activators)[0]];
  const pod = await createPod('hello-one');
  const token = await tokenOf(pod);
  expect(await announce(first, pod, { token })).toEqual({ accepted: true, reason: '', retryAfterMs: 0 });
  const known = [{ pod: 'hello-one', uid: pod.metadata.uid, address: '10.0.0.1' }];
  expect(first.announced()).toEqual(known);
  await until(() => expect(second.announced()).toEqual(known));
  // An activator of the API's is believed by any other.
  await until(() => expect(foreign.announced()).toEqual(known));

  expect(await announce(first, pod, { token })).toMatchObject({ accepted: true });
  expect(first.announced()).toEqual(known);

  await kube.client.updateStatus(builtin.Pod, { ...pod, status: { phase: 'Running', podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }] } });
  await until(() => expect(activators.flatMap((a) => a.announced())).toEqual([]));
  expect(await announce(first, pod, { token })).toMatchObject({ accepted: false, reason: 'the address of the pod is known' });
  const other = await createPod('hello-two');
  const stolen = await announce(first, other, { token: await tokenOf(other), address: '10.0.0.1' });
  expect(stolen).toMatchObject({ accepted: false, reason: 'the address is that of another pod' });
});

test('is not believed when somebody tells of it whom the API does not know as an activator', async () => {
  const [first, second, foreign] = activators as [(typeof activators)[0], (typeof activators)[0], (typeof activators)[0]];
  const pod = await createPod('hello-three');
  const token = await tokenOf(pod);
  const heard: string[] = [];
  const stop = others.subscribe('pod.announced', ({ data }) => {
    heard.push(JSON.stringify(data.activator));
    return undefined;
  });
  // The third is no activator as far as the API knows, whatever it has verified.
  expect(await announce(foreign, pod, { token, address: '10.0.0.3' })).toMatchObject({ accepted: true });
  await until(() => expect(heard).toEqual([JSON.stringify(foreign.own)]));
  others.publish({ type: 'pod.announced', namespace, name: revision, data: { pod: 'x', activator: 'evil.example.com' } });
  others.publish({ type: 'pod.announced', namespace, name: revision, data: { activator: { toString: 'x' } } });
  await until(() => expect(heard).toHaveLength(3));
  // What came before it on the same connection has been looked at when this one is there.
  const another = await createPod('hello-after');
  expect(await announce(first, another, { token: await tokenOf(another), address: '10.0.0.7' })).toMatchObject({ accepted: true });
  await until(() => expect(second.announced().map((a) => a.pod)).toContain('hello-after'));
  expect(second.announced().map((a) => a.pod)).not.toContain('hello-three');
  stop();
});

test('is not accepted with a token that is forged, for something else, of another pod, or of a pod that is gone', async () => {
  const [first] = activators as [(typeof activators)[0]];
  const pod = await createPod('hello-four');
  const token = await tokenOf(pod);
  const [head, claims, signature = ''] = token.split('.');
  const forged = `${head}.${claims}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  const elsewhere = await tokenOf(pod, 'https://kubernetes.default.svc');
  const another = await tokenOf(await createPod('hello-five'));
  for (const [given, reason] of [
    [{ token: '' }, 'the token is not that of a pod'],
    [{ token: forged }, 'the token is not valid'],
    [{ token: elsewhere }, 'the token is not for the audience ebb'],
    [{ token: another }, 'the token is that of another pod'],
    [{ token, revision: 'hello-00002' }, 'the pod is not one of this revision'],
    [{ token, address: '127.0.0.1' }, 'the address is not one a pod can have'],
  ] as const)
    expect(await announce(first, pod, { address: '10.0.0.4', ...given })).toEqual({ accepted: false, reason, retryAfterMs: 0 });
  expect(first.announced().map((a) => a.pod)).not.toContain('hello-four');

  expect(await announce(first, pod, { token, address: '10.0.0.4' })).toMatchObject({ accepted: true });
  await kube.client.delete(builtin.Pod, namespace, 'hello-four');
  await until(() => expect(first.announced().map((a) => a.pod)).not.toContain('hello-four'));
  expect(await announce(first, pod, { token, address: '10.0.0.4' })).toMatchObject({ accepted: false });
});

test('a pod that asks for review upon review has to wait', async () => {
  const [first] = activators as [(typeof activators)[0]];
  const pod = await createPod('hello-six');
  const token = await tokenOf(pod);
  const replies: AnnounceReply[] = [];
  for (let i = 1; i <= 6; i++) replies.push(await announce(first, pod, { token, address: `10.0.1.${i}` }));
  expect(replies.map((r) => r.reason)).toEqual(['', '', '', '', '', 'too many announcements']);
  expect(replies[5]?.retryAfterMs).toBeGreaterThan(0);
  expect(first.announced().find((a) => a.pod === 'hello-six')?.address).toBe('10.0.1.5');
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtin } from '../api/builtin.ts';
import { parseLeaderElection } from '../config/leader-election.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { createLogger } from '../telemetry/log.ts';
import { startKube, type TestKube } from '../testing/kube.ts';
import { type Relay, startRelay } from '../testing/relay.ts';
import { until } from '../testing/until.ts';
import { connectKube } from './connect.ts';
import { createInformers } from './informers.ts';
import { createElector } from './leases.ts';

const log = createLogger('test', 'silent');
const namespace = 'default';
let kube: TestKube;

beforeAll(async () => {
  kube = await startKube();
});
afterAll(() => kube?.stop());

/** A replica that competes for `lease`. `relay`: its own way to the server, which can be cut. */
async function replica(lease: string, identity: string, settings: Record<string, string>, relay?: Relay, clock: Clock = systemClock) {
  const client = connectKube(relay ? kube.kubeconfigAt(relay.port) : kube.kubeconfig);
  const informers = createInformers(client, log);
  const options = { client, informers, namespace, identity, clock, log, settings: parseLeaderElection(settings) };
  const elector = createElector(options);
  await informers.start();
  const told: boolean[] = [];
  const election = elector.run(lease, (leading) => told.push(leading));
  return { elector, election, told, stop: () => elector.release().then(() => informers.stop()) };
}

/** So long that only a release can hand a lease over within a test. */
const never = { 'lease-duration': '10m', 'renew-deadline': '9m', 'retry-period': '100ms' };
const short = { 'lease-duration': '2s', 'renew-deadline': '1s', 'retry-period': '100ms' };

test('of two that start together one leads, and both know who', async () => {
  const two = await Promise.all([replica('pair', 'a', never), replica('pair', 'b', never)]);
  await until(() => two.some((r) => r.election.leading()));
  const leader = two[0].election.leading() ? 'a' : 'b';
  await until(() => expect(two.map((r) => r.election.holder())).toEqual([leader, leader]));
  expect(two.filter((r) => r.election.leading())).toHaveLength(1);
  await Promise.all(two.map((r) => r.stop()));
});

test('a release hands over at once, long before the lease would have expired', async () => {
  const first = await replica('handed', 'a', never);
  await until(() => first.election.leading());
  const second = await replica('handed', 'b', never);
  await until(() => expect(second.election.holder()).toBe('a'));
  expect(second.election.leading()).toBe(false);
  await first.stop();
  await until(() => second.election.leading());
  const live = await kube.client.get(builtin.Lease, namespace, 'handed');
  expect(live.spec).toMatchObject({ holderIdentity: 'b', leaseDurationSeconds: 600 });
  expect(live.spec?.leaseTransitions).toBeGreaterThan(1);
  await second.stop();
});

test('a holder that is cut off stops leading by itself, and another takes the lease when it expired', async () => {
  const relay = await startRelay(kube.port);
  const first = await replica('expired', 'a', short, relay);
  await until(() => first.election.leading());
  const second = await replica('expired', 'b', short);
  relay.pause();
  await until(() => !first.election.leading());
  await until(() => second.election.leading());
  expect(first.election.leading()).toBe(false);
  relay.resume();
  await until(() => expect(first.told).toEqual([true, false]));
  await until(() => expect(first.election.holder()).toBe('b'));
  await Promise.all([first.stop(), second.stop()]);
  await relay.close();
});

test('two parts of a process that name one lease compete once', async () => {
  const one = await replica('shared', 'a', never);
  await until(() => one.election.leading());
  const told: boolean[] = [];
  expect(one.elector.run('shared', (leading) => told.push(leading))).toBe(one.election);
  await until(() => expect(told).toEqual([true]));
  await one.stop();
});

test('a container that starts anew has the lease of the one before it at once, another pod has not', async () => {
  const crashed = await replica('restarted', 'pod-a_1', never);
  await until(() => crashed.election.leading());
  const other = await replica('restarted', 'pod-b_1', never);
  const again = await replica('restarted', 'pod-a_2', never);
  await until(() => again.election.leading());
  await until(() => expect(again.election.holder()).toBe('pod-a_2'));
  expect(other.told).toEqual([]);
  await Promise.all([crashed.stop(), again.stop()]);
  await until(() => other.election.leading());
  await other.stop();
});

test('what a replica held is shared by those that stay', async () => {
  const leases = Array.from({ length: 8 }, (_, i) => `part-0${i}-of-08`);
  const all = await Promise.all(['a', 'b', 'c'].map((identity) => replica('first', identity, never)));
  const [a, b, c] = all as [(typeof all)[0], (typeof all)[0], (typeof all)[0]];
  const first = leases.map((lease) => a.elector.run(lease));
  await until(() => expect(first.every((e) => e.leading())).toBe(true));
  const [ofB, ofC] = [b, c].map((r) => leases.map((lease) => r.elector.run(lease)));
  const held = (elections: typeof ofB) => elections?.filter((e) => e.leading()).length ?? 0;
  await until(() => expect([held(ofB), held(ofC)]).toEqual([0, 0]));
  await a.stop();
  await until(() => expect(held(ofB) + held(ofC)).toBe(8));
  expect(Math.min(held(ofB), held(ofC))).toBeGreaterThan(0);
  await Promise.all([b.stop(), c.stop()]);
});

test('a clock that is set forward or back neither loses a lease nor takes one', async () => {
  let step = 0;
  const clock: Clock = { now: () => Date.now() + step };
  const settings = { 'lease-duration': '20s', 'renew-deadline': '15s', 'retry-period': '50ms' };
  const first = await replica('stepped', 'a', settings, undefined, clock);
  await until(() => first.election.leading());
  const second = await replica('stepped', 'b', settings, undefined, clock);
  const renewals = async () => (await kube.client.get(builtin.Lease, namespace, 'stepped')).spec?.renewTime ?? '';
  for (const to of [3_600_000, -3_600_000]) {
    step = to;
    await until(async () => expect(Math.abs(Date.parse(await renewals()) - clock.now())).toBeLessThan(60_000));
    expect([first.election.leading(), second.election.leading()]).toEqual([true, false]);
  }
  expect([first.told, second.told]).toEqual([[true], []]);
  await Promise.all([first.stop(), second.stop()]);
});

import { expect, test } from 'vitest';
import { parseLeaderElection } from '../config/leader-election.ts';
import { bucketing, competeForBuckets, leaseNames } from './buckets.ts';
import type { Elector } from './leases.ts';

const queue = 'knative.dev.serving.pkg.reconciler.route.reconciler';

test('a lease for each bucket, in lower case, numbered by two digits', () => {
  expect(leaseNames('controller', queue, parseLeaderElection({}))).toEqual([`controller.${queue}.00-of-01`]);
  expect(leaseNames('webhook', 'WebhookCertificates', parseLeaderElection({ buckets: '10' })).at(-1)).toBe(
    'webhook.webhookcertificates.09-of-10',
  );
});

test('a prefix of config-leader-election takes the place of component and queue', () => {
  const settings = parseLeaderElection({ buckets: '2', [`map-lease-prefix.controller.${queue}`]: 'short' });
  expect(leaseNames('controller', queue, settings)).toEqual(['short.00-of-02', 'short.01-of-02']);
  expect(leaseNames('autoscaler', queue, settings)[0]).toBe(`autoscaler.${queue}.00-of-02`);
});

test('keys are spread over the buckets, each always in the same', () => {
  const names = leaseNames('controller', queue, parseLeaderElection({ buckets: '4' }));
  const [one, other] = [bucketing(names), bucketing([...names].reverse())];
  const keys = Array.from({ length: 400 }, (_, i) => `default/hello-${i}`);
  expect(keys.map(one)).toEqual(keys.map(other));
  for (const name of names) expect(keys.filter((key) => one(key) === name).length, name).toBeGreaterThan(40);
});

test('of each bucket that is gained its keys are told, and only those are led', () => {
  const changed = new Map<string, (leading: boolean) => void>();
  const held = new Set<string>();
  const elector: Elector = {
    run: (name, told = () => undefined) => {
      changed.set(name, told);
      return { name, leading: () => held.has(name), holder: () => '' };
    },
    release: async () => undefined,
  };
  const names = ['a', 'b'];
  const gained: ((key: string) => boolean)[] = [];
  const buckets = competeForBuckets(elector, names, (has) => gained.push(has));
  const keys = Array.from({ length: 50 }, (_, i) => `default/hello-${i}`);
  const inB = keys.filter((key) => bucketing(names)(key) === 'b');
  held.add('b');
  changed.get('b')?.(true);
  changed.get('a')?.(false);
  expect(gained).toHaveLength(1);
  expect(keys.filter((key) => gained[0]?.(key))).toEqual(inB);
  expect(keys.filter((key) => buckets.leads(key))).toEqual(inB);
});

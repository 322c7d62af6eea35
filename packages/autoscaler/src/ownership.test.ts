import type { Elector } from '@ebb/shared/kube/leases.ts';
import { expect, test } from 'vitest';
import { Deciders } from './deciders.ts';
import { bucketNames, competeForOwnership } from './ownership.ts';
import { Collections } from './stats/collections.ts';
import { createIngest } from './stats/ingest.ts';
import { specWith, statWith, steppedClock } from './testing.ts';

const names = bucketNames(3);

/** An elector over a table of holders, as leases have them. */
function electing(identity: string, holders: Record<string, string>) {
  const told = new Map<string, (leading: boolean) => void>();
  const elector: Elector = {
    run(name, changed = () => undefined) {
      told.set(name, changed);
      return { name, leading: () => holders[name] === identity, holder: () => holders[name] ?? '' };
    },
    release: () => Promise.resolve(),
  };
  return { elector, told };
}

const keys = Array.from({ length: 300 }, (_, i) => `ns/revision-${i}`);

test('bucket names are the contract’s', () => {
  expect(bucketNames(1)).toEqual(['autoscaler-bucket-00-of-01']);
  expect(bucketNames(10)[9]).toBe('autoscaler-bucket-09-of-10');
});

test('each revision has one owner, every replica says the same one, and buckets get their share', () => {
  const holders = { [names[0]!]: 'a_10.0.0.1', [names[1]!]: 'b_10.0.0.2', [names[2]!]: 'b_10.0.0.2' };
  const [a, b] = ['a_10.0.0.1', 'b_10.0.0.2'].map((identity) =>
    competeForOwnership({ ...electing(identity, holders), names, port: 8080, changed: () => undefined }),
  );
  for (const key of keys) {
    expect(a!.leads(key)).toBe(!b!.leads(key));
    expect(a!.ownerOf(key)).toBe(a!.leads(key) ? '' : '10.0.0.2:8080');
    expect(b!.ownerOf(key)).toBe(b!.leads(key) ? '' : '10.0.0.1:8080');
  }
  const share = keys.filter((key) => a!.leads(key)).length / keys.length;
  expect(share).toBeGreaterThan(0.15);
  expect(share).toBeLessThan(0.55);
  expect(a!.owners()).toEqual({ [names[1]!]: '10.0.0.2:8080', [names[2]!]: '10.0.0.2:8080' });
});

test('a change of one bucket concerns the keys of that bucket only', () => {
  const { elector, told } = electing('a', {});
  const seen: number[] = [];
  competeForOwnership({ elector, names, port: 8080, changed: (has) => seen.push(keys.filter(has).length) });
  for (const name of names) told.get(name)?.(true);
  expect(seen.reduce((x, y) => x + y)).toBe(keys.length);
  expect(Math.min(...seen)).toBeGreaterThan(0);
});

test('of a batch, what is ours is recorded and the rest goes to its owners', () => {
  const holders = { [names[0]!]: 'a_10.0.0.1', [names[1]!]: 'b_10.0.0.2', [names[2]!]: 'c_10.0.0.3' };
  const ownership = competeForOwnership({ ...electing('a_10.0.0.1', holders), names, port: 8080, changed: () => undefined });
  const clock = steppedClock();
  const collections = new Collections();
  const none = () => undefined;
  const deciders = new Deciders({ clock, collections, readyPods: () => 0, changed: none, panicked: none, decided: none });
  for (const key of keys) collections.ensure(key, specWith());
  const sent: Record<string, number> = {};
  const forwarder = { send: (address: string, messages: unknown[]) => (sent[address] = messages.length) };
  const messages = keys.map((key) => ({ namespace: 'ns', name: key.slice(3), stat: statWith({ averageConcurrentRequests: 1 }) }));
  const dropped: string[] = [];
  const ingest = createIngest({ ownership, clock, collections, deciders, forwarder, dropped: (reason) => dropped.push(reason) });
  ingest(messages, false);
  expect(dropped).toEqual([]);
  const recorded = keys.filter((key) => collections.averages(key, specWith(), clock.now()).stable === 1);
  expect(recorded).toEqual(keys.filter((key) => ownership.leads(key)));
  expect(Object.keys(sent).sort()).toEqual(['10.0.0.2:8080', '10.0.0.3:8080']);
  expect(recorded.length + sent['10.0.0.2:8080']! + sent['10.0.0.3:8080']!).toBe(keys.length);
});

test('what is of no use is dropped, and why is told', () => {
  const ownership = { leads: (key: string) => key !== 'ns/foreign', owns: () => true, ownerOf: () => '', owners: () => ({}) };
  const clock = steppedClock();
  const collections = new Collections();
  const none = () => undefined;
  const deciders = new Deciders({ clock, collections, readyPods: () => 0, changed: none, panicked: none, decided: none });
  collections.ensure('ns/one', specWith());
  const dropped: string[] = [];
  const ingest = createIngest({
    ownership,
    clock,
    collections,
    deciders,
    forwarder: { send: none },
    dropped: (reason) => dropped.push(reason),
  });
  const now = clock.now() / 1000;
  const of = (name: string, own: Parameters<typeof statWith>[0]) => ({ namespace: 'ns', name, stat: statWith(own) });
  ingest([of('one', { timestamp: now }), of('gone', {}), of('foreign', {})], false);
  ingest(
    [of('one', { averageConcurrentRequests: Number.NaN }), of('one', { requestCount: Infinity }), of('one', { timestamp: now - 60 })],
    false,
  );
  expect(dropped).toEqual(['unknown revision', 'nobody owns its bucket', 'garbage', 'garbage', 'late']);
});

import { expect, test } from 'vitest';
import type { Made } from './core/explain.ts';
import type { Spec } from './core/spec.ts';
import { Deciders, phases } from './deciders.ts';
import { Collections } from './stats/collections.ts';
import { specWith, statWith, steppedClock } from './testing.ts';

function setUp(own: Partial<Spec> = {}, readyPods = 0) {
  const clock = steppedClock();
  const collections = new Collections();
  const changed: string[] = [];
  const panicked: Made[] = [];
  const decided: [number, number][] = [];
  const pods = { ready: readyPods };
  const deciders = new Deciders({
    clock,
    collections,
    readyPods: () => pods.ready,
    changed: (key) => changed.push(key),
    panicked: (_, made) => panicked.push(made),
    decided: (_, __, made, from) => decided.push([from, made.desired]),
  });
  const spec = specWith(own);
  collections.ensure('ns/one', spec);
  deciders.ensure('ns/one', spec);
  const record = (concurrency: number) => collections.record('ns/one', statWith({ averageConcurrentRequests: concurrency }), clock.now());
  const desired = () => deciders.get('ns/one')?.state.desired;
  return { clock, collections, deciders, changed, panicked, pods, record, desired };
}

test('a poke decides at once, before the next tick; with pods there it does not', () => {
  const { deciders, record, desired, changed } = setUp();
  record(1);
  deciders.poke('ns/one');
  expect(desired()).toBe(1);
  expect(changed).toEqual(['ns/one']);
  record(1000);
  deciders.poke('ns/one');
  expect(desired()).toBe(1);
});

test('a wake and the stat of the same request count once', () => {
  const { deciders, record, desired, clock } = setUp({ targetValue: 0.7, totalValue: 1 });
  expect(deciders.poke('ns/one', 1)?.state.desired).toBe(2);
  record(1);
  deciders.poke('ns/one');
  clock.step(100);
  deciders.tick();
  expect(desired()).toBe(2);
});

test('the stat first, then the wake', () => {
  const { deciders, record, desired, changed } = setUp();
  record(1);
  deciders.poke('ns/one');
  deciders.poke('ns/one', 1);
  expect(desired()).toBe(1);
  expect(changed).toHaveLength(1);
});

test('a jump is decided at once, from what all have in flight; it is not part of the averages', () => {
  const { deciders, collections, record, desired, pods, clock } = setUp({ targetValue: 7 }, 1);
  record(1);
  deciders.tick();
  expect(desired()).toBe(1);
  const level = (source: string, value: number) => collections.setLevel('ns/one', source, value, clock.now());
  level('activator-1', 4);
  deciders.jump('ns/one');
  expect(desired()).toBe(1);
  level('activator-2', 15);
  deciders.jump('ns/one');
  expect(desired()).toBe(3);
  expect(deciders.get('ns/one')?.last?.clauses).toEqual(['jump', 'panic']);
  expect(collections.averages('ns/one', specWith(), clock.now())).toEqual({ stable: 1, panic: 1 });
  // The load was real or not: no scale-down for a stable window, as after any panic.
  pods.ready = 3;
  clock.step(60_000);
  record(1);
  deciders.tick();
  expect(desired()).toBe(3);
  clock.step(2000);
  record(1);
  deciders.tick();
  expect(desired()).toBe(1);
});

test('what is in flight is forgotten when its source is silent, and sources are bounded', () => {
  const { collections, clock } = setUp();
  for (let i = 0; i < 5000; i++) collections.setLevel('ns/one', `activator-${i}`, 1, clock.now());
  expect(collections.level('ns/one', clock.now())).toBe(1000);
  collections.setLevel('ns/one', 'activator-0', Number.NaN, clock.now());
  clock.step(2501);
  expect(collections.level('ns/one', clock.now())).toBe(0);
});

test('a tick of all its parts decides for each revision once', () => {
  const { deciders, collections } = setUp();
  const made: string[] = [];
  const keys = Array.from({ length: 50 }, (_, i) => `ns/r${i}`);
  const parts = new Deciders({
    clock: steppedClock(),
    collections,
    readyPods: () => 0,
    changed: (key) => made.push(key),
    panicked: () => undefined,
    decided: () => undefined,
  });
  const spec = specWith({ targetBurstCapacity: -1 });
  for (const key of keys) {
    collections.ensure(key, spec);
    parts.ensure(key, spec);
    // A change of its settings leaves a revision in its part.
    parts.ensure(key, spec);
  }
  parts.tick(0);
  expect(made).toHaveLength(3);
  for (let phase = 1; phase < phases; phase++) parts.tick(phase);
  expect(made.sort()).toEqual(keys.sort());
  expect([...deciders.entries()]).toHaveLength(1);
});

test('what nobody reconciles is not decided', () => {
  const { deciders, changed } = setUp();
  expect(deciders.poke('ns/other', 1)).toBeUndefined();
  deciders.remove('ns/one');
  deciders.tick();
  expect(changed).toEqual([]);
});

test('a restart in the middle of load: more pods stay for a whole window, silence changes nothing', () => {
  const { deciders, record, desired, clock } = setUp({}, 8);
  deciders.tick();
  expect(desired()).toBe(-1);
  for (let s = 0; s <= 60; s += 2) {
    record(1);
    deciders.tick();
    expect(desired()).toBe(8);
    clock.step(2000);
  }
  record(1);
  deciders.tick();
  expect(desired()).toBe(4);
});

test('panic is told of when it begins and when it ends', () => {
  const { deciders, record, panicked, pods, clock } = setUp({}, 1);
  record(50);
  deciders.tick();
  deciders.tick();
  expect(panicked).toMatchObject([{ panicking: true, wantPanic: 5, readyPods: 1 }]);
  pods.ready = 5;
  for (let s = 0; s < 70; s++) {
    clock.step(1000);
    record(0);
    deciders.tick();
  }
  expect(panicked.map((p) => p.panicking)).toEqual([true, false]);
});

test('of pods, what came through an activator is the activator’s; what is no number is dropped', () => {
  const { collections, clock } = setUp();
  const record = (own: Parameters<typeof statWith>[0]) => collections.record('ns/one', statWith(own), clock.now());
  record({ averageConcurrentRequests: 5, averageProxiedConcurrentRequests: 3, requestCount: 10, proxiedRequestCount: 4 });
  record({ averageConcurrentRequests: Number.NaN });
  record({ averageConcurrentRequests: 1, requestCount: Number.POSITIVE_INFINITY });
  expect(collections.averages('ns/one', specWith(), clock.now())).toEqual({ stable: 2, panic: 2 });
  const byRps = specWith({ metric: 'rps' });
  expect(collections.averages('ns/one', byRps, clock.now())).toEqual({});
  collections.ensure('ns/one', byRps);
  record({ requestCount: 10, proxiedRequestCount: 4 });
  expect(collections.averages('ns/one', byRps, clock.now())).toEqual({ stable: 6, panic: 6 });
});

test('a stat is recorded at its own second; one from the future at the present', () => {
  const { collections, clock } = setUp();
  const second = Math.floor(clock.now() / 1000);
  collections.record('ns/one', statWith({ averageConcurrentRequests: 4, timestamp: second + 10_000 }), clock.now());
  collections.record('ns/one', statWith({ averageConcurrentRequests: 2, timestamp: second - 1 }), clock.now());
  expect(collections.averages('ns/one', specWith(), clock.now())).toEqual({ stable: 3, panic: 3 });
});

test('no data: undefined, but 0 for a revision that is never scraped', () => {
  const { collections, clock } = setUp();
  expect(collections.averages('ns/one', specWith(), clock.now())).toEqual({});
  expect(collections.averages('ns/one', specWith({ targetBurstCapacity: -1 }), clock.now())).toEqual({ stable: 0, panic: 0 });
});

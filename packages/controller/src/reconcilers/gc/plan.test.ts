import type { Configuration, Revision } from '@ebb/shared/api/kinds.ts';
import { configTables } from '@ebb/shared/config/tables.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { superfluous } from './plan.ts';

const now = Date.parse('2026-01-01T12:00:00Z');
const hour = 3_600_000;
const ago = (hours: number): string => new Date(now - hours * hour).toISOString().replace('.000', '');

interface Given {
  /** Hours since its creation. */
  age: number;
  /** Hours since a route last led to it, or did not; absent: it was never marked. */
  idle?: number;
  state?: string;
  noGC?: string;
}

function revision(name: string, { age, idle, state = 'reserve', noGC }: Given): Revision {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Revision',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      creationTimestamp: ago(age),
      labels: { 'serving.knative.dev/routingState': state },
      annotations: {
        ...(idle === undefined ? {} : { 'serving.knative.dev/routingStateModified': ago(idle) }),
        ...(noGC === undefined ? {} : { 'serving.knative.dev/no-gc': noGC }),
      },
    },
    spec: { containers: [] },
  };
}

const configuration: Configuration = {
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Configuration',
  metadata: { name: 'hello', namespace: 'default' },
  spec: {},
  status: { latestReadyRevisionName: 'ready' },
};

const none = {
  'retain-since-create-time': 'disabled',
  'retain-since-last-active-time': 'disabled',
  'min-non-active-revisions': '0',
  'max-non-active-revisions': 'disabled',
};

function removed(given: Record<string, Given>, settings: Record<string, string>) {
  const gc = configTables['config-gc'].parse({ ...none, ...settings });
  const { remove, againAt } = superfluous(
    configuration,
    Object.entries(given).map(([n, g]) => revision(n, g)),
    gc,
    now,
  );
  return { names: remove.map((r) => r.metadata.name), inHours: againAt === undefined ? undefined : (againAt - now) / hour };
}

const created = (hours: number) => ({ 'retain-since-create-time': `${hours}h` });
const idle = (hours: number) => ({ 'retain-since-last-active-time': `${hours}h` });
const least = (n: number) => ({ 'min-non-active-revisions': String(n) });
const most = (n: number) => ({ 'max-non-active-revisions': String(n) });
/** Three that nobody routes to any more: the last one to be routed to is the newest. */
const three = { a: { age: 40, idle: 30 }, b: { age: 30, idle: 20 }, c: { age: 20, idle: 10 } };

test.each<[string, Record<string, Given>, Record<string, string>, string[], number?]>([
  ['no limit at all', three, {}, []],
  ['no age is too young', three, created(0), ['a', 'b', 'c']],
  ['by creation', three, created(25), ['a', 'b'], 5],
  ['by the last route', three, idle(15), ['a', 'b'], 5],
  ['older than both', three, { ...created(35), ...idle(15) }, ['a'], 5],
  ['exactly as old as the limit', { a: { age: 15, idle: 15 } }, idle(15), ['a']],
  ['a moment younger', { a: { age: 15, idle: 14.9997 } }, idle(15), [], 0.0003],
  ['never routed to: since its creation', { a: { age: 16 } }, idle(15), ['a']],
  ['oldest by last route, not by creation', { old: { age: 40, idle: 1 }, young: { age: 2, idle: 2 } }, most(1), ['young']],
  ['the minimum stays', three, { ...created(0), ...least(2) }, ['a']],
  ['as few as the minimum', three, { ...created(0), ...least(3) }, []],
  ['active ones do not count for the minimum', { ...three, ready: { age: 1 } }, { ...created(0), ...least(3) }, []],
  ['the stale ones that may go fill the pass: the maximum waits', three, { ...created(0), ...least(1), ...most(1) }, ['a', 'b']],
  ['the maximum', three, most(1), ['a', 'b']],
  ['a maximum of none', three, most(0), ['a', 'b', 'c']],
  ['not more than the maximum', three, most(3), []],
  ['stale first, then the maximum of the rest', three, { ...idle(25), ...most(1) }, ['a', 'b'], 15],
  ['ages are for the maximum no matter', { a: { age: 0, idle: 0 }, b: { age: 0, idle: 0 } }, { ...created(48), ...most(1) }, ['a'], 48],
  [
    'what serves, and what may next',
    { ready: { age: 99 }, b: { age: 99, state: 'active' }, c: { age: 99, state: 'pending' } },
    created(0),
    [],
  ],
  ['without a state', { a: { age: 99, state: '' } }, created(0), []],
  ['kept by annotation, in any case', { a: { age: 99, noGC: 'TRUE' }, b: { age: 99, noGC: 'false' } }, created(0), ['b']],
  ['nothing can go before the minimum is exceeded', { a: { age: 1, idle: 1 } }, { ...idle(15), ...least(1) }, []],
  [
    'with the stock settings',
    { ...three, z: { age: 100, idle: 100 } },
    {
      'retain-since-create-time': '48h',
      'retain-since-last-active-time': '15h',
      'min-non-active-revisions': '20',
      'max-non-active-revisions': '1000',
    },
    [],
  ],
])('%s', (_, given, settings, names, inHours) => {
  const outcome = removed(given, settings);
  expect(outcome.names).toEqual(names);
  if (inHours === undefined) expect(outcome.inHours).toBeUndefined();
  else expect(outcome.inHours).toBeCloseTo(inHours, 6);
});

test('laws: what serves stays, the minimum stays, the maximum holds, the oldest go first, and the rest is settled', () => {
  const state = fc.constantFrom('active', 'reserve', 'reserve', 'reserve');
  const one = fc.record({ age: fc.integer({ min: 0, max: 60 }), idle: fc.integer({ min: 0, max: 60 }), state });
  const limit = fc.oneof(
    fc.constant('disabled'),
    fc.integer({ min: 0, max: 50 }).map((h) => `${h}h`),
  );
  const settings = fc.tuple(limit, limit, fc.nat(6), fc.option(fc.nat(6))).map(([create, active, min, more]) => ({
    'retain-since-create-time': create,
    'retain-since-last-active-time': active,
    'min-non-active-revisions': String(min),
    'max-non-active-revisions': more === null ? 'disabled' : String(min + more),
  }));
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), settings, (list, data) => {
      const revisions = list.map((g, i) => revision(i === 0 ? 'ready' : `r${i}`, g));
      const gc = configTables['config-gc'].parse(data);
      const { remove, againAt } = superfluous(configuration, revisions, gc, now);
      const idleOnes = revisions.filter(
        (r) => r.metadata.name !== 'ready' && r.metadata.labels?.['serving.knative.dev/routingState'] === 'reserve',
      );
      expect(idleOnes).toEqual(expect.arrayContaining(remove));
      const left = idleOnes.length - remove.length;
      expect(left).toBeGreaterThanOrEqual(Math.min(idleOnes.length, gc.minNonActiveRevisions));
      if (gc.maxNonActiveRevisions !== undefined) expect(left).toBeLessThanOrEqual(gc.maxNonActiveRevisions);
      if (againAt !== undefined) expect(againAt).toBeGreaterThan(now);
      const rest = revisions.filter((r) => !remove.includes(r));
      expect(superfluous(configuration, rest, gc, now).remove).toEqual([]);
      // Earlier than it says, nothing goes.
      const before = againAt === undefined ? now + 1000 * hour : againAt - 1;
      expect(superfluous(configuration, rest, gc, before).remove).toEqual([]);
    }),
  );
});

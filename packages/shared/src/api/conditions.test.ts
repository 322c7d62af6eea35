import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conditionSets } from './condition-sets.ts';
import { conditionSet, getCondition, groom, isFailed, isReady, marking } from './conditions.ts';
import type { Condition } from './meta.ts';

const set = conditionSet('Ready', ['A', 'B']);
const c = (type: string, status: Condition['status'], more: Partial<Condition> = {}): Condition => ({ type, status, ...more });
const ready = (conditions: Condition[]) => getCondition(conditions, 'Ready');

describe('condition sets', () => {
  test('have the dependents of each kind in declared order', () => {
    const dependents = Object.fromEntries(Object.entries(conditionSets).map(([kind, s]) => [kind, s.dependents]));
    expect(dependents).toMatchObject({
      Service: ['ConfigurationsReady', 'RoutesReady'],
      Configuration: [],
      Revision: ['ResourcesAvailable', 'ContainerHealthy'],
      Route: ['AllTrafficAssigned', 'IngressReady', 'CertificateProvisioned'],
      PodAutoscaler: ['Active', 'ScaleTargetInitialized', 'SKSReady'],
      ServerlessService: ['EndpointsPopulated'],
      Ingress: ['NetworkConfigured', 'LoadBalancerReady'],
      Metric: [],
    });
    expect(Object.values(conditionSets).map((s) => s.happy)).toEqual(Object.keys(conditionSets).map(() => 'Ready'));
  });
});

describe('init', () => {
  test('adds what is missing as Unknown, sorted by type', () => {
    expect(set.init(undefined)).toEqual([c('A', 'Unknown'), c('B', 'Unknown'), c('Ready', 'Unknown')]);
  });

  test('adds a missing dependent of a ready object as True', () => {
    expect(set.init([c('Ready', 'True')])).toEqual([c('A', 'True'), c('B', 'True'), c('Ready', 'True')]);
  });

  test('leaves what is there as it is', () => {
    const present = [
      c('A', 'False', { reason: 'Broken', lastTransitionTime: '2024-01-01T00:00:00Z' }),
      c('B', 'True'),
      c('Ready', 'False'),
    ];
    expect(set.init(present)).toEqual(present);
  });
});

describe('mark True', () => {
  test('makes Ready True without a reason once every dependent is', () => {
    const one = set.markTrue(set.init(undefined), 'A', 'Fine', 'all well');
    expect(ready(one)).toEqual(c('Ready', 'Unknown'));
    const both = set.markTrue(one, 'B');
    expect(both).toEqual([c('A', 'True', { reason: 'Fine', message: 'all well' }), c('B', 'True'), c('Ready', 'True')]);
  });

  test('keeps Ready Unknown while a dependent says nothing at all', () => {
    expect(ready(set.markTrue([], 'A'))).toEqual(c('Ready', 'Unknown'));
  });

  test('blames a False before an Unknown, and the newest False', () => {
    const before = [
      c('A', 'Unknown', { reason: 'Waiting', lastTransitionTime: '2024-01-03T00:00:00Z' }),
      c('B', 'False', { reason: 'Old', message: 'old', lastTransitionTime: '2024-01-01T00:00:00Z' }),
      c('C', 'False', { reason: 'New', message: 'new', lastTransitionTime: '2024-01-02T00:00:00Z' }),
    ];
    const three = conditionSet('Ready', ['A', 'B', 'C', 'D']);
    expect(ready(three.markTrue(before, 'D'))).toMatchObject({ status: 'False', reason: 'New', message: 'new' });
  });

  test('may be put on Ready itself', () => {
    expect(conditionSets.Configuration.markTrue([c('Ready', 'Unknown', { reason: 'X' })], 'Ready')).toEqual([c('Ready', 'True')]);
  });
});

describe('mark False', () => {
  test('of a dependent makes Ready False with the same reason and message', () => {
    const out = set.markFalse([c('A', 'True'), c('B', 'True'), c('Ready', 'True')], 'B', 'Broken', 'it broke');
    expect(out).toEqual([
      c('A', 'True'),
      c('B', 'False', { reason: 'Broken', message: 'it broke' }),
      c('Ready', 'False', { reason: 'Broken', message: 'it broke' }),
    ]);
  });

  test('of an informational condition leaves Ready and has severity Info', () => {
    const out = set.markFalse([c('A', 'True'), c('B', 'True'), c('Ready', 'True')], 'Active', 'NoTraffic', 'idle');
    expect(ready(out)).toEqual(c('Ready', 'True'));
    expect(getCondition(out, 'Active')).toEqual(c('Active', 'False', { reason: 'NoTraffic', message: 'idle', severity: 'Info' }));
    expect(ready(set.markTrue(out, 'A'))?.status).toBe('True');
  });
});

describe('mark Unknown', () => {
  test('of a dependent makes Ready Unknown with the same reason and message', () => {
    const out = set.markUnknown([c('A', 'True'), c('B', 'True'), c('Ready', 'True')], 'A', 'Deploying', 'soon');
    expect(ready(out)).toEqual(c('Ready', 'Unknown', { reason: 'Deploying', message: 'soon' }));
  });

  test('does not hide another dependent that is False', () => {
    const failed = set.markFalse(set.init(undefined), 'A', 'Broken', 'it broke');
    expect(ready(set.markUnknown(failed, 'B', 'Deploying', ''))).toEqual(c('Ready', 'False', { reason: 'Broken', message: 'it broke' }));
  });

  test('repairs a Ready that was not False beside a False dependent, with its own reason', () => {
    const odd = [c('A', 'False', { reason: 'Broken' }), c('B', 'True'), c('Ready', 'True')];
    expect(ready(set.markUnknown(odd, 'B', 'Deploying', 'soon'))).toEqual(c('Ready', 'False', { reason: 'Deploying', message: 'soon' }));
  });

  test('of an informational condition leaves Ready', () => {
    expect(ready(set.markUnknown([c('A', 'True'), c('B', 'True'), c('Ready', 'True')], 'Active', 'Queued', ''))?.status).toBe('True');
  });
});

describe('every run of marks', () => {
  const statuses = ['True', 'False', 'Unknown'] as const;
  const mark = fc.record({ type: fc.constantFrom('A', 'B', 'Info'), status: fc.constantFrom(...statuses) });

  test('leaves Ready True exactly where all dependents are, and False where one is', () => {
    fc.assert(
      fc.property(fc.array(mark), (run) => {
        const marks = marking(set, set.init(undefined));
        for (const { type, status } of run) {
          if (status === 'True') marks.true(type);
          else if (status === 'False') marks.false(type, 'R', 'm');
          else marks.unknown(type, 'R', 'm');
        }
        const [a, b] = ['A', 'B'].map((t) => marks.get(t)?.status);
        expect(marks.is('Ready', 'True')).toBe(a === 'True' && b === 'True');
        expect(marks.is('Ready', 'False')).toBe(a === 'False' || b === 'False');
        const types = marks.conditions.map((x) => x.type);
        expect(types).toEqual([...types].sort());
      }),
    );
  });

  test('changes neither what it starts from nor what it gave before', () => {
    const start = Object.freeze(set.init(undefined).map((x) => Object.freeze(x)));
    const marks = marking(set, start);
    const before = marks.conditions;
    marks.true('A');
    marks.false('B', 'R', 'm');
    expect(before).toEqual(start);
  });
});

describe('groom', () => {
  const then = '2024-01-01T00:00:00Z';
  const now = Date.UTC(2024, 5, 1, 12, 30, 15, 999);

  test('keeps the time of what did not change and gives now, in whole seconds, to what did', () => {
    const before = [c('A', 'True', { lastTransitionTime: then }), c('B', 'True', { lastTransitionTime: then })];
    const after = [c('A', 'True', { lastTransitionTime: then }), c('B', 'False', { reason: 'R' }), c('Ready', 'False', { reason: 'R' })];
    expect(groom(before, after, now)).toEqual([
      c('A', 'True', { lastTransitionTime: then }),
      c('B', 'False', { reason: 'R', lastTransitionTime: '2024-06-01T12:30:15Z' }),
      c('Ready', 'False', { reason: 'R', lastTransitionTime: '2024-06-01T12:30:15Z' }),
    ]);
  });

  test('counts a new reason or message as a transition', () => {
    const before = [c('A', 'Unknown', { reason: 'R', message: 'one', lastTransitionTime: then })];
    expect(groom(before, [c('A', 'Unknown', { reason: 'R', message: 'two' })], now)[0]?.lastTransitionTime).toBe('2024-06-01T12:30:15Z');
  });

  test('keeps the time of a condition that went away and came back within one reconcile', () => {
    const before = [
      c('A', 'True', { lastTransitionTime: then }),
      c('B', 'True', { lastTransitionTime: then }),
      c('Ready', 'True', { lastTransitionTime: then }),
    ];
    const marks = marking(set, before);
    marks.unknown('A', 'Deploying');
    marks.true('A');
    expect(groom(before, marks.conditions, now)).toEqual(before);
  });
});

describe('an object', () => {
  const of = (status: Condition['status'], observedGeneration: number) => ({
    metadata: { generation: 2 },
    status: { observedGeneration, conditions: [c('Ready', status)] },
  });

  test('is ready or failed only by what it says of its present generation', () => {
    expect([isReady(of('True', 2)), isFailed(of('True', 2))]).toEqual([true, false]);
    expect([isReady(of('False', 2)), isFailed(of('False', 2))]).toEqual([false, true]);
    expect([isReady(of('True', 1)), isFailed(of('False', 1))]).toEqual([false, false]);
    expect(isReady({ metadata: { generation: 1 } })).toBe(false);
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Moment, type Scenario, World } from './world.ts';

const prefix = 'autoscaling.knative.dev/';
const maybe = (key: string, values: fc.Arbitrary<string>) =>
  fc.oneof(
    fc.constant({}),
    values.map((value) => ({ [prefix + key]: value })),
  );
const numbers = (min: number, max: number) => fc.integer({ min, max }).map(String);

const bounds = fc.record({ min: fc.integer({ min: 0, max: 4 }), more: fc.integer({ min: 1, max: 20 }), limited: fc.boolean() });
const annotations = fc
  .tuple(
    maybe('metric', fc.constantFrom('concurrency', 'rps')),
    maybe('metric-aggregation-algorithm', fc.constantFrom('linear', 'weighted-exponential')),
    maybe(
      'window',
      numbers(6, 60).map((n) => `${n}s`),
    ),
    maybe('panic-window-percentage', numbers(1, 100)),
    maybe('panic-threshold-percentage', numbers(110, 1000)),
    maybe('target', numbers(1, 100)),
    maybe('target-burst-capacity', fc.constantFrom('-1', '0', '10', '211')),
    maybe('activation-scale', numbers(2, 4)),
    maybe(
      'scale-down-delay',
      numbers(0, 30).map((n) => `${n}s`),
    ),
    maybe('initial-scale', numbers(1, 4)),
    bounds.map(({ min, more, limited }) => ({
      [`${prefix}min-scale`]: String(min),
      ...(limited ? { [`${prefix}max-scale`]: String(min + more) } : {}),
    })),
  )
  .map((parts) => Object.assign({}, ...parts) as Record<string, string>);

/** Load as pieces: so many seconds of so much. */
const pieces = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0, max: 500, noNaN: true })), {
  minLength: 1,
  maxLength: 8,
});
const scenarios = fc
  .record({ annotations, pieces, readyPods: fc.integer({ min: 0, max: 12 }) })
  .map(({ pieces: given, ...rest }): Scenario => {
    const seconds = given.flatMap(([length, value]) => Array<number>(length).fill(value));
    return { ...rest, load: (second) => ({ concurrency: seconds[second] ?? 0, rps: seconds[second] ?? 0 }) };
  });
const runs = { numRuns: 30 };

const number = (s: Scenario, key: string) => Number(s.annotations?.[prefix + key] ?? 0);

test('bounds hold, and nothing is ever below zero', () => {
  fc.assert(
    fc.property(scenarios, (scenario) => {
      const max = number(scenario, 'max-scale');
      const min = number(scenario, 'min-scale');
      for (const m of new World(scenario).run(150)) {
        expect(m.replicas).toBeGreaterThanOrEqual(m.second === 0 ? 0 : Math.min(min, scenario.readyPods || min));
        expect(m.desired).toBeGreaterThanOrEqual(-1);
        expect(m.readyPods).toBeGreaterThanOrEqual(0);
        // Until it is initialized a revision may have more: its initial scale.
        const most = Math.max(
          max,
          m.active === 'Unknown' || m.desired < 0 ? number(scenario, 'initial-scale') : 0,
          m.desired < 0 ? (scenario.readyPods ?? 0) : 0,
        );
        if (max > 0) expect(m.replicas).toBeLessThanOrEqual(most);
      }
    }),
    runs,
  );
});

test('the same load gives the same moments', () => {
  fc.assert(
    fc.property(scenarios, (scenario) => {
      const all = (): Moment[] => [...new World(scenario).run(60)];
      expect(all()).toEqual(all());
    }),
    { numRuns: 15 },
  );
});

test('while a panic lasts the desired scale never goes down', () => {
  fc.assert(
    fc.property(scenarios, (scenario) => {
      let before: Moment | undefined;
      for (const m of new World({ ...scenario, readyPods: 1 }).run(150)) {
        if (before?.panicking && m.panicking) expect(m.desired).toBeGreaterThanOrEqual(before.desired);
        before = m;
      }
    }),
    runs,
  );
});

test('a restart takes no pod away within a stable window', () => {
  fc.assert(
    fc.property(scenarios, fc.integer({ min: 1, max: 120 }), (scenario, at) => {
      const world = new World(scenario);
      let before = 0;
      for (const m of world.run(at)) before = m.readyPods;
      world.restart();
      const window = Number.parseInt(scenario.annotations?.[`${prefix}window`] ?? '60', 10);
      const max = number(scenario, 'max-scale') || Number.POSITIVE_INFINITY;
      for (let second = at; second < at + window; second++) {
        if (before > 1) expect(world.step(second).replicas).toBeGreaterThanOrEqual(Math.min(before, max));
      }
    }),
    runs,
  );
});

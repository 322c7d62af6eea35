import { expect, test } from 'vitest';
import { advance, type ConfigurationRollout, isDone, nextTime, observeReady, type Rollout } from './rollout.ts';
import { formatRollout, parseRollout } from './rollout-annotation.ts';

const second = 1_000_000_000n;
/** 2026-01-01T12:00:00Z and a nanosecond: more than a number holds. */
const start = 1_767_268_800n * second + 1n;

/** `{ 'r1': 99, 'r2': 1 }` → what is rolled out, oldest first. */
function rolling(shares: Record<string, number>, more: Partial<ConfigurationRollout> = {}): ConfigurationRollout {
  const revisions = Object.entries(shares).map(([revisionName, percent]) => ({ revisionName, percent }));
  const percent = revisions.reduce((sum, r) => sum + r.percent, 0);
  return { configurationName: 'hello', tag: '', percent, revisions, step: {}, ...more };
}

const of = (...configurations: ConfigurationRollout[]): Rollout => ({ configurations });

/** The shares of the n-th configuration. */
const shares = (rollout: Rollout, n = 0): Record<string, number> =>
  Object.fromEntries((rollout.configurations[n]?.revisions ?? []).map((r) => [r.revisionName, r.percent]));

test.each<[string, Record<string, number>, Record<string, number>, Record<string, number>]>([
  ['nothing new', { r1: 100 }, { r1: 100 }, { r1: 100 }],
  ['a new revision starts at one percent', { r2: 100 }, { r1: 100 }, { r1: 99, r2: 1 }],
  ['of a part of the traffic', { r2: 40 }, { r1: 40 }, { r1: 39, r2: 1 }],
  ['one percent moves at once', { r2: 1 }, { r1: 1 }, { r2: 1 }],
  ['rollouts stack, the newest gives', { r3: 100 }, { r1: 60, r2: 40 }, { r1: 60, r2: 39, r3: 1 }],
  ['who gave the last percent goes', { r3: 100 }, { r1: 99, r2: 1 }, { r1: 99, r3: 1 }],
  ['two percent', { r3: 2 }, { r1: 1, r2: 1 }, { r1: 1, r3: 1 }],
  ['more traffic goes to the newest', { r2: 80 }, { r1: 30, r2: 10 }, { r1: 30, r2: 50 }],
  ['less traffic comes from the oldest', { r2: 30 }, { r1: 30, r2: 10 }, { r1: 20, r2: 10 }],
  ['so much less that the oldest goes', { r3: 20 }, { r1: 30, r2: 20, r3: 10 }, { r2: 10, r3: 10 }],
  ['and the next: nothing is left to roll', { r3: 5 }, { r1: 30, r2: 20, r3: 10 }, { r3: 5 }],
  ['less traffic and a new revision', { r2: 50 }, { r1: 100 }, { r1: 49, r2: 1 }],
  ['more traffic and a new revision', { r2: 100 }, { r1: 50 }, { r1: 99, r2: 1 }],
])('%s', (_, goal, before, after) => {
  const next = advance(of(rolling(goal)), of(rolling(before)), start);
  expect(shares(next)).toEqual(after);
  const newcomer = !(Object.keys(goal)[0]! in before) && Object.keys(after).length > 1;
  expect(next.configurations[0]?.step).toEqual(newcomer ? { startTime: start } : {});
  expect(isDone(next)).toBe(Object.keys(after).length === 1);
});

test('without a state there is nothing to roll from', () => {
  const goal = of(rolling({ r2: 100 }));
  expect(advance(goal, undefined, start)).toEqual(goal);
  expect(advance(goal, of(), start)).toEqual(goal);
});

test.each<[took: number, duration: number, size: number, seconds: number]>([
  // 99 steps of one percent fit.
  [1, 100, 1, 1],
  [1, 1000, 1, 999 / 99],
  [0.2, 100, 1, 1],
  // 29 steps of 4 s: a step is never shorter than what the ingress needs.
  [4, 120, 3, 4],
  [30, 120, 33, 30],
  // Longer than the whole rollout: one step, a second from now.
  [200, 120, 99, 1],
  [7, 8, 99, 1],
])('an ingress that took %d s, a rollout of %d s: %d percent each %d s', (took, duration, size, seconds) => {
  const now = start + BigInt(took * 1e9);
  const before = of(rolling({ r1: 99, r2: 1 }, { step: { startTime: start } }));
  const [after] = observeReady(before, now, duration).configurations;
  const stepDuration = BigInt(Math.trunc(seconds * 1e9));
  expect(after?.step).toEqual({ startTime: start, nextTime: now + stepDuration, duration: stepDuration, size });
});

test('what is known already, or does not roll, is not computed again', () => {
  const known = of(
    rolling({ r1: 99, r2: 1 }, { step: { startTime: start, duration: 5n, nextTime: start + 5n, size: 7 } }),
    rolling({ r1: 100 }, { tag: 'a' }),
  );
  expect(observeReady(known, start + 10n * second, 60)).toEqual(known);
});

test('a rollout, second by second, from one percent to all of it', () => {
  const goal = of(rolling({ r2: 100 }));
  let state = advance(goal, of(rolling({ r1: 100 })), start);
  // The ingress is ready after two seconds; 30 s make 14 more steps of 2 s: 99 / 14 is 7.
  state = observeReady(state, start + 2n * second, 30);
  const seen: [at: number, percent: number | undefined][] = [];
  for (let now = start + 2n * second; !isDone(state); now += second / 2n) {
    const before = shares(state).r2;
    state = advance(goal, state, now);
    if (shares(state).r2 !== before) seen.push([Number((now - start) / second), shares(state).r2]);
    expect(Object.values(shares(state)).reduce((a, b) => a + b)).toBe(100);
    expect(nextTime(state)).toBe(isDone(state) ? undefined : start + BigInt(4 + 2 * seen.length) * second);
  }
  expect(seen).toEqual(Array.from({ length: 15 }, (_, i) => [4 + 2 * i, Math.min(1 + 7 * (i + 1), 100)]));
  expect(state).toEqual(goal);
});

test('a step is taken when it is due, not a nanosecond earlier, and however late', () => {
  const step = { startTime: start, nextTime: start + 10n, duration: 10n, size: 20 };
  const before = of(rolling({ r1: 50, r2: 15, r3: 35 }, { step }));
  const goal = of(rolling({ r3: 100 }));
  expect(advance(goal, before, start + 9n)).toEqual(before);
  // The second newest gives first, then older ones.
  const after = advance(goal, before, start + 10n);
  expect(shares(after)).toEqual({ r1: 45, r3: 55 });
  expect(nextTime(after)).toBe(start + 20n);
  expect(nextTime(advance(goal, before, start + 1000n))).toBe(start + 1010n);
});

test('the last step ends it', () => {
  const step = { startTime: start, nextTime: start, duration: 10n, size: 20 };
  expect(advance(of(rolling({ r2: 100 })), of(rolling({ r1: 20, r2: 80 }, { step })), start)).toEqual(of(rolling({ r2: 100 })));
});

test('a step larger than what is left of the target ends it', () => {
  const step = { startTime: start, nextTime: start, duration: 10n, size: 10 };
  const before = of(rolling({ r1: 40, r2: 20 }, { step }));
  expect(advance(of(rolling({ r2: 25 })), before, start)).toEqual(of(rolling({ r2: 25 })));
});

test('tags and Configurations roll for themselves', () => {
  const goal = of(
    rolling({ a2: 60 }, { configurationName: 'a' }),
    rolling({ b2: 40 }, { configurationName: 'b' }),
    rolling({ a2: 100 }, { configurationName: 'a', tag: 'new' }),
    rolling({ b2: 100 }, { configurationName: 'b', tag: 'old' }),
  );
  const before = of(
    rolling({ a1: 60 }, { configurationName: 'a' }),
    rolling({ c1: 40 }, { configurationName: 'c' }),
    rolling({ b1: 100 }, { configurationName: 'b', tag: 'old' }),
  );
  const after = advance(goal, before, start);
  expect(after.configurations.map((_, i) => shares(after, i))).toEqual([{ a1: 59, a2: 1 }, { b2: 40 }, { a2: 100 }, { b1: 99, b2: 1 }]);
});

test('a new tag starts with the first of its Configurations', () => {
  const goal = of(rolling({ a1: 60 }, { configurationName: 'a' }), rolling({ b1: 40 }, { configurationName: 'b' }));
  expect(advance(goal, of(rolling({ a1: 100 }, { configurationName: 'a', tag: 't' })), start)).toEqual(of(goal.configurations[0]!));
});

test('the earliest step counts', () => {
  const at = (time: bigint, tag: string) => rolling({ r1: 50, r2: 50 }, { tag, step: { nextTime: time, size: 1 } });
  expect(nextTime(of(at(9n, 'a'), at(5n, 'b'), at(7n, 'c')))).toBe(5n);
  expect(nextTime(of(rolling({ r1: 100 })))).toBeUndefined();
});

const written =
  '{"configurations":[{"configurationName":"hello","percent":99,"revisions":[{"revisionName":"r1","percent":98},{"revisionName":"r2","percent":1}],' +
  '"stepParams":{"starttime":1767268800000000001,"nextStepTime":1767268802000000003,"stepDuration":2000000002,"stepSize":7}},' +
  '{"configurationName":"hello","tag":"next","percent":100,"revisions":[{"revisionName":"r2","percent":100}],"stepParams":{}}]}';

test('the annotation keeps every nanosecond', () => {
  const read = parseRollout(written);
  expect(read?.configurations[0]?.step).toEqual({
    startTime: 1767268800000000001n,
    nextTime: 1767268802000000003n,
    duration: 2000000002n,
    size: 7,
  });
  expect(read && formatRollout(read)).toBe(written);
});

test('nothing to say is said in two characters', () => {
  expect(formatRollout(of())).toBe('{}');
  expect(parseRollout('{}')).toEqual(of());
});

const one = (text: string) => `{"configurations":[{"configurationName":"hello",${text},"stepParams":{}}]}`;
test.each([
  [undefined],
  [''],
  ['{"configurations":'],
  ['7'],
  ['null'],
  [one('"percent":101,"revisions":[{"revisionName":"r1","percent":101}]')],
  [one('"percent":100,"revisions":[{"revisionName":"r1","percent":99}]')],
  [one('"percent":100,"revisions":[{"revisionName":"r1","percent":99},{"revisionName":"r2","percent":2}]')],
  [one('"percent":5,"revisions":[{"revisionName":"r1","percent":5}]').replace('{}', '{"stepSize":6}')],
  [one('"percent":5,"revisions":[{"revisionName":"r1","percent":5}]').replace('{}', '{"stepSize":-1}')],
  [one('"percent":5,"revisions":[{"revisionName":"r1","percent":5}]').replace('{}', '{"starttime":"soon"}')],
])('a state that does not add up is none: %s', (text) => {
  expect(parseRollout(text)?.configurations ?? []).toEqual([]);
});

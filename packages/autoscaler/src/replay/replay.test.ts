import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { replay } from './replay.ts';
import { chart, columns, show } from './show.ts';
import { niceTop, svg } from './svg.ts';
import { readTrace } from './trace.ts';

describe('a trace', () => {
  test('CSV: a value holds until the next line', () => {
    expect(readTrace('# load\nsecond,concurrency,rps\n0,1,10\n2,3,30\n')).toEqual([
      { concurrency: 1, rps: 10 },
      { concurrency: 1, rps: 10 },
      { concurrency: 3, rps: 30 },
    ]);
  });
  test.each<[string, string]>([
    ['JSON lines', '{"second":0,"concurrency":1}\n{"second":1,"concurrency":3}'],
    ['times', 'time,concurrency\n2026-01-01T00:00:00Z,1\n2026-01-01T00:00:01Z,3'],
    ['Unix seconds', 'time,concurrency\n1767225600,1\n1767225601.5,3'],
    ['carriage returns and spaces', 'second, concurrency\r\n0, 1\r\n\r\n1, 3\r\n'],
  ])('%s', (_, text) => {
    expect(readTrace(text, 500)).toEqual([
      { concurrency: 1, rps: 2 },
      { concurrency: 3, rps: 6 },
    ]);
  });
  test('requests in flight from requests a second and what one takes', () => {
    expect(readTrace('second,rps\n0,40', 250)).toEqual([{ concurrency: 10, rps: 40 }]);
  });
  test.each<[string, string]>([
    ['', 'the trace is empty: a CSV header like second,concurrency and a line for each change would be right'],
    ['second,load\n0,1', 'line 1: column "load" is none of second, time, concurrency, rps'],
    ['second,concurrency', 'the trace has a header and no line'],
    ['second,concurrency\n0,1,2', 'line 2: 3 values for 2 columns'],
    ['second,concurrency\n0,-1', 'line 2: concurrency "-1": a number from 0 on would be right'],
    ['second,concurrency\n0,many', 'line 2: concurrency "many": a number from 0 on would be right'],
    ['second,concurrency\n0,', 'line 2: neither concurrency nor rps'],
    ['concurrency\n1', 'line 2: neither second nor time'],
    ['second,concurrency\n5,1\n5,2', 'line 2: the next line is not later; seconds must go up'],
    ['second,concurrency\n0,1\n90000,2', 'line 2: 90000 s from the start; a trace is at most 86400 s'],
    ['time,concurrency\nyesterday,1', 'line 2: time "yesterday": like 2026-01-01T12:00:00Z or Unix seconds would be right'],
    ['{"second":0,"rps":1}\n{"second"', 'line 2: not JSON: {"second"'],
  ])('what is wrong is told, and where: %j', (text, message) => {
    expect(() => readTrace(text)).toThrow(message);
  });
});

const burst = readTrace('second,concurrency\n0,0\n10,100\n40,0\n');
const annotations = { 'autoscaling.knative.dev/target': '10', 'autoscaling.knative.dev/target-utilization-percentage': '100' };

test('a replay sums up what it came to', () => {
  const { summary, moments } = replay(burst, { annotations, readyPods: 1 }, 120);
  // Pods 1, 2, 5, 9 and 10, two seconds each: 90, 80, 50 and 10 requests have no room. Panic: from 10 s to a window after 12 s.
  expect(summary).toMatchObject({ seconds: 161, maxPods: 10, overloadedSeconds: 8, waiting: 460, panicSeconds: 64 });
  expect(moments.at(-1)).toMatchObject({ replicas: 0, active: 'False' });
});

test('with jumps told at once, nobody waits longer than a pod takes', () => {
  const { summary, moments } = replay(burst, { annotations, readyPods: 1, jumps: true }, 120);
  const [first] = moments.filter((m) => m.decisions.length > 0 && m.second > 0);
  // The reports of that second make a poke of it first.
  expect(first?.decisions).toEqual(['0 → 2: panic: 2 ≥ 2× of 1', '2 → 10: jump to 100 in flight; panic: 10 ≥ 2× of 1']);
  expect(summary).toMatchObject({ maxPods: 10, overloadedSeconds: 2, waiting: 180 });
});

test.each<[string, Parameters<typeof replay>[1], string]>([
  [
    'what the webhook refuses',
    { annotations: { 'autoscaling.knative.dev/window': '1s' } },
    'expected 6s <= 1s <= 1h0m0s: autoscaling.knative.dev/window',
  ],
  ['what the config webhook refuses', { config: { 'max-scale-up-rate': '1' } }, 'max-scale-up-rate'],
  ['a metric the trace has not', { annotations: { 'autoscaling.knative.dev/metric': 'rps' } }, 'the trace has no rps'],
])('refused: %s', (_, scenario, message) => {
  expect(() => replay(burst, scenario, 0)).toThrow(message);
});

test('a spike is seen however narrow the chart', () => {
  const values = Array.from({ length: 1000 }, (_, i) => (i === 501 ? 80 : 1));
  expect(Math.max(...columns(values, 20))).toBe(80);
  expect(chart({ title: 'load', area: [0, 2, 4], line: [4, 4, 4] }, 3, 2)).toBe('load\n       4 │··█\n       0 │ ██');
});

test('on a terminal: a line for each change, with its reason', () => {
  const text = show(replay(burst, { annotations, readyPods: 1 }, 120), 80);
  expect(text).toContain('2 → 5: panic: 5 ≥ 2× of 2');
  expect(text).toContain('at most 10 pods');
  expect(
    Math.max(
      ...text
        .split('\n')
        .slice(-18)
        .map((l) => l.length),
    ),
  ).toBeLessThanOrEqual(80);
});

test('as a picture: well formed, every decision marked', () => {
  const done = replay(burst, { annotations, readyPods: 1 }, 120);
  const picture = svg(done, 'burst & <more>');
  expect(picture).toContain('<title>burst &amp; &lt;more&gt;</title>');
  expect(picture.match(/<circle /g)).toHaveLength(done.summary.decisions);
  expect(picture).not.toMatch(/NaN|undefined|Infinity/);
  expect([0, 1, 3, 7, 15, 101].map(niceTop)).toEqual([1, 1, 5, 10, 20, 200]);
});

const shipped = new URL('../../../../examples/traces/', import.meta.url);
test.each(readdirSync(shipped).filter((f) => !f.endsWith('.md')))('the trace %s that is shipped is one', (file) => {
  const trace = readTrace(readFileSync(new URL(file, shipped), 'utf8'));
  expect(replay(trace, {}, 120).summary.maxPods).toBeGreaterThan(0);
});

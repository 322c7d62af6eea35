import { describe, expect, test } from 'vitest';
import { type Moment, type Scenario, World } from './world.ts';

/** Annotations by what comes after the prefix. */
const own = (short: Record<string, string>) =>
  Object.fromEntries(Object.entries(short).map(([key, value]) => [`autoscaling.knative.dev/${key}`, value]));
const concurrency = (at: (second: number) => number) => (second: number) => ({ concurrency: at(second), rps: 0 });
const idle = concurrency(() => 0);

const told = (m: Moment) =>
  `desired ${m.desired}, replicas ${m.replicas}, ready ${m.readyPods}, ${m.mode}, Active ${m.active}${m.panicking ? ', panic' : ''}`;

/** Every change within `seconds`, each with its second. `edit` comes before the second it is given. */
function story(scenario: Scenario, seconds: number, edit: (second: number, world: World) => void = () => undefined): string[] {
  const world = new World(scenario);
  const lines: string[] = [];
  let last = '';
  for (let second = 0; second < seconds; second++) {
    edit(second, world);
    const text = told(world.step(second));
    if (text !== last) lines.push(`${second} s: ${text}`);
    last = text;
  }
  return lines;
}

describe('to zero (contract data-plane 3.7): the last request ends at 1 s', () => {
  const last = concurrency((second) => (second < 1 ? 1 : 0));
  test('defaults: the activator was in the path all along, so the pod goes with the window', () => {
    expect(story({ readyPods: 1, load: last }, 200)).toEqual([
      '0 s: desired 1, replicas 1, ready 1, Proxy, Active True',
      '60 s: desired 0, replicas 0, ready 0, Proxy, Active False',
    ]);
  });
  test('burst capacity 0: the activator comes into the path at 60 s, and the pod goes a grace period later', () => {
    expect(story({ readyPods: 1, annotations: own({ 'target-burst-capacity': '0' }), load: last }, 200)).toEqual([
      '0 s: desired 1, replicas 1, ready 1, Serve, Active True',
      '60 s: desired 0, replicas 1, ready 1, Proxy, Active False',
      '90 s: desired 0, replicas 0, ready 0, Proxy, Active False',
    ]);
  });
  test('retention: the last pod stays so long after the decision', () => {
    const annotations = own({ 'scale-to-zero-pod-retention-period': '45s' });
    expect(story({ readyPods: 1, annotations, load: last }, 200).slice(1)).toEqual([
      '60 s: desired 0, replicas 1, ready 1, Proxy, Active False',
      '105 s: desired 0, replicas 0, ready 0, Proxy, Active False',
    ]);
  });
  test('not enabled: one pod stays', () => {
    const config = { 'enable-scale-to-zero': 'false' };
    expect(story({ readyPods: 1, config, load: last }, 300).slice(1)).toEqual(['60 s: desired 0, replicas 1, ready 1, Proxy, Active True']);
  });
  test('TargetBurstCapacityZero: created, never asked, gone within a minute', () => {
    expect(story({ annotations: own({ 'target-burst-capacity': '0', window: '10s' }), load: idle }, 100)).toEqual([
      '0 s: desired -1, replicas 1, ready 0, Proxy, Active Unknown',
      '2 s: desired 0, replicas 1, ready 1, Serve, Active True',
      '12 s: desired 0, replicas 1, ready 1, Proxy, Active False',
      '42 s: desired 0, replicas 0, ready 0, Proxy, Active False',
    ]);
  });
  test('FastScaleToZero: burst capacity -1 and a window of 6 s, gone with the grace period', () => {
    expect(story({ readyPods: 1, annotations: own({ 'target-burst-capacity': '-1', window: '6s' }), load: idle }, 100)).toEqual([
      '0 s: desired 0, replicas 1, ready 1, Proxy, Active True',
      '6 s: desired 0, replicas 1, ready 1, Proxy, Active False',
      '30 s: desired 0, replicas 0, ready 0, Proxy, Active False',
    ]);
  });
  test('a pod that never comes up is given up 30 s after the progress deadline', () => {
    const annotations = { 'serving.knative.dev/progress-deadline': '60s' };
    expect(story({ podStartMs: 3_600_000, annotations, load: idle }, 200)).toEqual([
      '0 s: desired -1, replicas 1, ready 0, Proxy, Active Unknown',
      '91 s: desired -1, replicas 0, ready 0, Proxy, Active False',
    ]);
  });
});

describe('up and down (contract data-plane 7.1)', () => {
  // The weighted window forgets within seconds, but is empty no sooner than the linear one.
  test.each<[string, number]>([
    ['linear', 70],
    ['weighted-exponential', 62],
  ])('AutoscaleUpDownUp, %s: 1 → 2, to zero, 0 → 2', (algorithm, fewerAt) => {
    const annotations = own({ window: '30s', target: '6', 'metric-aggregation-algorithm': algorithm });
    const load = concurrency((second) => (second < 60 || second >= 180 ? 6 : 0));
    expect(story({ readyPods: 1, annotations, load }, 260)).toEqual([
      '0 s: desired 2, replicas 2, ready 1, Proxy, Active True, panic',
      '2 s: desired 2, replicas 2, ready 2, Proxy, Active True, panic',
      '32 s: desired 2, replicas 2, ready 2, Proxy, Active True',
      `${fewerAt} s: desired 1, replicas 1, ready 1, Proxy, Active True`,
      '90 s: desired 0, replicas 0, ready 0, Proxy, Active False',
      '180 s: desired 2, replicas 2, ready 0, Proxy, Active Unknown, panic',
      '182 s: desired 2, replicas 2, ready 2, Proxy, Active True, panic',
      '212 s: desired 2, replicas 2, ready 2, Proxy, Active True',
    ]);
  });
  test.each<[string, Record<string, string>, 'concurrency' | 'rps']>([
    ['concurrency', { target: '10' }, 'concurrency'],
    ['rps', { target: '10', metric: 'rps' }, 'rps'],
  ])('AutoscaleUpCountPods, %s: 2, 3, 4 pods for as much load, and no more', (_, annotations, metric) => {
    const load = (second: number) => ({ concurrency: 0, rps: 0, [metric]: 10 * 0.7 * (2 + Math.floor(second / 90)) });
    const world = new World({ readyPods: 1, annotations: own(annotations), load });
    const pods = [...world.run(270)].filter((m) => m.second % 90 === 89).map((m) => m.readyPods);
    expect(pods).toEqual([2, 3, 4]);
  });
  test('AutoscaleSustaining: constant load holds 8 pods, through panic and after', () => {
    const annotations = own({ target: '10' });
    const world = new World({ readyPods: 1, annotations, load: concurrency(() => 55) });
    const pods = [...world.run(300)].slice(4).map((m) => m.readyPods);
    expect(new Set(pods)).toEqual(new Set([8]));
  });
  test('ActivatorOverload: one at a time, ten pods at most, 100 at once', () => {
    const annotations = own({ 'max-scale': '10', 'target-burst-capacity': '-1' });
    const load = concurrency((second) => (second === 5 ? 100 : 0));
    expect(story({ containerConcurrency: 1, annotations, load }, 12)).toEqual([
      '0 s: desired 0, replicas 1, ready 0, Proxy, Active Unknown',
      '2 s: desired 0, replicas 1, ready 1, Proxy, Active True',
      '5 s: desired 143, replicas 10, ready 1, Proxy, Active True, panic',
      '7 s: desired 143, replicas 10, ready 10, Proxy, Active True, panic',
    ]);
  });
  test('TargetBurstCapacity 7 at a target of 10: proxied at 7, exactly two pods at 12, and then they are served', () => {
    const annotations = own({ target: '10', 'target-burst-capacity': '7', 'target-utilization-percentage': '70' });
    const load = concurrency((second) => (second < 20 ? 7 : 12));
    expect(story({ readyPods: 1, annotations, load }, 120)).toEqual([
      '0 s: desired 1, replicas 1, ready 1, Proxy, Active True',
      '20 s: desired 2, replicas 2, ready 1, Proxy, Active True, panic',
      '22 s: desired 2, replicas 2, ready 2, Serve, Active True, panic',
      '82 s: desired 2, replicas 2, ready 2, Serve, Active True',
    ]);
  });
  test('TargetBurstCapacityMinusOne: the activator stays in the path, whatever is spare', () => {
    const load = concurrency((second) => 1 + (second % 50));
    const world = new World({ readyPods: 5, annotations: own({ 'target-burst-capacity': '-1', 'min-scale': '5' }), load });
    expect(new Set([...world.run(200)].map((m) => m.mode))).toEqual(new Set(['Proxy']));
  });
});

describe('bounds (contract data-plane 7.1)', () => {
  test('ActivationScale: after zero, one request brings five pods', () => {
    const annotations = own({ 'activation-scale': '5', window: '10s' });
    expect(story({ annotations, load: concurrency((second) => (second === 60 ? 1 : 0)) }, 120)).toEqual([
      '0 s: desired -1, replicas 1, ready 0, Proxy, Active Unknown',
      '2 s: desired 0, replicas 1, ready 1, Proxy, Active True',
      '12 s: desired 0, replicas 1, ready 1, Proxy, Active False',
      '30 s: desired 0, replicas 0, ready 0, Proxy, Active False',
      '60 s: desired 5, replicas 5, ready 0, Proxy, Active Unknown',
      '62 s: desired 5, replicas 5, ready 5, Serve, Active True',
      '70 s: desired 2, replicas 2, ready 2, Serve, Active True',
      '72 s: desired 1, replicas 1, ready 1, Proxy, Active True',
      '74 s: desired 0, replicas 1, ready 1, Proxy, Active False',
      '102 s: desired 0, replicas 0, ready 0, Proxy, Active False',
    ]);
  });
  test('InitialScale: three pods before it is ready, then fewer', () => {
    expect(story({ annotations: own({ 'initial-scale': '3', window: '10s' }), load: idle, podStartMs: 5000 }, 12)).toEqual([
      '0 s: desired -1, replicas 3, ready 0, Serve, Active Unknown',
      '5 s: desired -1, replicas 3, ready 3, Proxy, Active True',
      '6 s: desired 1, replicas 1, ready 1, Serve, Active True',
      '8 s: desired 0, replicas 1, ready 1, Proxy, Active True',
    ]);
  });
  test('InitScaleZero: no pod until the first request', () => {
    const config = { 'allow-zero-initial-scale': 'true' };
    const load = concurrency((second) => (second === 20 ? 1 : 0));
    expect(story({ config, annotations: own({ 'initial-scale': '0' }), load }, 60)).toEqual([
      '0 s: desired -1, replicas 0, ready 0, Proxy, Active False',
      '20 s: desired 1, replicas 1, ready 0, Proxy, Active Unknown',
      '22 s: desired 1, replicas 1, ready 1, Proxy, Active True',
    ]);
  });
  test('MinScale: before it is ready, and for as long as it is reachable', () => {
    const annotations = own({ 'min-scale': '4', window: '10s' });
    const supersede = (second: number, world: World) => second === 40 && world.edit({ annotations, reachability: 'Unreachable' });
    expect(story({ annotations, load: idle }, 120, supersede)).toEqual([
      '0 s: desired -1, replicas 4, ready 0, Proxy, Active Unknown',
      '2 s: desired 2, replicas 4, ready 4, Serve, Active True',
      '40 s: desired 2, replicas 2, ready 2, Serve, Active True',
      '42 s: desired 0, replicas 2, ready 2, Proxy, Active False',
      '72 s: desired 0, replicas 0, ready 0, Proxy, Active False',
    ]);
  });
  test('MinScaleAnnotationChange: 1, 2, 3, then none: 0', () => {
    const at = (min?: string) => ({ annotations: own({ window: '10s', ...(min ? { 'min-scale': min } : {}) }) });
    const edits = new Map([
      [20, '2'],
      [40, '3'],
      [60, undefined],
    ]);
    const world = new World({ ...at('1'), load: idle });
    const pods: number[] = [];
    for (let second = 0; second < 120; second++) {
      if (edits.has(second)) world.edit(at(edits.get(second)));
      const { readyPods } = world.step(second);
      if (readyPods !== pods.at(-1)) pods.push(readyPods);
    }
    expect(pods).toEqual([0, 1, 2, 3, 1, 0]);
  });
});

describe('restarts (contract data-plane 3.6, 7.2)', () => {
  test('AutoscalerHA: nothing is taken away for a stable window, then it goes on', () => {
    const world = new World({ readyPods: 8, annotations: own({ target: '10' }), load: concurrency(() => 55) });
    for (const _ of world.run(100));
    world.restart();
    const pods = Array.from({ length: 100 }, (_, i) => world.step(100 + i).readyPods);
    expect(new Set(pods)).toEqual(new Set([8]));
  });
  test('more pods than the load needs stay for a stable window after a restart', () => {
    expect(story({ readyPods: 8, load: concurrency(() => 1) }, 70)).toEqual([
      '0 s: desired 8, replicas 8, ready 8, Serve, Active True, panic',
      '62 s: desired 4, replicas 4, ready 4, Serve, Active True',
      '64 s: desired 2, replicas 2, ready 2, Serve, Active True',
      '66 s: desired 1, replicas 1, ready 1, Proxy, Active True',
    ]);
  });
  test('at zero a restart changes nothing, and the next request wakes', () => {
    const world = new World({
      config: { 'allow-zero-initial-scale': 'true' },
      annotations: own({ 'initial-scale': '0' }),
      load: concurrency((s) => (s === 30 ? 1 : 0)),
    });
    for (const _ of world.run(20));
    world.restart();
    expect([20, 29, 30, 32].map((s) => world.step(s).readyPods)).toEqual([0, 0, 0, 1]);
  });
});

import { seeded } from '@ebb/shared/testing/seeded.ts';
/** Load on one revision, second by second, and what happens to it: the input both autoscalers decide on. */
export interface Shape {
  name: string;
  /** Without their prefix `autoscaling.knative.dev/`. */
  annotations: Record<string, string>;
  /** Keys of config-autoscaler. */
  config: Record<string, string>;
  containerConcurrency: number;
  /** Concurrency or requests a second, as the metric wants it; null: nobody reports. */
  load: (number | null)[];
  /** Of the load, how much came through an activator. */
  proxied: number;
  /** Ready pods in each second. */
  ready: number[];
  /** Seconds at which the autoscaler is started anew. */
  restarts: number[];
  /** Second → the annotations from then on. */
  edits: Record<number, Record<string, string>>;
  /** Seconds from which on nothing routes to the revision. */
  unreachableFrom?: number;
  /** Seconds a report is late by. */
  late: number;
}

type Draw = (second: number, rnd: () => number) => number | null;
type More = Partial<Omit<Shape, 'name' | 'load' | 'ready'>> & {
  seconds?: number;
  /** Pods for so much load each, `lag` seconds after it; at most `most`. */
  pod?: number;
  lag?: number;
  most?: number;
};

const round = (n: number): number => Math.round(n * 1000) / 1000;

function shape(name: string, draw: Draw, more: More = {}): Shape {
  const { seconds = 240, pod = 70, lag = 4, most = 50, ...own } = more;
  // The name seeds it, so that a new shape changes no other.
  const rnd = seeded([...name].reduce((h, c) => Math.imul(h ^ c.charCodeAt(0), 16777619), 2166136261));
  const load = Array.from({ length: seconds }, (_, s) => {
    const value = draw(s, rnd);
    return value === null ? null : round(Math.max(0, value));
  });
  // Pods follow the load by a rule of their own, so that the input does not depend on what is decided.
  const ready = load.map((_, s) => Math.min(most, Math.max(s < lag ? 1 : 0, Math.ceil((load[Math.max(0, s - lag)] ?? 0) / pod))));
  return { name, annotations: {}, config: {}, containerConcurrency: 0, proxied: 0, restarts: [], edits: {}, late: 0, load, ready, ...own };
}

const step =
  (before: number, after: number, at: number): Draw =>
  (s) =>
    s < at ? before : after;
const pulse =
  (high: number, from: number, to: number, low = 0): Draw =>
  (s) =>
    s >= from && s < to ? high : low;
const ramp =
  (from: number, to: number, seconds: number): Draw =>
  (s) =>
    from + ((to - from) * Math.min(s, seconds)) / seconds;
const wave =
  (middle: number, swing: number, period: number): Draw =>
  (s) =>
    middle + swing * Math.sin((2 * Math.PI * s) / period);
const noise =
  (middle: number, swing: number): Draw =>
  (_, rnd) =>
    middle + swing * (2 * rnd() - 1);
const weighted = { 'metric-aggregation-algorithm': 'weighted-exponential' };

/** The load shapes of the comparison: steps, ramps, spikes, waves, silences, restarts, both algorithms, odd annotations. */
export const shapes: readonly Shape[] = [
  shape('idle', () => 0),
  shape('one request', pulse(1, 30, 31)),
  shape('step up', step(10, 400, 60)),
  shape('step down', step(400, 10, 60)),
  shape('step to silence', (s) => (s < 60 ? 300 : null)),
  shape('step from silence', (s) => (s < 60 ? null : 300)),
  shape('ramp up', ramp(0, 1000, 200)),
  shape('ramp down', ramp(1000, 0, 200)),
  shape('spike', pulse(2000, 60, 63, 20)),
  shape('two spikes in one panic', (s) => (s === 40 || s === 70 ? 900 : 15)),
  shape('spike from zero', pulse(500, 100, 110)),
  shape('wave', wave(300, 250, 60)),
  shape('wave, faster than the window', wave(100, 90, 10)),
  shape('noise', noise(200, 150)),
  shape('noise around the target', noise(70, 5)),
  shape('exactly on target', () => 140),
  shape('a hair above target', () => 140.001),
  shape('gaps of a few seconds', (s) => (s % 10 < 4 ? null : 150)),
  shape('gaps of a window', (s) => (s % 150 < 70 ? null : 150), { seconds: 400 }),
  shape('on and off', (s) => (Math.floor(s / 30) % 2 === 0 ? 200 : 0)),
  shape('flood', pulse(100_000, 20, 200), { most: 200 }),
  shape('pods never come', (s) => (s < 4 ? null : 500), { most: 0 }),
  shape('weighted: step up', step(10, 400, 60), { annotations: weighted }),
  shape('weighted: step down', step(400, 10, 60), { annotations: weighted }),
  shape('weighted: spike', pulse(2000, 60, 63, 20), { annotations: weighted }),
  shape('weighted: noise', noise(200, 150), { annotations: weighted }),
  shape('weighted: gaps', (s) => (s % 20 < 11 ? 150 : null), { annotations: weighted }),
  shape('weighted: to silence', (s) => (s < 60 ? 300 : null), { annotations: { ...weighted, window: '20s' } }),
  shape('weighted: window 6s', wave(100, 90, 20), { annotations: { ...weighted, window: '6s' } }),
  shape('rps: step', step(50, 900, 60), { annotations: { metric: 'rps' }, pod: 140 }),
  shape('rps: noise, target 10', noise(60, 60), { annotations: { metric: 'rps', target: '10' }, pod: 7 }),
  shape('rps: weighted wave', wave(400, 300, 45), { annotations: { metric: 'rps', ...weighted }, pod: 140 }),
  shape('one at a time', noise(20, 15), { containerConcurrency: 1, pod: 0.7 }),
  shape('ten at a time, burst of 100', pulse(100, 50, 200), { containerConcurrency: 10, pod: 10 }),
  shape('target above the limit', noise(40, 20), { containerConcurrency: 5, annotations: { target: '50' }, pod: 5 }),
  shape('target 0.01', noise(0.3, 0.3), { annotations: { target: '0.01' }, pod: 0.02 }),
  shape('utilization 100', noise(300, 200), { annotations: { 'target-utilization-percentage': '100' } }),
  shape('utilization 1', noise(3, 3), { annotations: { 'target-utilization-percentage': '1', target: '10' }, pod: 1 }),
  shape('window 6s', wave(200, 200, 30), { annotations: { window: '6s' } }),
  shape('window 1h', ramp(0, 800, 300), { annotations: { window: '1h' }, seconds: 400 }),
  shape('panic window 1 %', noise(200, 200), { annotations: { 'panic-window-percentage': '1.0' } }),
  shape('panic window 100 %', step(20, 500, 60), { annotations: { 'panic-window-percentage': '100' } }),
  shape('panic threshold 110', noise(150, 100), { annotations: { 'panic-threshold-percentage': '110' } }),
  shape('panic threshold 1000', pulse(600, 60, 90, 20), { annotations: { 'panic-threshold-percentage': '1000' } }),
  shape('burst capacity 0', step(10, 400, 60), { annotations: { 'target-burst-capacity': '0' } }),
  shape('burst capacity -1', (s) => (s < 30 ? 90 : null), { annotations: { 'target-burst-capacity': '-1' } }),
  shape('burst capacity 50', wave(200, 150, 80), { annotations: { 'target-burst-capacity': '50' } }),
  shape('activation scale', (s) => (s % 100 === 50 ? 1 : 0), { annotations: { 'activation-scale': '5' } }),
  shape('activation scale above the rate', step(0, 5, 60), {
    annotations: { 'activation-scale': '7' },
    config: { 'max-scale-up-rate': '1.5' },
  }),
  shape('scale-down-delay', wave(300, 280, 40), { annotations: { 'scale-down-delay': '15s', window: '10s' } }),
  shape('scale-down-delay, odd', noise(300, 280), { annotations: { 'scale-down-delay': '7s', window: '6s' } }),
  shape('up by 1.1', step(10, 2000, 60), { config: { 'max-scale-up-rate': '1.1' }, lag: 8 }),
  shape('down by 1.5', step(2000, 10, 60), { config: { 'max-scale-down-rate': '1.5' } }),
  shape('unreachable', step(800, 20, 100), { unreachableFrom: 80 }),
  shape('initial scale 5', (s) => (s < 20 ? null : 30), { annotations: { 'initial-scale': '5' } }),
  shape('half through activators', noise(250, 100), { proxied: 0.5 }),
  shape('all through activators', noise(250, 100), { proxied: 1 }),
  shape('restart under load', () => 400, { restarts: [100] }),
  shape('restart into silence', (s) => (s < 100 ? 400 : null), { restarts: [100] }),
  shape('restart with one pod', () => 30, { restarts: [100] }),
  shape('restarts in a panic', pulse(900, 60, 200, 20), { restarts: [64, 66, 120] }),
  shape('late reports', noise(200, 150), { late: 3 }),
  shape('late by a window', noise(200, 150), { annotations: { window: '10s' }, late: 12 }),
  shape('held before the first decision', () => 5, { most: 0, seconds: 60 }),
  shape('live: target', () => 200, { edits: { 100: { target: '20' }, 160: {} } }),
  shape('live: window', wave(300, 250, 50), { edits: { 100: { window: '20s' }, 170: { window: '90s' } }, seconds: 300 }),
  shape('live: burst capacity', () => 200, { edits: { 100: { 'target-burst-capacity': '0' }, 160: { 'target-burst-capacity': '-1' } } }),
];

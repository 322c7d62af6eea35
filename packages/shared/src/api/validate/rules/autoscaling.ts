import { annotated, inAnnotations, type Rule } from './case.ts';

const key = (name: string) => `autoscaling.knative.dev/${name}`;
const at = (name: string) => `${inAnnotations}.${key(name)}`;
type Settings = Parameters<typeof annotated>[1];
const a = (values: Record<string, string>, settings?: Settings) =>
  annotated(Object.fromEntries(Object.entries(values).map(([k, v]) => [key(k), v])), settings);
const limit = { autoscaler: { 'max-scale-limit': '10', 'max-scale': '5' } };
const kpa = 'kpa.autoscaling.knative.dev';
const hpa = 'hpa.autoscaling.knative.dev';

/** An annotation of its own: its spellings, good values, and bad ones with their texts; `@` is its path. */
const single = (names: string[], good: string[], bad: [value: string, text: string][], settings?: Settings): Rule[] =>
  names.map((name) => ({
    id: `4.4 ${name}`,
    accepts: good.map((v) => a({ [name]: v }, settings)),
    rejects: bad.map(([v, text]) => [a({ [name]: v }, settings), text.replaceAll('@', at(name))] as const),
  }));
const invalid = (v: string): [string, string] => [v, `invalid value: ${v}: @`];
const outside = (v: string, lo: string, hi: string): [string, string] => [v, `expected ${lo} <= ${v} <= ${hi}: @`];
const int32 = '2147483647';

/** Contract control-plane 2.2 and 4.4. */
export const autoscalingRules: readonly Rule[] = [
  ...single(['class'], [kpa, hpa, 'mine', 'x.example.com', ''], [invalid('x.knative.dev')]),
  ...single(
    ['min-scale', 'minScale'],
    ['0', '1', int32],
    [invalid('x'), invalid('1.5'), invalid(''), outside('-1', '0', int32), outside('2147483648', '0', int32)],
  ),
  ...single(['max-scale', 'maxScale'], ['0', '1', int32], [invalid('x'), outside('-1', '0', int32)]),
  ...single(
    ['initial-scale', 'initialScale'],
    ['1', '5'],
    [invalid('x'), ['-1', 'invalid value: -1: @ must be greater than 0'], ['0', 'invalid value: 0: @=0 not allowed by cluster']],
  ),
  {
    id: '4.4 initial scale of zero',
    accepts: [a({ 'initial-scale': '0' }, { autoscaler: { 'allow-zero-initial-scale': 'true' } })],
    rejects: [[a({ 'initial-scale': '0' }), `invalid value: 0: ${at('initial-scale')}=0 not allowed by cluster`]],
  },
  ...single(
    ['activation-scale'],
    ['2', '10'],
    [
      invalid('x'),
      invalid('2147483648'),
      ['1', 'activation-scale=1 must be greater than 1: @'],
      ['-1', 'min-scale=0 is greater than activation-scale=-1: @'],
    ],
  ),
  {
    id: '4.4 activation scale between the others; the first that is wrong is told',
    accepts: [a({ 'activation-scale': '3', 'min-scale': '3', 'max-scale': '3' }), a({ 'activation-scale': '3', 'max-scale': '0' })],
    rejects: [
      [a({ 'activation-scale': '2', 'min-scale': '3' }), `min-scale=3 is greater than activation-scale=2: ${at('activation-scale')}`],
      [a({ 'activation-scale': '4', 'max-scale': '3' }), `max-scale=3 is less than activation-scale=4: ${at('activation-scale')}`],
    ],
  },
  {
    id: '4.4 max-scale is at least min-scale',
    accepts: [a({ 'min-scale': '2', 'max-scale': '2' }), a({ 'min-scale': '2', 'max-scale': '0' })],
    rejects: [
      [a({ 'min-scale': '3', 'max-scale': '2' }), `max-scale=2 is less than min-scale=3: ${at('max-scale')}, ${at('min-scale')}`],
      // Told at today's spellings.
      [a({ minScale: '3', maxScale: '2' }), `max-scale=2 is less than min-scale=3: ${at('max-scale')}, ${at('min-scale')}`],
    ],
  },
  {
    id: '4.4 max-scale is within max-scale-limit',
    accepts: [a({ 'max-scale': '10' }, limit), a({}, limit)],
    rejects: [
      [a({ 'max-scale': '11' }, limit), `expected 1 <= 11 <= 10: ${at('max-scale')}`],
      [a({ 'max-scale': '0' }, limit), `max-scale=0 (unlimited), must be less than 10: ${at('max-scale')}`],
    ],
  },
  ...single(
    ['target'],
    ['0.01', '100', '1e3', 'nan', 'inf', '0x1p4', '1_0'],
    [invalid('x'), invalid('1e999'), ['0.001', 'target 0.001 should be at least 0.01: @']],
  ),
  ...single(
    ['target-utilization-percentage', 'targetUtilizationPercentage'],
    ['1', '70.5', '100'],
    [invalid('x'), outside('0', '1', '100'), outside('101', '1', '100')],
  ),
  ...single(['target-burst-capacity', 'targetBurstCapacity'], ['0', '-1', '211'], [invalid('x'), invalid('-2'), invalid('-0.5')]),
  ...single(
    ['panic-window-percentage', 'panicWindowPercentage'],
    ['1', '100'],
    [invalid('x'), outside('0.5', '1', '100'), outside('inf', '1', '100')],
  ),
  ...single(['panic-threshold-percentage', 'panicThresholdPercentage'], ['110', '1000'], [invalid('x'), outside('109', '110', '1000')]),
  ...single(
    ['window'],
    ['6s', '1h'],
    [
      invalid('x'),
      invalid('6'),
      outside('5s', '6s', '1h0m0s'),
      outside('61m', '6s', '1h0m0s'),
      ['6500ms', 'must be specified with at most second precision: @'],
    ],
  ),
  ...single(
    ['scale-down-delay', 'scaleDownDelay'],
    ['0', '0s', '1h'],
    [
      invalid('x'),
      outside('-1s', '0s', '1h0m0s'),
      outside('61m', '0s', '1h0m0s'),
      ['500ms', 'must be specified with at most second precision: @'],
    ],
  ),
  ...single(
    ['scale-to-zero-pod-retention-period', 'scaleToZeroPodRetentionPeriod'],
    ['0s', '1.5s', '1h'],
    [invalid('x'), outside('-1s', '0s', '1h0m0s')],
  ),
  {
    id: '4.4 metric',
    accepts: [
      ...['concurrency', 'rps'].map((metric) => a({ metric })),
      ...['cpu', 'memory', 'mine'].map((metric) => a({ metric, class: hpa })),
      a({ metric: '', class: 'mine' }),
      a({ metric: 'cpu' }, { autoscaler: { 'pod-autoscaler-class': hpa } }),
    ],
    rejects: [
      [a({ metric: 'cpu' }), `invalid value: cpu: ${at('metric')}`],
      [a({ metric: 'cpu', class: kpa }), `invalid value: cpu: ${at('metric')}`],
      [a({ metric: '', class: hpa }), `invalid value: : ${at('metric')}`],
    ],
  },
  ...['metric-aggregation-algorithm', 'metricAggregationAlgorithm'].map(
    (name): Rule => ({
      id: `4.4 ${name}`,
      accepts: [
        ...['linear', 'weighted-exponential', 'weightedExponential', ''].map((v) => a({ class: kpa, [name]: v })),
        a({ [name]: 'x' }),
        a({ class: hpa, [name]: 'x' }),
      ],
      rejects: [[a({ class: kpa, [name]: 'x' }), `invalid value: x: ${at(name)}`]],
    }),
  ),
  {
    id: '4.4 the first listed spelling that is there counts',
    accepts: [a({ 'min-scale': '1', minScale: 'x' })],
    rejects: [[a({ 'min-scale': 'x', minScale: '1' }), `invalid value: x: ${at('min-scale')}`]],
  },
];

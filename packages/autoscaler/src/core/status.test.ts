import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { marking } from '@ebb/shared/api/conditions.ts';
import type { Condition } from '@ebb/shared/api/meta.ts';
import { expect, test } from 'vitest';
import { specWith } from '../testing.ts';
import type { Spec } from './spec.ts';
import { markActivity } from './status.ts';

type Was = 'True' | 'False' | 'Unknown';
type Row = [
  name: string,
  spec: Partial<Spec>,
  was: [active: Was, initialized: boolean],
  seen: [want: number, ready: number],
  active: string,
  initialized: Was,
];

test.each<Row>([
  ['wanted 0, active', {}, ['True', true], [0, 1], 'False NoTraffic', 'True'],
  ['wanted 0, inactive', {}, ['False', true], [0, 0], 'False NoTraffic', 'True'],
  ['wanted 0, activating', {}, ['Unknown', false], [0, 0], 'False TimedOut', 'Unknown'],
  ['initial-scale 0', { initialScale: 0 }, ['Unknown', false], [-1, 0], 'False NoTraffic', 'True'],
  ['too few', {}, ['True', true], [2, 0], 'Unknown Queued', 'True'],
  ['too few of the initial scale', { initialScale: 3 }, ['Unknown', false], [3, 2], 'Unknown Queued', 'Unknown'],
  ['all of the initial scale', { initialScale: 3 }, ['Unknown', false], [3, 3], 'True', 'True'],
  ['too few of min-scale', { minScale: 3 }, ['True', true], [3, 2], 'Unknown Queued', 'True'],
  ['initialized: one is enough', { initialScale: 3 }, ['Unknown', true], [3, 1], 'True', 'True'],
  ['unknown, too few, inactive', {}, ['False', true], [-1, 0], 'False NoTraffic', 'True'],
  ['unknown, enough, inactive: unchanged', {}, ['False', true], [-1, 1], 'False Before', 'True'],
  ['unknown, too few, activating', {}, ['Unknown', false], [-1, 0], 'Unknown Queued', 'Unknown'],
  ['unknown, enough, active', {}, ['True', true], [-1, 1], 'True', 'True'],
  ['back from idle', {}, ['False', true], [1, 0], 'Unknown Queued', 'True'],
  ['min-scale does not count when unreachable', { minScale: 3, reachable: false }, ['True', true], [1, 1], 'True', 'True'],
])('%s', (_, spec, [was, before], [want, readyPods], active, initialized) => {
  const conditions: Condition[] = [
    { type: 'Active', status: was, ...(was === 'False' ? { reason: 'Before', message: '-' } : {}) },
    { type: 'ScaleTargetInitialized', status: before ? 'True' : 'Unknown' },
  ];
  const marks = marking(conditionSets.PodAutoscaler, conditions);
  markActivity(marks, specWith(spec), { want, readyPods, serviceName: 'one' });
  const { status, reason } = marks.get('Active') ?? {};
  expect([status, reason].filter(Boolean).join(' ')).toBe(active);
  expect(marks.get('ScaleTargetInitialized')?.status).toBe(initialized);
});

test('without a service name nothing is initialized', () => {
  const marks = marking(conditionSets.PodAutoscaler, [{ type: 'Active', status: 'Unknown' }]);
  markActivity(marks, specWith(), { want: 1, readyPods: 1, serviceName: '' });
  expect(marks.is('ScaleTargetInitialized', 'True')).toBe(false);
});

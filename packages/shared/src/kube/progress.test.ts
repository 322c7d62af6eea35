import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CommonStatus } from '../api/meta.ts';
import { Progress } from './progress.ts';
import type { AnyReconciler } from './reconcile.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const reconciler = (unhurried?: { but: string[] }) => ({ conditions: ['Ready'], unhurried }) as unknown as AnyReconciler;
const status = (ready: 'True' | 'False' | 'Unknown', more: Record<string, unknown> = {}): CommonStatus => ({
  conditions: [{ type: 'Ready', status: ready }],
  ...more,
});
const patient = reconciler({ but: ['name'] });

test.each([
  ['a new object under way', undefined, status('Unknown'), true],
  ['under way, and a field differs', status('Unknown'), status('Unknown', { url: 'x' }), true],
  ['a field others wait for', status('Unknown'), status('Unknown', { name: 'x' }), false],
  ['it became ready', status('Unknown'), status('True'), false],
  ['it failed', undefined, status('False'), false],
  ['it was ready', status('True'), status('Unknown'), false],
  ['nothing changes', status('Unknown'), status('Unknown'), false],
])('%s', (_, before, planned, waits) => {
  expect(new Progress().wait(patient, 'a', before, planned) > 0).toBe(waits);
  expect(new Progress().wait(reconciler(), 'a', before, planned)).toBe(0);
});

test('it waits a second in all, however often it changes meanwhile', () => {
  const progress = new Progress();
  const wait = (url: string) => progress.wait(patient, 'a', undefined, status('Unknown', { url }));
  expect(wait('1')).toBe(1000);
  vi.advanceTimersByTime(600);
  expect(wait('2')).toBe(400);
  vi.advanceTimersByTime(400);
  expect(wait('3')).toBe(0);
  expect(wait('4')).toBe(1000);
});

test('it waits longer in a crowd, ten seconds at most, and no longer than the crowd does', () => {
  const progress = new Progress();
  const wait = (key: string) => progress.wait(patient, key, undefined, status('Unknown'));
  expect(Array.from({ length: 200 }, (_, i) => wait(`${i}`)).filter((_, i) => i % 50 === 0)).toEqual([1000, 6000, 10_000, 10_000]);
  for (let i = 10; i < 200; i++) progress.forget(`${i}`);
  vi.advanceTimersByTime(1500);
  expect(wait('0')).toBe(400);
});

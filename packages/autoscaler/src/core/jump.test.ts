import { expect, test } from 'vitest';
import { specWith } from '../testing.ts';
import { isJump, type Jump } from './jump.ts';
import type { Spec } from './spec.ts';

test.each<[string, Partial<Spec>, Jump, boolean]>([
  ['one to twenty, at a target of 7', { targetValue: 7 }, { readyPods: 1, level: 20, average: 1 }, true],
  ['a hundred, with nothing there', {}, { readyPods: 0, level: 100, average: 1 }, true],
  ['two at zero, at one a pod', { targetValue: 1 }, { readyPods: 0, level: 2, average: 1 }, true],
  ['one at zero', { targetValue: 1 }, { readyPods: 0, level: 1, average: 0 }, false],
  ['the pods that are there have room', {}, { readyPods: 10, level: 100, average: 1 }, false],
  ['less than panic asks for', {}, { readyPods: 2, level: 29, average: 1 }, false],
  ['a panic threshold that is higher', { panicThreshold: 10 }, { readyPods: 1, level: 50, average: 1 }, false],
  ['chance around a load near the target', { targetValue: 7 }, { readyPods: 1, level: 14, average: 6.5 }, false],
  ['chance around a high load', { targetValue: 7 }, { readyPods: 10, level: 150, average: 100 }, false],
  ['twice a high load', { targetValue: 7 }, { readyPods: 10, level: 200, average: 70 }, true],
  ['scaled by requests a second', { metric: 'rps' }, { readyPods: 0, level: 100, average: 0 }, false],
])('%s', (_, spec, jump, is) => {
  expect(isJump(specWith(spec), jump)).toBe(is);
});

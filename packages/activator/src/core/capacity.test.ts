import { describe, expect, test } from 'vitest';
import { assign, type Backends, placeAmong } from './capacity.ts';

const podsOf = (...healthy: string[]): Backends => ({ mode: 'pods', healthy });
const behind = (ready: number): Backends => ({ mode: 'clusterIP', dest: '10.96.0.9:80', ready });
const alone = { index: 0, activators: 1 };

describe('assign', () => {
  test.each([
    ['nobody serves', 10, podsOf(), alone, { dests: [], capacity: 0, perDest: 0 }],
    ['nobody serves, no limit', 0, podsOf(), alone, { dests: [], capacity: 0, perDest: 0 }],
    ['no limit', 0, podsOf('b', 'a'), { index: 0, activators: 2 }, { dests: ['a', 'b'], capacity: Infinity, perDest: Infinity }],
    ['a limit', 10, podsOf('b', 'a'), alone, { dests: ['a', 'b'], capacity: 20, perDest: 10 }],
    ['a share', 10, podsOf('b', 'a'), { index: 1, activators: 2 }, { dests: ['b'], capacity: 10, perDest: 10 }],
    ['cluster IP', 10, behind(3), { index: 0, activators: 2 }, { dests: ['10.96.0.9:80'], capacity: 15, perDest: Infinity }],
    ['cluster IP, at least one', 1, behind(1), { index: 0, activators: 4 }, { dests: ['10.96.0.9:80'], capacity: 1, perDest: Infinity }],
    ['cluster IP, no limit', 0, behind(1), alone, { dests: ['10.96.0.9:80'], capacity: Infinity, perDest: Infinity }],
  ])('%s', (_name, cc, backends, place, expected) => {
    expect(assign(cc, backends, place)).toEqual(expected);
  });
});

describe('placeAmong', () => {
  const before = { index: 3, activators: 7 };
  test('is the place in order of addresses', () => {
    expect(placeAmong(['10.0.0.9', '10.0.0.2', '10.0.0.5'], '10.0.0.5', before)).toEqual({ index: 1, activators: 3 });
  });
  test('stays when the own address is not listed', () => {
    expect(placeAmong(['10.0.0.9'], '10.0.0.5', before)).toBe(before);
  });
});

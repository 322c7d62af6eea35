import { expect, test } from 'vitest';
import { compare, meant, readCaptured } from './index.ts';
import { pack, unpack } from './series.ts';
import { shapes } from './shapes.ts';

const captured = readCaptured();

const alike = shapes.filter((shape) => !(shape.name in meant));

test.each(alike.map((shape) => [shape.name, shape] as const))('%s: decided as by the Go original', (_, shape) => {
  expect(compare(shape, captured)).toBeUndefined();
});

test('a difference that is meant is the one that is meant, and there still', () => {
  const [shape] = shapes.filter((s) => s.name in meant);
  expect(shape && compare(shape, captured)).toMatchObject({ seconds: 1, first: { second: 1, ebb: '1/-216', peer: '-1/-111' } });
});

test('a packed series is the series again', () => {
  const series = ['1/0', '1/0', '2/-1!', '1/0'];
  expect(pack(series)).toBe('1/0*2 2/-1! 1/0');
  expect(unpack(pack(series))).toEqual(series);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  test.each([
    ['0', 0],
    ['-0', 0],
    ['6s', 6_000],
    ['1h30m', 5_400_000],
    ['2.5s', 2_500],
    ['.5m', 30_000],
    ['1.s', 1_000],
    ['+300ms', 300],
    ['-1m', -60_000],
    ['1us', 0.001],
    ['1µs', 0.001],
    ['1μs', 0.001],
    ['10ns', 0.00001],
    ['48h', 172_800_000],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBeCloseTo(ms, 9);
  });

  test.each(['', '-', '+', 'abc', 's', '.s', '1s.', ' 1s', '--1s'])('refuses %j as invalid', (text) => {
    expect(() => parseDuration(text)).toThrow(`time: invalid duration ${JSON.stringify(text)}`);
  });

  test('says which unit is missing or unknown', () => {
    expect(() => parseDuration('60')).toThrow('time: missing unit in duration "60"');
    expect(() => parseDuration('1d')).toThrow('time: unknown unit "d" in duration "1d"');
    expect(() => parseDuration('1h2x')).toThrow('time: unknown unit "x" in duration "1h2x"');
  });
});

describe('formatDuration', () => {
  test.each([
    [0, '0s'],
    [6_000, '6s'],
    [3_600_000, '1h0m0s'],
    [90_000, '1m30s'],
    [1_500, '1.5s'],
    [300, '300ms'],
    [2.5, '2.5ms'],
    [0.0015, '1.5µs'],
    [0.000001, '1ns'],
    [-15_000, '-15s'],
    [172_800_000, '48h0m0s'],
  ])('prints %d ms as Go does', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('is read back to what was printed', () => {
    const anHour = 3_600_000_000_000;
    fc.assert(
      fc.property(fc.integer({ min: -48 * anHour, max: 48 * anHour }), (nanoseconds) => {
        expect(Math.round(parseDuration(formatDuration(nanoseconds / 1e6)) * 1e6)).toBe(nanoseconds);
      }),
    );
  });

  test('never prints sixty seconds or minutes', () => {
    fc.assert(
      fc.property(fc.nat({ max: 400_000_000 }), (ms) => {
        expect(formatDuration(ms)).not.toMatch(/(^|[hm])60[ms]/);
      }),
    );
  });
});

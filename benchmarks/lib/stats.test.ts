import { describe, expect, it } from 'vitest';
import { median, medians, percentile, round, table } from './stats.ts';

describe('percentile', () => {
  it('takes the middle of an odd number of samples, in whatever order they came', () => {
    expect(median([30, 10, 20])).toBe(20);
  });
  it('lies between the two middle samples of an even number', () => {
    expect(median([10, 20, 30, 40])).toBe(25);
  });
  it('is linear between neighbours, so that p95 of ten runs is not their maximum', () => {
    expect(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 95)).toBeCloseTo(9.55);
  });
  it('has the extremes at 0 and 100', () => {
    expect([percentile([3, 1, 2], 0), percentile([3, 1, 2], 100)]).toEqual([1, 3]);
  });
  it('leaves the samples as they were', () => {
    const samples = [3, 1, 2];
    percentile(samples, 50);
    expect(samples).toEqual([3, 1, 2]);
  });
  it('refuses what has no answer', () => {
    expect(() => percentile([], 50)).toThrow('no samples');
    expect(() => percentile([1], 101)).toThrow('percentile 101: from 0 to 100');
  });
});

describe('figures', () => {
  it('rounds to digits after the point', () => {
    expect([round(1.2345, 2), round(1234.5), round(-0.5678, 1)]).toEqual([1.23, 1235, -0.6]);
  });
  it('takes the median of each field by itself', () => {
    const rounds = [
      { rps: 1, p50: 30 },
      { rps: 3, p50: 10 },
      { rps: 2, p50: 20 },
    ];
    expect(medians(rounds)).toEqual({ rps: 2, p50: 20 });
  });
  it('aligns a table', () => {
    expect(
      table([
        ['', 'rps'],
        ['bare', '100'],
        ['gateway', '9'],
      ]),
    ).toBe('         rps\nbare     100\ngateway    9');
  });
});

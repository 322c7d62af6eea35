import { describe, expect, it } from 'vitest';
import { plot, slices } from './plot.ts';

const shots = [
  { at: 10, ms: 1 },
  { at: 20, ms: 3 },
  { at: 2500, ms: 200, failure: '503' },
];

describe('latency by time', () => {
  it('is cut into slices, by when requests began', () => {
    expect(slices(shots, 1000)).toEqual([
      { from: 0, requests: 2, failed: 0, p50: 2, p99: expect.closeTo(2.98), max: 3 },
      { from: 2000, requests: 1, failed: 1, p50: 200, p99: 200, max: 200 },
    ]);
  });

  it('is drawn with its faults and failures', () => {
    const svg = plot(slices(shots, 1000), [{ at: 1000, what: 'a pod deleted' }]);
    expect(svg.match(/<polyline/g)).toHaveLength(3);
    expect(svg).toContain('a pod deleted');
    expect(svg.match(/<circle/g)).toHaveLength(1);
    expect(svg).toContain('100 ms');
    expect(svg).not.toContain('NaN');
  });
});

import { percentile } from '../lib/stats.ts';
import type { Shot } from './load.ts';

/** Something that was done to the cluster, in ms since the load's start. */
export interface Fault {
  at: number;
  what: string;
}

/** A slice of the run. Times in ms. */
export interface Slice {
  from: number;
  requests: number;
  failed: number;
  p50: number;
  p99: number;
  max: number;
}

/** The shots by slices of `sliceMs`, by when they began; slices without any are left out. */
export function slices(shots: readonly Shot[], sliceMs: number): Slice[] {
  const by = new Map<number, Shot[]>();
  for (const shot of shots) {
    const from = Math.floor(shot.at / sliceMs) * sliceMs;
    const list = by.get(from);
    if (list) list.push(shot);
    else by.set(from, [shot]);
  }
  return [...by]
    .sort(([a], [b]) => a - b)
    .map(([from, list]) => {
      const times = list.map((s) => s.ms);
      const failed = list.filter((s) => s.failure !== undefined).length;
      return { from, requests: list.length, failed, p50: percentile(times, 50), p99: percentile(times, 99), max: percentile(times, 100) };
    });
}

const width = 1000;
const height = 360;
const left = 60;
const bottom = 40;

/** Latency over time, the axis logarithmic from 0.1 ms, with a line for each fault: an SVG. */
export function plot(all: readonly Slice[], faults: readonly Fault[]): string {
  const end = Math.max(1, ...all.map((s) => s.from), ...faults.map((f) => f.at));
  const top = Math.max(10, ...all.map((s) => s.max));
  const decades = Math.ceil(Math.log10(top / 0.1));
  const x = (ms: number) => left + ((width - left - 10) * ms) / end;
  const y = (ms: number) => height - bottom - ((height - bottom - 20) * Math.log10(Math.max(ms, 0.1) / 0.1)) / decades;
  const line = (of: 'p50' | 'p99' | 'max', color: string) =>
    `<polyline fill="none" stroke="${color}" points="${all.map((s) => `${x(s.from).toFixed(1)},${y(s[of]).toFixed(1)}`).join(' ')}"/>`;
  const grid = Array.from({ length: decades + 1 }, (_, i) => {
    const at = y(0.1 * 10 ** i).toFixed(1);
    return `<line x1="${left}" x2="${width - 10}" y1="${at}" y2="${at}" stroke="#ddd"/><text x="5" y="${at}">${0.1 * 10 ** i} ms</text>`;
  });
  const marks = faults.map(
    ({ at, what }, i) =>
      `<line x1="${x(at).toFixed(1)}" x2="${x(at).toFixed(1)}" y1="20" y2="${height - bottom}" stroke="#bbb" stroke-dasharray="3"><title>${what}</title></line>` +
      `<text x="${x(at).toFixed(1)}" y="${height - 24 + (i % 2) * 14}" font-size="9">${what}</text>`,
  );
  const failed = all.filter((s) => s.failed > 0).map((s) => `<circle cx="${x(s.from).toFixed(1)}" cy="15" r="4" fill="red"/>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...grid,
    ...marks,
    line('max', '#c44'),
    line('p99', '#e90'),
    line('p50', '#27a'),
    ...failed,
    `<text x="${left}" y="12">latency by time: p50 blue, p99 orange, slowest red; red dots: failed requests; ${Math.round(end / 1000)} s</text>`,
    '</svg>\n',
  ].join('\n');
}

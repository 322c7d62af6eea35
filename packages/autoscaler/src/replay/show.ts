import type { Replay } from './replay.ts';
import type { Moment } from './world.ts';

const blocks = ' ▁▂▃▄▅▆▇█';
const clock = (second: number): string => `${Math.floor(second / 60)}:${String(second % 60).padStart(2, '0')}`;
const short = (n: number): string => String(Math.round(n * 100) / 100);

/** The highest value in each of `width` stretches of a series: a spike must not fall between two columns. */
export function columns(values: readonly number[], width: number): number[] {
  const w = Math.min(width, values.length);
  return Array.from({ length: w }, (_, i) => {
    const part = values.slice(
      Math.floor((i * values.length) / w),
      Math.max(Math.floor((i * values.length) / w) + 1, Math.floor(((i + 1) * values.length) / w)),
    );
    return Math.max(...part);
  });
}

interface Series {
  title: string;
  /** Drawn as an area, and as a line of dots over it. */
  area: readonly number[];
  line: readonly number[];
}

/** A chart of text, `height` lines high, with its scale on the left. */
export function chart({ title, area, line }: Series, width: number, height: number): string {
  const a = columns(area, width);
  const l = columns(line, width);
  const top = Math.max(...a, ...l, 1);
  const rows = Array.from({ length: height }, (_, r) => {
    const from = height - 1 - r;
    const cells = a.map((value, i) => {
      const eighths = Math.round(((value / top) * height - from) * 8);
      const dot = Math.min(height - 1, Math.floor(((l[i] ?? 0) / top) * height - 1e-9));
      const filled = blocks[Math.max(0, Math.min(8, eighths))] ?? ' ';
      return (l[i] ?? 0) > 0 && dot === from && filled !== '█' ? '·' : filled;
    });
    const label = r === 0 ? short(top) : r === height - 1 ? '0' : '';
    return `${label.padStart(8)} │${cells.join('')}`;
  });
  return [title, ...rows].join('\n');
}

/** The seconds in which something changed, as lines of a table; with `all`, every second. */
export function table({ moments, metric }: Replay, all: boolean): string {
  const lines = [`${['time', metric, 'stable', 'panic', 'desired', 'replicas', 'ready'].map((h) => h.padStart(8)).join(' ')}  mode   why`];
  let last = '';
  for (const m of moments) {
    const state = [m.desired, m.replicas, m.readyPods, m.mode, m.panicking, m.active].join(' ');
    if (!all && state === last && m.decisions.length === 0) continue;
    last = state;
    const cells = [clock(m.second), short(m[metric]), short(m.stable ?? 0), short(m.panic ?? 0), m.desired, m.replicas, m.readyPods];
    lines.push(`${cells.map((c) => String(c).padStart(8)).join(' ')}  ${m.mode.padEnd(6)} ${why(m)}`.trimEnd());
  }
  return lines.join('\n');
}

const why = (m: Moment): string => [...m.decisions, ...(m.active === 'False' && m.replicas === 0 ? ['at zero'] : [])].join(' | ');

/** Everything for a terminal of so many columns: what changed, two charts, and the sum. */
export function show(replay: Replay, width: number, all = false): string {
  const { moments, metric, summary: s } = replay;
  const wide = Math.max(20, Math.min(width - 10, 120));
  const load = chart(
    {
      title: `${metric} (▇) and what the ready pods are aimed at (·)`,
      area: moments.map((m) => m[metric]),
      line: moments.map((m) => m.readyPods * m.target),
    },
    wide,
    8,
  );
  const pods = chart(
    { title: 'pods ready (▇) and replicas asked for (·)', area: moments.map((m) => m.readyPods), line: moments.map((m) => m.replicas) },
    wide,
    6,
  );
  const end = clock(moments.length);
  const axis = `${'0:00'.padStart(10 + 4)}${end.padStart(Math.max(0, Math.min(wide, moments.length) - 4))}`;
  const sum = [
    `${s.seconds} s, ${s.decisions} decisions, ${s.panicSeconds} s of panic`,
    `at most ${s.maxPods} pods, ${s.podSeconds} pod-seconds`,
    `${s.overloadedSeconds} s with more load than room, ${short(s.waiting)} ${metric === 'rps' ? 'requests' : 'request-seconds'} had to wait`,
  ];
  return [table(replay, all), '', load, '', pods, axis, '', sum.join('\n')].join('\n');
}

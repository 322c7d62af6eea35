import type { Load } from './world.ts';

/** One line of a trace: from this second on, until the next line. */
interface Row {
  second: number;
  concurrency?: number;
  rps?: number;
}

const columns = ['second', 'time', 'concurrency', 'rps'];
/** A day; what is longer is more likely a mistake in the times. */
const maxSeconds = 86_400;

/**
 * Load second by second out of a trace: CSV with a header, or JSON lines. Columns: `second` (from 0 on) or `time` (ISO
 * 8601 or Unix seconds), and `concurrency` (requests in flight) or `rps` or both. A value holds until the next line. With
 * `latencyMs`, what a request takes, the one that is missing follows from the other. Throws what is wrong, with its line.
 */
export function readTrace(text: string, latencyMs?: number): Load[] {
  const lines = text.split(/\r?\n/).map((line, i) => ({ line: line.trim(), number: i + 1 }));
  const used = lines.filter(({ line }) => line !== '' && !line.startsWith('#'));
  const [first] = used;
  if (!first) throw new Error('the trace is empty: a CSV header like second,concurrency and a line for each change would be right');
  const rows = first.line.startsWith('{') ? used.map(({ line, number }) => rowOf(parseJson(line, number), number)) : csvRows(used);
  const origin = rows[0]?.second ?? 0;
  const out: Load[] = [];
  for (const [i, row] of rows.entries()) {
    const from = row.second - origin;
    const until = (rows[i + 1]?.second ?? row.second + 1) - origin;
    const line = used[i + (used.length - rows.length)]?.number;
    if (until <= from) throw new Error(`line ${line}: the next line is not later; seconds must go up`);
    if (until > maxSeconds) throw new Error(`line ${line}: ${until} s from the start; a trace is at most ${maxSeconds} s`);
    const load = loadOf(row, latencyMs, line);
    for (let second = from; second < until; second++) out.push(load);
  }
  return out;
}

function csvRows(lines: { line: string; number: number }[]): Row[] {
  const [header, ...rest] = lines.map(({ line, number }) => ({ cells: line.split(',').map((c) => c.trim()), number }));
  const names = header?.cells.map((c) => c.toLowerCase()) ?? [];
  const bad = names.find((n) => !columns.includes(n));
  if (bad !== undefined) throw new Error(`line ${header?.number}: column ${JSON.stringify(bad)} is none of ${columns.join(', ')}`);
  if (rest.length === 0) throw new Error('the trace has a header and no line');
  return rest.map(({ cells, number }) => {
    if (cells.length !== names.length) throw new Error(`line ${number}: ${cells.length} values for ${names.length} columns`);
    return rowOf(Object.fromEntries(names.map((name, i) => [name, cells[i]])), number);
  });
}

function parseJson(line: string, number: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`line ${number}: not JSON: ${line.slice(0, 60)}`);
  }
  if (typeof value !== 'object' || value === null)
    throw new Error(`line ${number}: an object like {"second":0,"concurrency":5} would be right`);
  return value as Record<string, unknown>;
}

function rowOf(cells: Record<string, unknown>, line: number): Row {
  const number = (name: string): number | undefined => {
    const value = cells[name];
    if (value === undefined || value === '') return undefined;
    const n = Number(value);
    if (!Number.isFinite(n) || n < 0) throw new Error(`line ${line}: ${name} ${JSON.stringify(value)}: a number from 0 on would be right`);
    return n;
  };
  const iso = typeof cells.time === 'string' && /\D/.test(cells.time.replace('.', '')) ? Date.parse(cells.time) / 1000 : undefined;
  if (Number.isNaN(iso))
    throw new Error(`line ${line}: time ${JSON.stringify(cells.time)}: like 2026-01-01T12:00:00Z or Unix seconds would be right`);
  const second = number('second') ?? iso ?? number('time');
  if (second === undefined) throw new Error(`line ${line}: neither second nor time`);
  const [concurrency, rps] = [number('concurrency'), number('rps')];
  if (concurrency === undefined && rps === undefined) throw new Error(`line ${line}: neither concurrency nor rps`);
  return { second: Math.floor(second), concurrency, rps };
}

/** Little's law: requests in flight = requests a second × how long one takes. */
function loadOf({ concurrency, rps }: Row, latencyMs: number | undefined, line: number | undefined): Load {
  if (concurrency !== undefined && rps !== undefined) return { concurrency, rps };
  if (latencyMs === undefined) {
    // Without it the other metric cannot be had; who scales by this one does not need it.
    return { concurrency: concurrency ?? Number.NaN, rps: rps ?? Number.NaN };
  }
  if (latencyMs <= 0) throw new Error(`line ${line}: a request must take some time`);
  const seconds = latencyMs / 1000;
  return { concurrency: concurrency ?? (rps ?? 0) * seconds, rps: rps ?? (concurrency ?? 0) / seconds };
}

/** The p-th percentile (0 to 100), linear between the two nearest samples: with ten runs a nearest rank would make p95 the maximum. */
export function percentile(samples: readonly number[], p: number): number {
  if (samples.length === 0) throw new Error('percentile of no samples');
  if (!(p >= 0 && p <= 100)) throw new Error(`percentile ${p}: from 0 to 100`);
  const sorted = [...samples].sort((a, b) => a - b);
  const at = ((sorted.length - 1) * p) / 100;
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return low + (high - low) * (at - Math.floor(at));
}

export const median = (samples: readonly number[]): number => percentile(samples, 50);

/** Rounded to so many digits after the point: figures are read by people, even in JSON. */
export function round(value: number, digits = 0): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}

/** The median of each field over the samples of several rounds. */
export function medians<K extends string>(samples: readonly Record<K, number>[]): Record<K, number> {
  const keys = Object.keys(samples[0] ?? {}) as K[];
  return Object.fromEntries(keys.map((k) => [k, median(samples.map((s) => s[k]))])) as Record<K, number>;
}

/** Rows as a table with aligned columns: the first to the left, figures to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((r) => (r[i] ?? '').length)));
  const cell = (text: string, i: number) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!));
  return rows.map((r) => r.map(cell).join('  ').trimEnd()).join('\n');
}

const unitMs: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** What fits into 64 bits of nanoseconds. */
const longest = 9_223_372_036_854.775;

/** A Go duration (`1h30m`, `2.5s`, `0`) in milliseconds. Throws Go's error text. */
export function parseDuration(text: string): number {
  const bad = (): never => {
    throw new Error(`time: invalid duration ${JSON.stringify(text)}`);
  };
  const sign = text.startsWith('-') ? -1 : 1;
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return 0;
  if (rest === '') return bad();
  let total = 0;
  while (rest !== '') {
    const m = /^(\d+\.?\d*|\.\d+)/.exec(rest);
    if (!m) return bad();
    rest = rest.slice(m[0].length);
    const unit = /^[^\d.]+/.exec(rest)?.[0];
    if (unit === undefined) throw new Error(`time: missing unit in duration ${JSON.stringify(text)}`);
    const ms = unitMs[unit];
    if (ms === undefined) throw new Error(`time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`);
    total += Number(m[0]) * ms;
    rest = rest.slice(unit.length);
  }
  if (total > longest) return bad();
  return sign * total;
}

/** Milliseconds as Go prints a duration: `1h0m0s`, `6s`, `1.5s`, `300ms`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < 1e-3) return `${Math.round(ms * 1e6)}ns`;
  if (ms < 1) return `${trim(ms * 1e3)}µs`;
  if (ms < 1000) return `${trim(ms)}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = trim((ms % 60_000) / 1000);
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

const trim = (n: number): string => String(Number(n.toFixed(9)));

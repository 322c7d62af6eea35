/** One decision as it is compared: `desired/excess burst capacity`, with `!` in panic. */
export const decisionText = (desired: number, excessBurstCapacity: number, panicking: boolean): string =>
  `${desired}/${excessBurstCapacity}${panicking ? '!' : ''}`;

/** A series as runs, `value*times`; once is left out. */
export function pack(series: readonly string[]): string {
  const runs: [string, number][] = [];
  for (const value of series) {
    const last = runs.at(-1);
    if (last?.[0] === value) last[1]++;
    else runs.push([value, 1]);
  }
  return runs.map(([value, times]) => (times === 1 ? value : `${value}*${times}`)).join(' ');
}

/** What `pack` made a string of. */
export const unpack = (text: string): string[] =>
  text.split(' ').flatMap((run) => {
    const [value = '', times = '1'] = run.split('*');
    return Array<string>(Number(times)).fill(value);
  });

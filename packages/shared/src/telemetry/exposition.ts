interface Family {
  /** `# HELP`, `# UNIT`, `# TYPE`. */
  head: string[];
  /** Name and labels → value. */
  samples: Map<string, number>;
}

/** Families that say what something is rather than how much: the same of all processes. */
const isInfo = (series: string): boolean => /^[a-z_]+_info[{ ]/.test(`${series} `);

function read(texts: readonly string[]): Family[] {
  const families = new Map<string, Family>();
  for (const text of texts) {
    let family: Family = { head: [], samples: new Map() };
    for (const line of text.split('\n')) {
      const head = /^# (HELP|UNIT|TYPE) (\S+)/.exec(line);
      if (head) {
        const [, what, name = ''] = head;
        family = families.get(name) ?? { head: [], samples: new Map() };
        families.set(name, family);
        if (!family.head.some((known) => known.startsWith(`# ${what} `))) family.head.push(line);
        continue;
      }
      const end = line.lastIndexOf(' ');
      if (end < 0 || line.startsWith('#')) continue;
      const series = line.slice(0, end);
      const known = family.samples.get(series);
      const value = Number(line.slice(end + 1).replace('Inf', 'Infinity'));
      family.samples.set(series, known === undefined || isInfo(series) ? value : known + value);
    }
  }
  return [...families.values()];
}

function write(families: readonly Family[]): string {
  const written = (value: number): string => String(value).replace('Infinity', 'Inf');
  const lines = families.flatMap(({ head, samples }) => [...head, ...[...samples].map(([series, value]) => `${series} ${written(value)}`)]);
  return `${lines.join('\n')}\n`;
}

/**
 * The metrics of several processes as those of one: counters, histograms and gauges of what is under way are sums. Takes
 * and gives Prometheus text (version 0.0.4), as OpenTelemetry's serializer writes it: without timestamps.
 */
export const mergeExpositions = (texts: readonly string[]): string => write(read(texts));

/** What only ever grows, counters and histograms: what remains of a process that is gone. */
export const countersOf = (text: string): string =>
  write(read([text]).filter(({ head }) => head.some((line) => /^# TYPE \S+ (counter|histogram)$/.test(line))));

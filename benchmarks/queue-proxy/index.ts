import { spawn } from 'node:child_process';
import { buildOwn } from '../../e2e/cluster/build.ts';
import { inCache } from '../../e2e/cluster/paths.ts';
import { step } from '../../scripts/lib/progress.ts';
import { type Benchmark, count, UsageError } from '../lib/benchmark.ts';
import { median, round, table } from '../lib/stats.ts';
import { cpuSeconds, residentMB } from '../lib/usage.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { accepts, backendPort, kill, type Side, sides } from './sides.ts';

/** Of one side in one round; times in milliseconds. */
type Sample = Record<'rps' | 'p50' | 'p99' | 'cpu_us' | 'memory_mb', number>;
const figures = ['rps', 'p50', 'p99', 'cpu_us'] as const;

async function sample(side: Side, scenario: Scenario, rig: string, seconds: number): Promise<Sample> {
  const running = await side.start(scenario.protocol);
  try {
    if (side.name !== 'bare') await scenario.load(rig, running.port, Math.max(2, seconds / 2));
    const before = cpuSeconds(running.pid);
    const { requests, rps, p50_ms, p99_ms } = await scenario.load(rig, running.port, seconds);
    const cpu_us = ((cpuSeconds(running.pid) - before) * 1e6) / requests;
    return { rps, p50: p50_ms, p99: p99_ms, cpu_us, memory_mb: residentMB(running.pid, 'now') };
  } finally {
    await running.stop();
  }
}

const spread = (samples: readonly number[]) => [round(Math.min(...samples), 3), round(Math.max(...samples), 3)];
const digits = (value: number) => round(value, value < 10 ? 2 : value < 1000 ? 1 : 0);

/** Sides next to each other in time are compared, so a slow minute of the machine falls on both: ratios first, then their median. */
function compare(samples: Record<string, Sample[]>, anchor: string) {
  const of = Object.fromEntries(figures.map((f) => [f, samples.ebb!.map((s, i) => s[f] / samples[anchor]![i]![f])])) as Record<
    (typeof figures)[number],
    number[]
  >;
  return {
    ratio: Object.fromEntries(figures.map((f) => [f, round(median(of[f]), 3)])),
    spread: Object.fromEntries(figures.map((f) => [f, spread(of[f])])),
  };
}

export const benchmark: Benchmark = {
  summary: 'queue-proxy alone, all features on, beside its bare backend and the program PEER_QUEUE_PROXY names',
  help: [
    '  --rounds N      rounds, all sides in turn in each; medians of the ratios in a round count (5)',
    '  --seconds N     length of one measurement (4)',
    `  --only a,b      some of ${scenarios.map((s) => s.name).join(', ')} (all)`,
  ].join('\n'),
  options: { rounds: { type: 'string' }, seconds: { type: 'string' }, only: { type: 'string' } },
  async runAlone(signal, options) {
    const rounds = count(options, 'rounds', 5);
    const seconds = count(options, 'seconds', 4);
    const names = typeof options.only === 'string' ? options.only.split(',') : scenarios.map((s) => s.name);
    const unknown = names.find((n) => !scenarios.some((s) => s.name === n));
    if (unknown !== undefined) throw new UsageError(`--only ${JSON.stringify(unknown)}: one of ${scenarios.map((s) => s.name).join(', ')}`);
    const rig = inCache('bench-rig');
    await step('build both ends of the load', () => buildOwn('benchmarks/queue-proxy/rig', rig));
    const backend = spawn(rig, ['serve', `127.0.0.1:${backendPort}`], { stdio: 'ignore' });
    try {
      while (!(await accepts(backendPort))) {
        if (backend.exitCode !== null) throw new Error(`the backend cannot serve on port ${backendPort}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const all = await sides(backend.pid ?? 0);
      const anchor = all.at(-1)!.name === 'peer' ? 'peer' : 'bare';
      const ratio: Record<string, number> = {};
      const detail: Record<string, unknown> = {};
      const rows = [['', 'side', 'rps', 'p50 ms', 'p99 ms', 'CPU µs/req', 'MB', `÷ ${anchor}: rps`, 'p50', 'p99', 'CPU']];
      for (const scenario of scenarios.filter((s) => names.includes(s.name))) {
        const samples: Record<string, Sample[]> = {};
        for (let i = 1; i <= rounds; i++)
          await step(`${scenario.title}, round ${i} of ${rounds}`, async () => {
            for (const side of all) {
              signal.throwIfAborted();
              const taken = await sample(side, scenario, rig, seconds);
              samples[side.name] = [...(samples[side.name] ?? []), taken];
            }
          });
        const compared = compare(samples, anchor);
        for (const [f, value] of Object.entries(compared.ratio)) ratio[`${f}_${scenario.name}`] = value;
        const medians = Object.fromEntries(
          Object.entries(samples).map(([name, list]) => [
            name,
            Object.fromEntries(Object.keys(list[0]!).map((k) => [k, digits(median(list.map((s) => s[k as keyof Sample])))])),
          ]),
        );
        detail[scenario.name] = { ...medians, ratio_spread: compared.spread };
        for (const { name } of all) {
          const m = medians[name] as Sample;
          const own = name === 'ebb' ? figures.map((f) => String(compared.ratio[f])) : ['', '', '', ''];
          const [r, p50, p99, cpu] = own as [string, string, string, string];
          rows.push([
            name === 'bare' ? scenario.title : '',
            name,
            String(m.rps),
            String(m.p50),
            String(m.p99),
            String(m.cpu_us),
            String(m.memory_mb),
            r,
            p50,
            p99,
            cpu,
          ]);
        }
      }
      const first = scenarios[0]!.name;
      if (`rps_${first}` in ratio) {
        ratio.rps = ratio[`rps_${first}`]!;
        ratio.cpu_per_request = ratio[`cpu_us_${first}`]!;
      }
      return { text: table(rows), figures: { name: 'queue-proxy', rounds, seconds, anchor, scenarios: detail, ratio } };
    } finally {
      await kill(backend);
    }
  },
};

import { join } from 'node:path';
import { freePort, type Program, startProgram } from '@ebb/shared/testing/programs.ts';
import { step } from '../../scripts/lib/progress.ts';
import { root } from '../../scripts/lib/shell.ts';
import { type Benchmark, count } from '../lib/benchmark.ts';
import { connectReviewer } from '../lib/review.ts';
import { median, medians, percentile, round, table } from '../lib/stats.ts';
import { cpuSeconds, residentMB } from '../lib/usage.ts';
import { openWebhookRig, peerProgram } from '../lib/webhook-rig.ts';
import { openConnection, type RawConnection } from './raw-client.ts';
import { reviews } from './reviews.ts';

/** At how many connections: an API server that is busy, and one request at a time. */
const loads = [16, 1] as const;

interface Side {
  name: 'bare' | 'ebb' | 'peer';
  pid: number;
  port: number;
}

interface Sample {
  /** Reviews a second. */
  rate: number;
  p50: number;
  p99: number;
  /** CPU of the webhook for a review, microseconds. */
  cpu: number;
}

/** Sends reviews on every connection, one after the other, for so long. */
async function load(side: Side, connections: readonly RawConnection[], ms: number, signal: AbortSignal): Promise<Sample> {
  const times: number[] = [];
  const [started, cpu] = [performance.now(), cpuSeconds(side.pid)];
  let next = 0;
  const worker = async (connection: RawConnection): Promise<void> => {
    while (performance.now() - started < ms) {
      signal.throwIfAborted();
      times.push(await connection.send(reviews[next++ % reviews.length] as Buffer));
    }
  };
  await Promise.all(connections.map(worker));
  const seconds = (performance.now() - started) / 1000;
  return {
    rate: times.length / seconds,
    p50: median(times),
    p99: percentile(times, 99),
    cpu: ((cpuSeconds(side.pid) - cpu) * 1e6) / times.length,
  };
}

async function startBare(): Promise<Side & Program> {
  const port = await freePort();
  const { answers, close } = connectReviewer(port);
  const args = [join(root, 'benchmarks', 'admission', 'bare.ts'), String(port)];
  const { pid, end } = await startProgram({ path: process.execPath, args, ready: answers });
  close();
  return { name: 'bare', pid, port, end };
}

type Load = (typeof loads)[number];

/** Rounds in which all sides take their turn. */
async function measure(sides: readonly Side[], rounds: number, seconds: number, signal: AbortSignal): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>();
  for (let i = 0; i <= rounds; i++) {
    for (const at of loads) {
      for (const side of sides) {
        const connections = await Promise.all(Array.from({ length: at }, () => openConnection(side.port)));
        const sample = await load(side, connections, seconds * 1000, signal);
        for (const connection of connections) connection.close();
        // In the first round everything is loaded and compiled.
        if (i > 0) samples.set(`${side.name} ${at}`, [...(samples.get(`${side.name} ${at}`) ?? []), sample]);
      }
    }
  }
  return samples;
}

const keys = ['rate', 'p50', 'p99', 'cpu'] as const;

export const benchmark: Benchmark = {
  summary: 'admission reviews a second of the webhook, their p99, CPU and memory',
  help: '  --rounds N    measured rounds of all sides (5)\n  --seconds N   length of a round, each side and load (3)',
  options: { rounds: { type: 'string' }, seconds: { type: 'string' } },
  async runAlone(signal, options) {
    const [rounds, seconds] = [count(options, 'rounds', 5), count(options, 'seconds', 3)];
    const rig = await step('an API server for the webhook', openWebhookRig);
    const bare = await startBare();
    try {
      const ebb = await step("Ebb's webhook", () => rig.start('knative-serving'));
      const program = peerProgram();
      const peer = program ? await step("the peer's webhook", () => rig.start('knative-peer', program)) : undefined;
      const sides: Side[] = [bare, { name: 'ebb', ...ebb }, ...(peer ? [{ name: 'peer' as const, ...peer }] : [])];
      const idle = Object.fromEntries(sides.map((s) => [s.name, residentMB(s.pid, 'now')]));
      const samples = await step(`${rounds} rounds`, () => measure(sides, rounds, seconds, signal));
      const figures = Object.fromEntries(
        sides.map((s) => {
          const at = (n: Load) => medians((samples.get(`${s.name} ${n}`) ?? []) as unknown as Record<keyof Sample, number>[]);
          const memory = { idle_mb: round(idle[s.name] ?? 0), loaded_mb: round(residentMB(s.pid, 'now')) };
          const told = loads.flatMap((n) => keys.map((k) => [`${k}_${n}`, round(at(n)[k], k === 'rate' || k === 'cpu' ? 0 : 2)] as const));
          return [s.name, { ...Object.fromEntries(told), ...memory } as Record<string, number>];
        }),
      );
      const over = (anchor: string) =>
        Object.fromEntries(
          Object.entries(figures.ebb ?? {}).map(([k, v]) => [`${k}_over_${anchor}`, round(v / (figures[anchor]?.[k] ?? Number.NaN), 2)]),
        );
      const ratio = { ...over('bare'), ...(peer ? over('peer') : {}) };
      const names = Object.keys(figures.ebb ?? {});
      const text = table([
        ['', ...sides.map((s) => s.name), 'ebb ÷ bare', ...(peer ? ['ebb ÷ peer'] : [])],
        ...names.map((k) => [
          k,
          ...sides.map((s) => String(figures[s.name]?.[k])),
          ...['bare', ...(peer ? ['peer'] : [])].map((a) => String(ratio[`${k}_over_${a}`])),
        ]),
      ]);
      return { text, figures: { name: 'admission', rounds, seconds, ...figures, ratio } };
    } finally {
      await bare.end('SIGKILL');
      await rig.close();
    }
  },
};

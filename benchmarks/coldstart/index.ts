import { setTimeout as sleep } from 'node:timers/promises';
import { step } from '../../scripts/lib/progress.ts';
import { type Benchmark, count } from '../lib/benchmark.ts';
import { type Bench, benchNamespace, hostOf, whenReady } from '../lib/kube.ts';
import { firstByte } from '../lib/load.ts';
import { median, percentile, round, table } from '../lib/stats.ts';
import { when } from '../lib/when.ts';
import { autoscaling, createPlain, createService, plainPods, scalePlain, whenAtZero } from '../lib/workloads.ts';
import { listenToWaterfalls, sharesOf, type Told } from './waterfalls.ts';

/** The Go original on the same kind of machine, in milliseconds: medians against its own plain Ready. */
const original = { create_ready: 1700, first_byte: 1300, plain_ready: 930 };
const plain = 'plain';
const serviceName = (run: number): string => `hello-cold-${run}`;

/** Creates a Service for each run, one after the other, and times create → Ready. */
async function createAll(bench: Bench, runs: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const started = performance.now();
    await createService(bench, serviceName(i), autoscaling({ window: '6s' }));
    times.push((await whenReady(bench, serviceName(i))) - started);
  }
  return times;
}

/** The plain Deployment from 0 to readyReplicas 1, and back to no pod. */
async function plainReady(bench: Bench): Promise<number> {
  const { signal } = bench;
  const ready = () => bench.deployments.get(benchNamespace, plain)?.status?.readyReplicas === 1;
  const started = performance.now();
  await scalePlain(bench, plain, 1);
  const at = await when([bench.deployments], ready, { what: 'the plain Deployment to be ready', timeoutMs: 60_000, signal });
  await scalePlain(bench, plain, 0);
  const gone = () => plainPods(bench, plain).length === 0 && !ready();
  await when([bench.pods, bench.deployments], gone, { what: 'the plain pod to be gone', timeoutMs: 60_000, signal });
  return at - started;
}

/** A request to a Service at zero: the time until its answer begins, connecting included. */
async function coldRequest(bench: Bench, name: string): Promise<number> {
  await whenAtZero(bench, name);
  return firstByte(bench.gateway, hostOf(bench, name), bench.signal);
}

/**
 * The kubelet looks at its containers once a second, and what a run ends with is seen at such a moment: without a
 * pause that differs from run to run, all would start at the same point of that second and measure the point.
 */
const pause = (bench: Bench, run: number, runs: number): Promise<void> =>
  sleep(500 + (1000 * (run + 0.5)) / runs, undefined, { signal: bench.signal });

export const benchmark: Benchmark = {
  summary: 'the first byte of a Service at zero, beside a plain Deployment from 0 to Ready',
  help: '  --runs N      measured runs of each, interleaved (10)',
  options: { runs: { type: 'string' } },
  async run(bench, options) {
    const runs = count(options, 'runs', 10);
    const created = await step(`create ${runs} Services, each until Ready`, () => createAll(bench, runs));
    await createPlain(bench, plain, 0);
    await step('all Services at zero', () => Promise.all(Array.from({ length: runs }, (_, i) => whenAtZero(bench, serviceName(i)))));
    // The first start of anything pays for caches that every later one finds filled.
    await step('one plain start that does not count', () => plainReady(bench));
    const ready: number[] = [];
    const first: number[] = [];
    const told: Told[] = [];
    const waterfalls = await listenToWaterfalls(bench);
    for (let i = 0; i < runs; i++) {
      await step(`run ${i + 1} of ${runs}`, async () => {
        await pause(bench, i, runs);
        ready.push(await plainReady(bench));
        await pause(bench, i, runs);
        const client = await coldRequest(bench, serviceName(i));
        first.push(client);
        const waterfall = await waterfalls?.of(`${serviceName(i)}-00001`);
        if (waterfall) told.push({ client, waterfall });
      });
      process.stderr.write(`  plain Ready ${round(ready[i]!)} ms, first byte ${round(first[i]!)} ms\n`);
    }
    await waterfalls?.close();
    const shares = sharesOf(told);
    const ms = {
      plain_ready_p50: round(median(ready)),
      plain_ready_p95: round(percentile(ready, 95)),
      first_byte_p50: round(median(first)),
      first_byte_p95: round(percentile(first, 95)),
      create_ready_p50: round(median(created)),
      create_ready_p95: round(percentile(created, 95)),
      ...shares.ms,
    };
    const anchor = median(ready);
    const ratio = { first_byte_p50: round(median(first) / anchor, 3), create_ready_p50: round(median(created) / anchor, 3) };
    const go = (figure: number) => [String(figure), round(figure / original.plain_ready, 2).toFixed(2)];
    const text = table([
      [`${runs} runs, ms`, 'p50', 'p95', '÷ plain', 'Go p50', '÷ plain'],
      ['plain Deployment 0 → 1 Ready', String(ms.plain_ready_p50), String(ms.plain_ready_p95), '1.00', ...go(original.plain_ready)],
      [
        'Service at zero: first byte',
        String(ms.first_byte_p50),
        String(ms.first_byte_p95),
        ratio.first_byte_p50.toFixed(2),
        ...go(original.first_byte),
      ],
      [
        'new Service: create → Ready',
        String(ms.create_ready_p50),
        String(ms.create_ready_p95),
        ratio.create_ready_p50.toFixed(2),
        ...go(original.create_ready),
      ],
    ]);
    return { text: `${text}\n\n${shares.text}`, figures: { name: 'coldstart', runs, ms, ratio } };
  },
};

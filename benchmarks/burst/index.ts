import { Agent, request } from 'node:http';
import { step } from '../../scripts/lib/progress.ts';
import { type Benchmark, count } from '../lib/benchmark.ts';
import { type Bench, benchNamespace, hostOf, whenReady } from '../lib/kube.ts';
import { median, round, table } from '../lib/stats.ts';
import { when } from '../lib/when.ts';
import {
  autoscaling,
  createPlain,
  createService,
  plainPods,
  scalePlain,
  serviceDeployments,
  servicePods,
  whenAtZero,
} from '../lib/workloads.ts';

/** The Go original on the same kind of machine, ms: medians. */
const original = { above_one: 2500, ten_ready: 5700, first_wave: 5300 };
const pods = 10;
const requests = 100;
const concurrency = 10;
const service = 'burst';
/** Plain Deployments by the containers in a pod of theirs: one, and two as a pod with a sidecar has. */
const plain = { one: 'plain-burst', two: 'plain-pair-burst' };

interface Run {
  /** From the first request, ms: the Deployment is asked for more than one pod; ten pods are ready; half the answers are there. */
  above_one: number;
  ten_ready: number;
  first_wave: number;
  failed: number;
}

/** One request of a second; how long until its answer ended, ms, or what failed. */
function slow(bench: Bench, host: string, agent: Agent): Promise<number | Error> {
  const started = performance.now();
  return new Promise((resolve) => {
    const req = request({ ...bench.gateway, agent, path: '/slow?ms=1000', headers: { host }, signal: bench.signal }, (res) => {
      res.resume();
      const whole = () => (res.complete ? undefined : new Error('the answer was cut off'));
      res.on('close', () =>
        resolve(whole() ?? (res.statusCode === 200 ? performance.now() - started : new Error(`status ${res.statusCode}`))),
      );
    });
    req.on('error', resolve);
    req.end();
  });
}

const readyPods = (bench: Bench): number =>
  servicePods(bench, service).filter((p) => p.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True')).length;

/** A hundred requests at once at a Service at zero. */
async function burst(bench: Bench): Promise<Run> {
  await whenAtZero(bench, service);
  const agent = new Agent({ keepAlive: false, maxSockets: requests });
  const host = hostOf(bench, service);
  const started = performance.now();
  const since = (at: number) => at - started;
  const wait = (what: string, caches: Parameters<typeof when>[0], holds: () => boolean) =>
    when(caches, holds, { what, timeoutMs: 60_000, signal: bench.signal }).then(since);
  const aboveOne = wait('more than one pod to be asked for', [bench.deployments], () =>
    serviceDeployments(bench, service).some((d) => (d.spec?.replicas ?? 0) > 1),
  );
  const tenReady = wait(`${pods} ready pods`, [bench.pods], () => readyPods(bench) >= pods);
  // Each asks again when it was answered, until the pods are there: a burst that stays.
  let over = false;
  const first: (number | Error)[] = [];
  const later: (number | Error)[] = [];
  const client = async () => {
    first.push(await slow(bench, host, agent));
    while (!over) later.push(await slow(bench, host, agent));
  };
  const clients = Promise.all(Array.from({ length: requests }, client));
  try {
    const [above_one, ten_ready] = await Promise.all([aboveOne, tenReady]);
    over = true;
    await clients;
    const errors = [...first, ...later].filter((r) => r instanceof Error);
    for (const { message } of errors.slice(0, 3)) process.stderr.write(`  failed: ${message}\n`);
    const failed = errors.length;
    return { above_one, ten_ready, first_wave: median(first.filter((r) => typeof r === 'number')), failed };
  } finally {
    over = true;
    agent.destroy();
  }
}

/** A plain Deployment from 0 to as many ready pods, and back. */
async function plainReady(bench: Bench, plain: string): Promise<number> {
  const { signal } = bench;
  const ready = () => bench.deployments.get(benchNamespace, plain)?.status?.readyReplicas ?? 0;
  const started = performance.now();
  await scalePlain(bench, plain, pods);
  const at = await when([bench.deployments], () => ready() >= pods, {
    what: 'the plain Deployment to be ready',
    timeoutMs: 60_000,
    signal,
  });
  await scalePlain(bench, plain, 0);
  const gone = () => plainPods(bench, plain).length === 0 && ready() === 0;
  await when([bench.pods, bench.deployments], gone, { what: 'the plain pods to be gone', timeoutMs: 60_000, signal });
  return at - started;
}

export const benchmark: Benchmark = {
  summary: 'a hundred requests of a second at once at a Service at zero, ten at a time a pod',
  help: '  --runs N      bursts, and starts of plain Deployments of ten pods, in turn (3)',
  options: { runs: { type: 'string' } },
  async run(bench, options) {
    const runs = count(options, 'runs', 3);
    await createService(bench, service, autoscaling({ window: '6s', maxScale: String(pods) }), concurrency);
    await step('create the Service', () => whenReady(bench, service));
    await createPlain(bench, plain.one, 0);
    await createPlain(bench, plain.two, 0, 2);
    const anchors: number[] = [];
    const pairs: number[] = [];
    const bursts: Run[] = [];
    for (let i = 0; i < runs; i++) {
      await step(`run ${i + 1} of ${runs}`, async () => {
        await whenAtZero(bench, service);
        anchors.push(await plainReady(bench, plain.one));
        pairs.push(await plainReady(bench, plain.two));
        bursts.push(await burst(bench));
      });
      const { above_one, ten_ready, first_wave, failed } = bursts[i]!;
      process.stderr.write(
        `  plain ${round(anchors[i]!)} ms, of two containers ${round(pairs[i]!)} ms; above one ${round(above_one)}, ten ready ${round(ten_ready)}, first wave ${round(first_wave)} ms, ${failed} failed\n`,
      );
    }
    const anchor = median(anchors);
    const pair = median(pairs);
    const failed = bursts.reduce((n, b) => n + b.failed, 0);
    const of = (figure: keyof typeof original) => median(bursts.map((b) => b[figure]));
    const ms = {
      plain_ten_ready: round(anchor),
      pair_ten_ready: round(pair),
      above_one: round(of('above_one')),
      ten_ready: round(of('ten_ready')),
      first_wave: round(of('first_wave')),
    };
    const ratio = {
      ten_ready: round(of('ten_ready') / anchor, 3),
      first_wave: round(of('first_wave') / anchor, 3),
      ten_ready_to_pair: round(of('ten_ready') / pair, 3),
    };
    const text = table([
      [`${runs} bursts, ${failed} requests failed; median ms`, 'Ebb', '÷ plain', 'Go'],
      ['plain Deployment 0 → 10 Ready', String(ms.plain_ten_ready), '1.00', ''],
      ['the same with two containers a pod', String(ms.pair_ten_ready), (pair / anchor).toFixed(2), ''],
      ['more than one pod asked for', String(ms.above_one), '', String(original.above_one)],
      ['ten pods ready', String(ms.ten_ready), ratio.ten_ready.toFixed(2), String(original.ten_ready)],
      ['half of the first hundred answered', String(ms.first_wave), ratio.first_wave.toFixed(2), String(original.first_wave)],
    ]);
    return { text, figures: { name: 'burst', runs, failed, ms, ratio } };
  },
};

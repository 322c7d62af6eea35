import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtin, type Pod } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { defaultSystemNamespace as system } from '@ebb/shared/api/system.ts';
import { inCache } from '../../e2e/cluster/paths.ts';
import { step } from '../../scripts/lib/progress.ts';
import { type Benchmark, count } from '../lib/benchmark.ts';
import { type Bench, hostOf, benchNamespace as namespace, whenReady } from '../lib/kube.ts';
import { wrk } from '../lib/load.ts';
import { percentile, round, table } from '../lib/stats.ts';
import { autoscaling, createService, servicePods } from '../lib/workloads.ts';
import { startLoad } from './load.ts';
import { type Fault, plot, slices } from './plot.ts';

const name = 'hello-faults';
/** What the load generator, which shares the machine, makes without falling behind. */
const mostRate = 400;
const everyMs = 10_000;

const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });

const running = (pods: readonly Pod[]): Pod[] =>
  pods.filter(
    (p) => p.metadata.deletionTimestamp === undefined && p.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
  );

/** What happens to a Service and what is in front of it, in turn. All of it is what an operator or Kubernetes may do at any time. */
function faults(bench: Bench): readonly [what: string, work: () => Promise<unknown>][] {
  let rolls = 0;
  const scale = (minScale: string) => template({ annotations: autoscaling({ minScale, maxScale: '6', targetBurstCapacity: '-1' }) });
  const template = (metadata: object) => {
    const env = [{ name: 'ROLL', value: String(++rolls) }];
    return bench.kube.patch(kinds.Service, namespace, name, 'json', [
      { op: 'add', path: '/spec/template/metadata', value: metadata },
      { op: 'add', path: '/spec/template/spec/containers/0/env', value: env },
    ]);
  };
  const remove = async (pods: readonly Pod[]) => {
    const [pod] = running(pods);
    if (pod) await bench.kube.delete(builtin.Pod, pod.metadata.namespace, pod.metadata.name);
  };
  const ofActivator = () => bench.systemPods.list(system).filter((p) => p.metadata.labels?.[labels.app] === 'activator');
  return [
    ['pod deleted', () => remove(servicePods(bench, name))],
    ['rolled, scaled up', () => scale('4')],
    ['activator restarted', () => remove(ofActivator())],
    ['pod deleted', () => remove(servicePods(bench, name))],
    ['rolled, scaled down', () => scale('2')],
  ];
}

export const benchmark: Benchmark = {
  summary: 'a steady load through gateway, activator and queue-proxy while pods are deleted, scaled and rolled and activators restarted',
  help: '  --minutes N   how long (1); a fault every ten seconds\n  --rate N      requests a second (near half of what goes, at most 400)',
  options: { minutes: { type: 'string' }, rate: { type: 'string' } },
  async run(bench, options) {
    const minutes = count(options, 'minutes', 1);
    await step('a Service behind the activators', async () => {
      await createService(bench, name, autoscaling({ minScale: '2', maxScale: '6', targetBurstCapacity: '-1' }), 10);
      await whenReady(bench, name);
    });
    const host = hostOf(bench, name);
    const { rps } = await step('what goes', () => wrk({ ...bench.gateway, virtualHost: host, connections: 20, seconds: 5 }));
    const rate = count(options, 'rate', Math.max(1, Math.min(mostRate, Math.round(rps / 2))));
    const done: Fault[] = [];
    const undone: string[] = [];
    const load = startLoad(bench.gateway, host, rate);
    const began = performance.now();
    const all = faults(bench);
    try {
      for (let i = 0; performance.now() - began < minutes * 60_000; i++) {
        await pause(everyMs, bench.signal);
        const [what, work] = all[i % all.length]!;
        const at = performance.now() - began;
        // What cannot be done now, because of a conflict or as the last one is not over, is no reason to lose the run.
        const failed = await step(`${Math.round(at / 1000)} s: ${what}`, work).then(
          () => undefined,
          (error: Error) => error.message,
        );
        if (failed) undone.push(`${what}: ${failed}`);
        else done.push({ at, what });
      }
      await pause(everyMs, bench.signal);
    } finally {
      await step('what is under way', () => load.stop());
    }
    const { shots } = load;
    const times = shots.map((s) => s.ms);
    const failures = Object.entries(
      Object.groupBy(
        shots.filter((s) => s.failure),
        (s) => s.failure!,
      ),
    ).map(([text, list]) => [text, list!.length]);
    const failed = shots.filter((s) => s.failure).length;
    const again = shots.filter((s) => s.again).length;
    const folder = inCache('reports');
    mkdirSync(folder, { recursive: true });
    const svg = join(folder, `faults-${new Date().toISOString().slice(0, 16).replace(':', '')}.svg`);
    writeFileSync(svg, plot(slices(shots, 1000), done));
    const figure = (p: number) => round(percentile(times, p), 2);
    const rows = [
      ['requests', 'a second', 'failed', 'sent again', 'p50 ms', 'p99 ms', 'p99.9 ms', 'slowest ms'],
      [String(shots.length), String(rate), String(failed), String(again), ...[50, 99, 99.9, 100].map((p) => String(figure(p)))],
    ];
    const text = [
      table(rows),
      ...failures.map(([what, times]) => `${times} × ${what}`),
      ...undone.map((u) => `not done: ${u}`),
      `plot: ${svg}`,
    ].join('\n');
    const ratio = { failed: round(failed / shots.length, 6) };
    const figures = { requests: shots.length, failed, again, p50: figure(50), p99: figure(99), p999: figure(99.9), max: figure(100) };
    return {
      text,
      figures: { name: 'faults', minutes, rate, capacity_rps: round(rps), ...figures, failures, faults: done, undone, ratio },
    };
  },
};

import { labels } from '@ebb/shared/api/labels.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import { defaultSystemNamespace as system } from '@ebb/shared/api/system.ts';
import { step } from '../../scripts/lib/progress.ts';
import { type Benchmark, count } from '../lib/benchmark.ts';
import { type Meter, meterOf, sum } from '../lib/cpu.ts';
import { type Bench, benchNamespace, hostOf, whenReady } from '../lib/kube.ts';
import { type Load, wrk } from '../lib/load.ts';
import { medians, round, table } from '../lib/stats.ts';
import { when } from '../lib/when.ts';
import { autoscaling, createPlain, createService, plainPods, servicePods } from '../lib/workloads.ts';

/** The paths a request can take, the anchor first, and what handles it on the way. */
const paths = {
  bare: ['user'],
  queue_proxy: ['gateway', 'queue_proxy', 'user'],
  activator: ['gateway', 'activator', 'queue_proxy', 'user'],
} as const;
type Path = keyof typeof paths;
const pathNames = Object.keys(paths) as Path[];
const levels = [50, 1] as const;

/** Medians are taken field by field, so all figures lie side by side. */
type Sample = Record<'rps' | 'p50_ms' | 'p99_ms' | 'cpu_us_total', number> & { [part: `cpu_us_${string}`]: number };

interface Way {
  target: Pick<Load, 'host' | 'port' | 'virtualHost'>;
  meters: Record<string, Meter>;
}

/** A component's containers, all its replicas together. */
function component(bench: Bench, name: string): Meter {
  const pods = bench.systemPods.list(system).filter((p) => p.metadata.labels?.[labels.app] === name && p.status?.phase === 'Running');
  if (pods.length === 0) throw new Error(`no running pod with the label ${labels.app}=${name} in ${system}`);
  return sum(pods.flatMap((p) => (p.spec?.containers ?? []).map((c) => meterOf(p, c.name))));
}

async function bareWay(bench: Bench): Promise<Way> {
  const name = 'bare';
  await createPlain(bench, name, 1);
  const pod = () => plainPods(bench, name).find((p) => p.status?.podIP && p.status.containerStatuses?.every((c) => c.ready));
  await when([bench.pods], () => pod() !== undefined, { what: 'the bare pod to be ready', timeoutMs: 60_000, signal: bench.signal });
  return { target: { host: pod()!.status!.podIP!, port: ports.userDefault }, meters: { user: meterOf(pod()!, 'user-container') } };
}

/** A Service that stays at one pod. The burst capacity decides who is in the way: 0 never wants an activator there, -1 always. */
async function serviceWay(bench: Bench, path: Exclude<Path, 'bare'>): Promise<Way> {
  const name = `hello-${path.replace('_', '-')}`;
  const mode = path === 'activator' ? 'Proxy' : 'Serve';
  await createService(bench, name, autoscaling({ minScale: '1', maxScale: '1', targetBurstCapacity: mode === 'Proxy' ? '-1' : '0' }));
  await whenReady(bench, name);
  const sks = () => bench.sks.list(benchNamespace).find((s) => s.metadata.labels?.[labels.service] === name);
  const seen = () => `mode ${sks()?.spec.mode}`;
  await when([bench.sks], () => sks()?.spec.mode === mode, {
    what: `${name} in mode ${mode}`,
    timeoutMs: 90_000,
    signal: bench.signal,
    seen,
  });
  const pod = servicePods(bench, name)[0];
  if (!pod) throw new Error(`Service ${name} has no pod`);
  const all: Record<string, Meter> = { queue_proxy: meterOf(pod, 'queue-proxy'), user: meterOf(pod, 'user-container') };
  for (const part of ['gateway', 'activator']) if ((paths[path] as readonly string[]).includes(part)) all[part] = component(bench, part);
  return { target: { ...bench.gateway, virtualHost: hostOf(bench, name) }, meters: all };
}

/** One round of load and the CPU each part on the way spent on a request of it. */
async function sample(way: Way, connections: number, seconds: number): Promise<Sample> {
  const before = Object.entries(way.meters).map(([part, m]) => [part, m, m.read()] as const);
  const { requests, ...round } = await wrk({ ...way.target, connections, seconds });
  const spent = before.map(([part, m, was]) => [`cpu_us_${part}`, (m.read() - was) / requests] as const);
  return { ...round, ...Object.fromEntries(spent), cpu_us_total: spent.reduce((total, [, us]) => total + us, 0) };
}

const digits = (key: string): number => (key === 'rps' ? 0 : key.startsWith('cpu') ? 1 : 3);
const rounded = (s: Sample): Sample => Object.fromEntries(Object.entries(s).map(([k, v]) => [k, round(v, digits(k))])) as Sample;

function show(connections: number, of: Record<Path, Sample>): string {
  const parts = paths.activator.map((p) => `cpu_us_${p}` as const);
  const head = [`${connections} connection${connections > 1 ? 's' : ''}`, 'rps', 'p50 ms', 'p99 ms', 'CPU µs/req', ...paths.activator];
  const titles: Record<Path, string> = {
    bare: 'bare backend',
    queue_proxy: 'gateway → queue-proxy',
    activator: 'gateway → activator → queue-proxy',
  };
  const row = (p: Path) => {
    const s = of[p];
    const cpu = parts.map((k) => (k in s ? s[k]!.toFixed(1) : '-'));
    return [titles[p], s.rps.toFixed(0), s.p50_ms.toFixed(2), s.p99_ms.toFixed(2), s.cpu_us_total.toFixed(1), ...cpu];
  };
  return table([head.map((h) => h.replace('_', '-')), ...pathNames.map(row)]);
}

export const benchmark: Benchmark = {
  summary: 'requests a second, latency and CPU per request of a warm Service, beside its bare backend',
  help: '  --rounds N    rounds, all paths in turn in each; medians count (3)\n  --seconds N   length of one round on one path (5)',
  options: { rounds: { type: 'string' }, seconds: { type: 'string' } },
  async run(bench, options) {
    const rounds = count(options, 'rounds', 3);
    const seconds = count(options, 'seconds', 5);
    const ways = await step('a bare backend and two warm Services', async () => ({
      bare: await bareWay(bench),
      queue_proxy: await serviceWay(bench, 'queue_proxy'),
      activator: await serviceWay(bench, 'activator'),
    }));
    await step('warm up', async () => {
      for (const path of pathNames) await sample(ways[path], 50, 3);
    });
    const connections: Record<string, Record<Path, Sample>> = {};
    const ratio: Record<string, number> = {};
    for (const level of levels) {
      const samples: Record<Path, Sample[]> = { bare: [], queue_proxy: [], activator: [] };
      for (let i = 1; i <= rounds; i++) {
        await step(`${level} connections, round ${i} of ${rounds}`, async () => {
          for (const path of pathNames) {
            bench.signal.throwIfAborted();
            samples[path].push(await sample(ways[path], level, seconds));
          }
        });
      }
      const of = Object.fromEntries(pathNames.map((p) => [p, medians(samples[p])])) as Record<Path, Sample>;
      for (const path of pathNames.slice(1)) {
        ratio[`${path}_rps_${level}`] = round(of[path].rps / of.bare.rps, 3);
        ratio[`${path}_p50_${level}`] = round(of[path].p50_ms / of.bare.p50_ms, 3);
        ratio[`${path}_cpu_${level}`] = round(of[path].cpu_us_total / of.bare.cpu_us_total, 3);
      }
      connections[level] = Object.fromEntries(pathNames.map((p) => [p, rounded(of[p])])) as Record<Path, Sample>;
    }
    const text = levels.map((level) => show(level, connections[level]!)).join('\n\n');
    return { text, figures: { name: 'warm', rounds, seconds, connections, ratio } };
  },
};

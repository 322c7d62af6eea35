import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { buildOwn } from '../../e2e/cluster/build.ts';
import { inCache } from '../../e2e/cluster/paths.ts';
import { step } from '../../scripts/lib/progress.ts';
import { count, type Options, type Outcome, UsageError } from './benchmark.ts';
import { type Scenario, scenarios as shared } from './proxy-scenarios.ts';
import { median, round, table } from './stats.ts';
import { cpuSeconds, isRunning, residentMB, withChildren } from './usage.ts';

/** What is measured, one at a time: each has the machine, and the contract's ports, to itself. */
export interface Side {
  name: 'bare' | 'ebb' | 'peer' | 'nginx';
  /** Started anew for each round. */
  start(protocol: 'http1' | 'h2c', secure?: boolean): Promise<Running>;
}

export interface Running {
  pid: number;
  port: number;
  stop(): Promise<void>;
}

/** The backend's port, the user container's in a pod; BENCH_BACKEND_PORT names another. */
export const backendPort = Number(process.env.BENCH_BACKEND_PORT ?? 18080);

/** Options that benchmarks of proxies have, and the lines of help for them. */
export const proxyOptions = { rounds: { type: 'string' }, seconds: { type: 'string' }, only: { type: 'string' } } as const;
export const proxyHelp = (of: readonly Scenario[] = shared) =>
  [
    '  --rounds N      rounds, all sides in turn in each; medians of the ratios in a round count (5)',
    '  --seconds N     length of one measurement (4)',
    `  --only a,b      some of ${of.map((s) => s.name).join(', ')} (all)`,
  ].join('\n');

/** Of one side in one round, all its processes; times in milliseconds. */
type Sample = Record<'rps' | 'p50' | 'p99' | 'cpu_us' | 'memory_mb', number>;
const figures = ['rps', 'p50', 'p99', 'cpu_us'] as const;

async function sample(side: Side, scenario: Scenario, rig: string, host: string | undefined, seconds: number): Promise<Sample> {
  const running = await side.start(scenario.protocol, scenario.secure);
  const to = { port: running.port, host, secure: scenario.secure };
  try {
    if (side.name !== 'bare') await scenario.load(rig, to, Math.max(2, seconds / 2));
    const sum = (of: (pid: number) => number) => withChildren(running.pid).reduce((total, pid) => total + of(pid), 0);
    const before = sum(cpuSeconds);
    const { requests, rps, p50_ms, p99_ms } = await scenario.load(rig, to, seconds);
    const cpu_us = ((sum(cpuSeconds) - before) * 1e6) / requests;
    return { rps, p50: p50_ms, p99: p99_ms, cpu_us, memory_mb: sum((pid) => residentMB(pid, 'now')) };
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

export interface ProxyBenchmark {
  name: string;
  signal: AbortSignal;
  options: Options;
  /** The Host header of all requests, when it is not the address. */
  host?: string;
  /** Those of queue-proxy when absent. */
  scenarios?: readonly Scenario[];
  /** Whether the backend itself is measured, too; true when absent. */
  bare?: boolean;
  /** Called once the backend serves: the proxies that are compared with it, what Ebb is compared with last. */
  sides(): Promise<Side[]>;
}

/** Measures proxies beside the bare backend, every side in turn in each round. */
export async function compareProxies(o: ProxyBenchmark): Promise<Outcome> {
  const { options, scenarios = shared } = o;
  const rounds = count(options, 'rounds', 5);
  const seconds = count(options, 'seconds', 4);
  const names = typeof options.only === 'string' ? options.only.split(',') : scenarios.map((s) => s.name);
  const unknown = names.find((n) => !scenarios.some((s) => s.name === n));
  if (unknown !== undefined) throw new UsageError(`--only ${JSON.stringify(unknown)}: one of ${scenarios.map((s) => s.name).join(', ')}`);
  const { rig, ...backend } = await startBackend();
  try {
    const bare: Side = { name: 'bare', start: async () => ({ ...backend, stop: async () => {} }) };
    const all = [...(o.bare === false ? [] : [bare]), ...(await o.sides())];
    const last = all.at(-1)!.name;
    const anchor = last === 'ebb' ? 'bare' : last;
    const ratio: Record<string, number> = {};
    const detail: Record<string, unknown> = {};
    const rows = [['', 'side', 'rps', 'p50 ms', 'p99 ms', 'CPU µs/req', 'MB', `÷ ${anchor}: rps`, 'p50', 'p99', 'CPU']];
    for (const scenario of scenarios.filter((s) => names.includes(s.name))) {
      const samples: Record<string, Sample[]> = {};
      for (let i = 1; i <= rounds; i++)
        await step(`${scenario.title}, round ${i} of ${rounds}`, async () => {
          for (const side of all) {
            o.signal.throwIfAborted();
            const taken = await sample(side, scenario, rig, o.host, seconds);
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
          name === all[0]!.name ? scenario.title : '',
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
    return { text: table(rows), figures: { name: o.name, rounds, seconds, anchor, scenarios: detail, ratio } };
  } finally {
    await backend.stop();
  }
}

/** Builds both ends of the load and starts the one behind the proxies, on all addresses: Endpoints may not hold one of loopback. */
export async function startBackend(): Promise<Running & { rig: string }> {
  const rig = inCache('bench-rig');
  await step('build both ends of the load', () => buildOwn('benchmarks/lib/rig', rig));
  return { rig, ...(await startProxy(rig, ['serve', `:${backendPort}`], { env: {}, port: backendPort, ports: [backendPort] })) };
}

const patienceMs = 20_000;

/** Starts a program and resolves when `ready`, or its port, says so. Its output is shown when it does not come up. */
export async function startProxy(
  command: string,
  args: string[],
  o: { env: Record<string, string>; port: number; ports: readonly number[]; ready?: () => Promise<boolean> },
): Promise<Running> {
  for (const port of o.ports) if (!(await isFree(port))) throw new Error(`port ${port} is taken on this machine; ${command} needs it`);
  const child = spawn(command, args, { env: { ...process.env, ...o.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk).slice(-4000);
    });
  const running = { pid: child.pid ?? 0, port: o.port, stop: () => kill(child) };
  const ready = o.ready ?? (() => accepts(o.port));
  const until = performance.now() + patienceMs;
  while (!(await ready())) {
    if (child.exitCode !== null || performance.now() > until) {
      await running.stop();
      throw new Error(`${command} does not serve:\n${output.trim()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return running;
}

/** Nothing to lose: a drain would take its half minute. Its own children end with it. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const [, ...children] = withChildren(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  for (const pid of children) {
    for (; isRunning(pid); await new Promise((resolve) => setTimeout(resolve, 10))) process.kill(pid, 'SIGKILL');
  }
}

/** Whether nobody listens on a port; who was killed a moment ago may keep it until its last thread is gone. */
async function isFree(port: number): Promise<boolean> {
  for (const until = performance.now() + 2000; await accepts(port); await new Promise((resolve) => setTimeout(resolve, 20)))
    if (performance.now() > until) return false;
  return true;
}

export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

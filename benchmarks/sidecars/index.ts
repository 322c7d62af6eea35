import { execFileSync, spawn } from 'node:child_process';
import { ports } from '@ebb/shared/api/ports.ts';
import { step } from '../../scripts/lib/progress.ts';
import { type Benchmark, count } from '../lib/benchmark.ts';
import { backendPort, kill, startBackend } from '../lib/proxies.ts';
import { median, percentile, round, table } from '../lib/stats.ts';
import { cpuSeconds, privateMB } from '../lib/usage.ts';
import { type Command, commands, environment } from '../queue-proxy/sides.ts';
import { untilReady } from './ready.ts';

const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });

/** Many queue-proxies want the same ports: each gets a network of its own, as in a pod, which needs root. */
async function together(command: Command, pods: number, rig: string, seconds: number, signal: AbortSignal) {
  const names = Array.from({ length: pods }, (_, i) => `ebb-sidecar-${i}`);
  const children: ReturnType<typeof spawn>[] = [];
  const inside = (name: string, path: string, args: string[], env: Record<string, string> = {}) => {
    const child = spawn('ip', ['netns', 'exec', name, path, ...args], { env: { ...process.env, ...env }, stdio: 'ignore' });
    children.push(child);
    return child;
  };
  const made: string[] = [];
  try {
    for (const name of names) {
      ip('netns', 'add', name);
      made.push(name);
      ip('-n', name, 'link', 'set', 'lo', 'up');
      inside(name, rig, ['serve', `127.0.0.1:${backendPort}`]);
    }
    const proxies = names.map((name) => inside(name, command.path, command.args, environment('http1')));
    await pause(3000, signal);
    const load = ['-c', '2', '-pause', '100ms', '-d', String(seconds + 5), `http://127.0.0.1:${ports.http1}/`];
    for (const name of names) inside(name, rig, load);
    await pause(1000, signal);
    const pids = proxies.map((p) => p.pid ?? 0);
    const before = pids.map(cpuSeconds);
    await pause(seconds * 1000, signal);
    const cpu = pids.reduce((sum, pid, i) => sum + cpuSeconds(pid) - before[i]!, 0);
    return { memory: pids.reduce((sum, pid) => sum + privateMB(pid), 0), cores: cpu / seconds };
  } finally {
    await Promise.all(children.map(kill));
    for (const name of made) ip('netns', 'delete', name);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Milliseconds from the start of the process to its first answer that the pod is ready. */
async function start({ path, args }: Command): Promise<number> {
  const began = performance.now();
  const child = spawn(path, args, { env: { ...process.env, ...environment('http1') }, stdio: 'ignore' });
  try {
    await untilReady(ports.http1, () => child.exitCode !== null);
    return performance.now() - began;
  } finally {
    await kill(child);
  }
}

export const benchmark: Benchmark = {
  summary: 'many queue-proxies on one machine: private memory, CPU under light load, and their start; beside PEER_QUEUE_PROXY',
  help: [
    '  --pods N      queue-proxies at a time (20)',
    '  --seconds N   of light load (10)',
    '  --starts N    starts, of all sides in turn (15)',
  ].join('\n'),
  options: { pods: { type: 'string' }, seconds: { type: 'string' }, starts: { type: 'string' } },
  async runAlone(signal, options) {
    const pods = count(options, 'pods', 20);
    const seconds = count(options, 'seconds', 10);
    const starts = count(options, 'starts', 15);
    const all = await commands();
    const { rig, stop } = await startBackend();
    const taken: Record<string, number[]> = {};
    try {
      for (let i = 1; i <= starts; i++)
        await step(`start ${i} of ${starts}`, async () => {
          for (const command of all) {
            signal.throwIfAborted();
            taken[command.name] = [...(taken[command.name] ?? []), await start(command)];
          }
        });
    } finally {
      await stop();
    }
    const rows = [['', `MB of ${pods}`, 'cores', 'start ms p50', 'p90']];
    const figures: Record<string, Record<string, number>> = {};
    for (const command of all) {
      const used = await step(`${pods} sidecars: ${command.name}`, () => together(command, pods, rig, seconds, signal));
      const times = taken[command.name]!;
      const f = {
        memory_mb: round(used.memory, 1),
        cores: round(used.cores, 3),
        start_p50: round(median(times)),
        start_p90: round(percentile(times, 90)),
      };
      figures[command.name] = f;
      rows.push([command.name, String(f.memory_mb), String(f.cores), String(f.start_p50), String(f.start_p90)]);
    }
    const { ebb, peer } = figures;
    const ratio = peer ? Object.fromEntries(Object.entries(ebb!).map(([k, v]) => [k, round(v / peer[k]!, 3)])) : {};
    return { text: table(rows), figures: { name: 'sidecars', pods, seconds, starts, sides: figures, ratio } };
  },
};

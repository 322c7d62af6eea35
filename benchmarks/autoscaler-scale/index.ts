import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { StatBatch, type WireStatMessage } from '@ebb/shared/proto/gen/stats.ts';
import { bundle } from '../../scripts/images/bundle.ts';
import { autoscaler } from '../../scripts/images/table.ts';
import { step } from '../../scripts/lib/progress.ts';
import { type Benchmark, count } from '../lib/benchmark.ts';
import { percentile, round, table } from '../lib/stats.ts';

/** Revisions in a report: what one activator of many would send. */
const perReport = 500;
const port = 18_099;
/** Revisions that are woken, one after the other, while the others report. */
const wakesPerSecond = 5;
/** USER_HZ: the unit of CPU times in /proc is the same on every Linux. */
const ticksPerSecond = 100;

interface Usage {
  cpuMs: number;
  rssMB: number;
}

function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return { cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond, rssMB: Number(rss) / 1024 };
}

const message = (i: number, concurrency: number): WireStatMessage => ({
  namespace: 'n',
  name: `r${i}`,
  stat: {
    podName: 'activator',
    averageConcurrentRequests: concurrency,
    averageProxiedConcurrentRequests: 0,
    requestCount: concurrency * 10,
    proxiedRequestCount: 0,
    processUptime: 0,
    timestamp: 0,
  },
});

export interface Figures {
  cpu_ms_per_s: number;
  rss_mb: number;
  wake_p50_ms: number;
  wake_p99_ms: number;
}

/** A program under reports of so many revisions every second: CPU, memory, and how long a wake takes to be decided. */
async function measure(command: readonly string[], revisions: number, seconds: number, signal: AbortSignal): Promise<Figures> {
  const [program = '', ...args] = command;
  const child: ChildProcess = spawn(program, [...args, String(revisions), String(port)], { stdio: ['ignore', 'pipe', 'inherit'], signal });
  child.on('error', () => undefined);
  const waiting = new Map<string, (at: number) => void>();
  try {
    const lines = createInterface({ input: child.stdout! });
    const listening = new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        if (line === 'listening') resolve();
        waiting.get(line)?.(performance.now());
      });
      child.on('exit', (code) => reject(new Error(`${program} ended with ${code} before it was listening`)));
    });
    await listening;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    await once(socket, 'open');
    const send = (messages: WireStatMessage[]) => socket.send(StatBatch.encode({ messages }).finish());
    // The last ones have no load: they are there to be woken.
    const idle = wakesPerSecond * seconds;
    const busy = revisions - idle;
    const reports: WireStatMessage[][] = [];
    for (let i = 0; i < busy; i += perReport) {
      reports.push(Array.from({ length: Math.min(perReport, busy - i) }, (_, j) => message(i + j, 5 + ((i + j) % 50))));
    }
    const idling = Array.from({ length: idle }, (_, j) => message(busy + j, 0));
    const second = async (each: (part: number) => void) => {
      const started = performance.now();
      for (const [i, report] of reports.entries()) {
        send(report);
        each(i / reports.length);
        const due = started + (1000 * (i + 1)) / reports.length;
        if (due > performance.now()) await sleep(due - performance.now(), undefined, { signal });
      }
    };
    for (let s = 0; s < 5; s++) {
      send(idling);
      await second(() => undefined);
    }
    const before = usageOf(child.pid!);
    const began = performance.now();
    const wakes: Promise<number>[] = [];
    const wake = (i: number) => {
      const { promise, resolve } = Promise.withResolvers<number>();
      const sent = performance.now();
      waiting.set(`decided r${i}`, (at) => resolve(at - sent));
      send([message(i, 1)]);
      wakes.push(Promise.race([promise, sleep(10_000, Number.NaN, { signal })]));
    };
    for (let s = 0; s < seconds; s++) {
      let woken = 0;
      await second((part) => {
        if (woken < wakesPerSecond && part >= woken / wakesPerSecond) wake(busy + s * wakesPerSecond + woken++);
      });
    }
    const after = usageOf(child.pid!);
    const elapsed = (performance.now() - began) / 1000;
    const delays = (await Promise.all(wakes)).map((ms) => (Number.isNaN(ms) ? 10_000 : ms));
    socket.close();
    return {
      cpu_ms_per_s: round((after.cpuMs - before.cpuMs) / elapsed, 1),
      rss_mb: round(after.rssMB, 1),
      wake_p50_ms: round(percentile(delays, 50), 2),
      wake_p99_ms: round(percentile(delays, 99), 2),
    };
  } finally {
    child.kill();
  }
}

/** The program as an image has it: bundled, with the image's options of Node. */
async function bundled(folder: string): Promise<string[]> {
  const main = await bundle(join('benchmarks', 'autoscaler-scale', 'program.ts'), folder);
  return [process.execPath, ...autoscaler.nodeOptions.split(' ').filter(Boolean), main];
}

export const benchmark: Benchmark = {
  summary: 'CPU, memory and the delay of a wake with thousands of revisions, without a cluster',
  help: `  --revisions N   (2000)
  --seconds N     measured, after five that are not (20)
  --beside FILE   another autoscaler's core, measured after it: started as FILE <revisions> <port>, it takes reports by
                  WebSocket and prints "listening" and "decided r<i>"`,
  options: { revisions: { type: 'string' }, seconds: { type: 'string' }, beside: { type: 'string' } },
  async runAlone(signal, options) {
    const revisions = count(options, 'revisions', 2000);
    const seconds = count(options, 'seconds', 20);
    const folder = mkdtempSync(join(tmpdir(), 'ebb-autoscaler-scale-'));
    const own = await bundled(folder);
    const ebb = await step(`Ebb, ${revisions} revisions, ${seconds} s`, () => measure(own, revisions, seconds, signal)).finally(() =>
      rmSync(folder, { recursive: true }),
    );
    const { beside } = options;
    const other =
      typeof beside === 'string'
        ? await step(`${beside}, ${revisions} revisions, ${seconds} s`, () => measure([beside], revisions, seconds, signal))
        : undefined;
    const names = Object.keys(ebb) as (keyof Figures)[];
    const ratio = other ? Object.fromEntries(names.map((name) => [name, round(ebb[name] / other[name], 3)])) : {};
    const text = table([
      [`${revisions} revisions`, 'Ebb', ...(other ? ['beside', 'Ebb ÷ beside'] : [])],
      ...names.map((name) => [name, String(ebb[name]), ...(other ? [String(other[name]), String(ratio[name])] : [])]),
    ]);
    return { text, figures: { name: 'autoscaler-scale', revisions, seconds, ebb, ...(other ? { beside: other } : {}), ratio } };
  },
};

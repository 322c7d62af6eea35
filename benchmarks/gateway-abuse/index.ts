import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@ebb/shared/testing/programs.ts';
import { step } from '../../scripts/lib/progress.ts';
import { gatewayProgram } from '../gateway/sides.ts';
import { host, openWorld } from '../gateway/world.ts';
import { type Benchmark, count, type Options, type Outcome } from '../lib/benchmark.ts';
import { wrk } from '../lib/load.ts';
import { kill, startBackend } from '../lib/proxies.ts';
import { median, round, table } from '../lib/stats.ts';
import { cpuSeconds, residentMB } from '../lib/usage.ts';
import { attacks } from './attacks.ts';

async function measure(signal: AbortSignal, options: Options): Promise<Outcome> {
  const rounds = count(options, 'rounds', 3);
  const seconds = count(options, 'seconds', 4);
  const startGateway = await gatewayProgram();
  const world = await openWorld();
  const closers: (() => Promise<unknown>)[] = [() => world.kube.stop()];
  try {
    const backend = await startBackend();
    closers.push(backend.stop);
    const ports = { http: await freePort(), https: await freePort() };
    const gateway = await startGateway(world.kube.kubeconfig, ports);
    closers.push(gateway.stop);
    // Ten clients that mind their manners. One that fails ends the benchmark.
    const others = () => wrk({ host, port: ports.http, connections: 10, seconds });
    await step('warm up', others);
    const rows = [['attack', 'others: rps', 'p50', 'p99', 'CPU of the gateway', 'memory MB, before', 'under attack']];
    const ratio: Record<string, number> = {};
    const detail: Record<string, unknown> = {};
    for (const attack of attacks) {
      const samples = { rps: [] as number[], p50: [] as number[], p99: [] as number[], cpu: [] as number[] };
      const before = residentMB(gateway.pid, 'now');
      let most = before;
      for (let i = 1; i <= rounds; i++)
        await step(`${attack.title}, round ${i} of ${rounds}`, async () => {
          signal.throwIfAborted();
          const measured = async () => {
            const cpu = cpuSeconds(gateway.pid);
            return { ...(await others()), cpu: cpuSeconds(gateway.pid) - cpu };
          };
          const alone = await measured();
          const file = join(import.meta.dirname, 'attacks.ts');
          const attacker = spawn(process.execPath, [file, attack.name, String(attack.secure ? ports.https : ports.http)], {
            stdio: 'ignore',
          });
          try {
            await sleep(1000);
            const beside = await measured();
            most = Math.max(most, residentMB(gateway.pid, 'now'));
            samples.rps.push(beside.rps / alone.rps);
            samples.p50.push(beside.p50_ms / alone.p50_ms);
            samples.p99.push(beside.p99_ms / alone.p99_ms);
            samples.cpu.push(beside.cpu / alone.cpu);
          } finally {
            await kill(attacker);
          }
          await sleep(500);
        });
      const medians = Object.fromEntries(Object.entries(samples).map(([k, list]) => [k, round(median(list), 2)]));
      for (const [k, value] of Object.entries(medians)) ratio[`${k}_${attack.name}`] = value;
      detail[attack.name] = { memory_mb: { before: round(before), most: round(most) } };
      const { rps, p50, p99, cpu } = medians;
      rows.push([attack.title, ...[rps, p50, p99, cpu].map(String), String(round(before)), String(round(most))]);
    }
    return { text: table(rows), figures: { name: 'gateway-abuse', rounds, seconds, attacks: detail, ratio } };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

export const benchmark: Benchmark = {
  summary: 'what other clients of the gateway notice of slow-loris, floods, rapid reset and the like',
  help: ['  --rounds N      rounds, without and with the attack in turn (3)', '  --seconds N     length of one measurement (4)'].join('\n'),
  options: { rounds: { type: 'string' }, seconds: { type: 'string' } },
  runAlone: measure,
};

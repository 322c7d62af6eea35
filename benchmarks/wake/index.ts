import { setTimeout as sleep } from 'node:timers/promises';
import { connectEvents } from '@ebb/shared/events/bus.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { Autoscaler } from '../../packages/activator/src/stats/autoscaler.ts';
import { Reporter } from '../../packages/activator/src/stats/reporter.ts';
import { step } from '../../scripts/lib/progress.ts';
import { type Benchmark, count } from '../lib/benchmark.ts';
import { percentile, round, table } from '../lib/stats.ts';
import { namespace, openWorld, type World } from './world.ts';

/** Requests in flight before and after a load step. */
const before = 1;
const after = 20;
/** Before a step the load is steady for longer than the window, ms. */
const steadyMs = 8_000;
/** Wakes and steps are so far apart, at every part of a second alike, ms. */
const apartMs = 73;
/** The aims of the design, ms. */
const aims = { wake: { p50: 5, p99: 25 }, step: { p99: 250 } };

/** Unix time in ms, finer than whole ones. */
const now = (): number => performance.timeOrigin + performance.now();

interface Sender {
  reporter: Reporter;
  /** As the activator: the stat stream, and NATS where there is one. */
  wake(name: string): void;
  reachable(): boolean;
  close(): Promise<void>;
}

/** The activator's own reporter, stream and event bus. */
function activator(world: World): Sender {
  const bus = connectEvents({ component: 'activator', url: world.natsUrl, log: createLogger('bench', 'silent') });
  const stream = new Autoscaler({ address: world.stats, onReady: () => undefined, onLost: () => undefined });
  const reporter = new Reporter({ podName: 'activator', clock: { now: () => Date.now() }, send: (messages) => stream.send(messages) });
  return {
    reporter,
    reachable: () => stream.reachable,
    wake(name) {
      reporter.arrive(`${namespace}/${name}`);
      const data = { containerConcurrency: 0 };
      bus.request({ type: 'revision.wake', namespace, name, data }, 2_000).catch(() => undefined);
    },
    async close() {
      reporter.stop();
      stream.close();
      await bus.close();
    },
  };
}

/** From each cause to the scale at the API server, ms; one after the other. */
async function each(world: World, names: readonly string[], replicas: number, cause: (name: string) => void): Promise<number[]> {
  const at = new Map<string, number>();
  for (const name of names) {
    at.set(name, now());
    cause(name);
    await world.scaled(name, replicas);
    await sleep(apartMs);
  }
  return [...at].map(([name, from]) => world.scaleWritten(name, from) - from);
}

export const benchmark: Benchmark = {
  summary: 'from a held request, and from a load step, to the scale at the API server',
  help: `  --revisions N  revisions at zero (1000)
  --wakes N      of these are woken, with NATS and then without (100)
  --steps N      revisions with a pod whose load rises from ${before} to ${after} (50)`,
  options: { revisions: { type: 'string' }, wakes: { type: 'string' }, steps: { type: 'string' } },
  async runAlone(signal, options) {
    const [revisions, wakes, steps] = [count(options, 'revisions', 1000), count(options, 'wakes', 100), count(options, 'steps', 50)];
    const idle = Array.from({ length: Math.max(revisions, 2 * wakes) }, (_, i) => `idle-${i}`);
    const busy = Array.from({ length: steps }, (_, i) => `busy-${i}`);
    const world = await step(`an autoscaler with ${idle.length} revisions at zero`, () => openWorld(idle, busy, signal));
    const sender = activator(world);
    try {
      while (!sender.reachable()) await sleep(10);
      const wake = (name: string) => sender.wake(name);
      const both = await step('wakes by gRPC and NATS', () => each(world, idle.slice(0, wakes), 0, wake));
      const load = (name: string, requests: number) => {
        for (let i = 0; i < requests; i++) sender.reporter.arrive(`${namespace}/${name}`);
      };
      for (const name of busy) load(name, before);
      await sleep(steadyMs);
      const rises = await step('load steps', () => each(world, busy, 1, (name) => load(name, after - before)));
      await world.killNats();
      const alone = await step('wakes without NATS', () => each(world, idle.slice(wakes, 2 * wakes), 0, wake));
      const figures = { wake: both, wake_without_nats: alone, step: rises };
      const ms = Object.fromEntries(
        Object.entries(figures).flatMap(([name, all]) => [50, 99].map((p) => [`${name}_p${p}`, round(percentile(all, p), 1)])),
      );
      const ratio = {
        wake_p50: round(ms.wake_p50! / aims.wake.p50, 2),
        wake_p99: round(ms.wake_p99! / aims.wake.p99, 2),
        step_p99: round(ms.step_p99! / aims.step.p99, 2),
      };
      const row = (title: string, name: string) => [title, String(ms[`${name}_p50`]), String(ms[`${name}_p99`])];
      const text = table([
        [`${idle.length} revisions at zero; ms until the API server gets the scale`, 'p50', 'p99'],
        row('held request, gRPC and NATS', 'wake'),
        row('held request, NATS away', 'wake_without_nats'),
        row(`${before} → ${after} requests in flight`, 'step'),
      ]);
      return { text, figures: { name: 'wake', revisions: idle.length, wakes, steps, ms, ratio } };
    } finally {
      await sender.close();
      await world.close();
    }
  },
};

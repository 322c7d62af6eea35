import { setTimeout as sleep } from 'node:timers/promises';
import { builtin } from '@ebb/shared/api/builtin.ts';
import { isReady } from '@ebb/shared/api/conditions.ts';
import { kinds, type Service } from '@ebb/shared/api/kinds.ts';
import { step } from '../../scripts/lib/progress.ts';
import { type Benchmark, count } from '../lib/benchmark.ts';
import { object } from '../lib/kube.ts';
import { round, table } from '../lib/stats.ts';
import { cpuSeconds, residentMB } from '../lib/usage.ts';
import { when } from '../lib/when.ts';
import type { Requests } from './audit.ts';
import { peerPrograms, type Side, startEbb, startPeer } from './sides.ts';
import { namespace, openWorld, type World } from './world.ts';

interface Figures {
  /** From the first create to the last Service Ready, seconds. */
  ready: number;
  /** Of the controller and of the autoscaler, from the first create until all is quiet, seconds. */
  cpu: number;
  autoscalerCpu: number;
  /** Resident memory of the controller, MB. */
  peak: number;
  resting: number;
  /** Of both, from the first create until all is quiet. */
  requests: Requests;
  /** Kubernetes events: `reason source` → how many. */
  events: Record<string, number>;
  /** Writes of both in the minute of rest, Leases apart. */
  restingWrites: Requests;
}

interface Run {
  services: number;
  /** Initial scale of each. */
  pods: number;
  /** Seconds. */
  rest: number;
}

/** As they are after the webhook: neither side has one here. */
const service = (name: string, pods: number): Service =>
  object<Service>(
    { name, namespace, annotations: { 'serving.knative.dev/creator': 'bench', 'serving.knative.dev/lastModifier': 'bench' } },
    {
      spec: {
        template: {
          metadata: { annotations: { 'autoscaling.knative.dev/initial-scale': `${pods}`, 'autoscaling.knative.dev/window': '10m' } },
          spec: {
            containerConcurrency: 0,
            timeoutSeconds: 300,
            enableServiceLinks: false,
            containers: [
              {
                name: 'user-container',
                image: 'dev.local/hello:1',
                resources: {},
                readinessProbe: { successThreshold: 1, tcpSocket: { port: 0 } },
              },
            ],
          },
        },
        traffic: [{ latestRevision: true, percent: 100 }],
      },
    },
  );

/** Resolves when neither component has written for some seconds. */
async function quiet(world: World, from: number, signal: AbortSignal): Promise<number> {
  const still = 5;
  let looked = from;
  for (let since = 0; since < still; ) {
    await sleep(1000, undefined, { signal });
    const now = world.mark();
    since = world.requests(looked, now).writes === 0 ? since + 1 : 0;
    looked = now;
  }
  return looked;
}

async function eventsOf({ client }: World): Promise<Record<string, number>> {
  const events: Record<string, number> = {};
  for (const { reason, source } of (await client.list(builtin.Event, { namespace })).items) {
    const what = `${reason} ${source?.component}`;
    events[what] = (events[what] ?? 0) + 1;
  }
  return events;
}

async function measure(world: World, side: Side, { services, pods, rest }: Run, signal: AbortSignal): Promise<Figures> {
  const { controller, autoscaler } = side;
  await quiet(world, 0, signal);
  const [from, cpu, autoscalerCpu] = [world.mark(), cpuSeconds(controller.pid), cpuSeconds(autoscaler.pid)];
  const started = performance.now();
  const names = Array.from({ length: services }, (_, i) => `hello-${i}`);
  await Promise.all(names.map((name) => world.client.create(kinds.Service, service(name, pods))));
  const readyOnes = () => world.services.list(namespace).filter(isReady).length;
  const at = await when([world.services], () => readyOnes() === services, {
    what: `${services} Services to be Ready`,
    timeoutMs: 1_200_000,
    signal,
    seen: () => `${readyOnes()} are`,
  });
  const to = await quiet(world, from, signal);
  const figures = {
    ready: (at - started) / 1000,
    cpu: cpuSeconds(controller.pid) - cpu,
    autoscalerCpu: cpuSeconds(autoscaler.pid) - autoscalerCpu,
    requests: world.requests(from, to),
    events: await eventsOf(world),
  };
  await sleep(rest * 1000, undefined, { signal });
  return {
    ...figures,
    peak: residentMB(controller.pid, 'peak'),
    resting: residentMB(controller.pid, 'now'),
    restingWrites: world.requests(to, world.mark()),
  };
}

async function run(name: string, start: (world: World) => Promise<Side>, how: Run, signal: AbortSignal): Promise<Figures> {
  const world = await step(`${name}: an API server of its own`, openWorld);
  try {
    const side = await step(`${name}: start`, () => start(world));
    try {
      return await step(`${name}: ${how.services} Services at once, then ${how.rest} s of rest`, () => measure(world, side, how, signal));
    } finally {
      await side.close();
    }
  } finally {
    await world.close();
  }
}

const rows = (services: number): [string, (f: Figures) => number][] => [
  ['all Ready, s', (f) => f.ready],
  ['controller CPU, s', (f) => f.cpu],
  ['autoscaler CPU, s', (f) => f.autoscalerCpu],
  ['controller peak, MB', (f) => f.peak],
  ['controller at rest, MB', (f) => f.resting],
  ['API requests', (f) => f.requests.total],
  ['requests a Service', (f) => f.requests.total / services],
  ['of these writes', (f) => f.requests.writes / services],
  ['of these events', (f) => f.requests.events / services],
  ['conflicts', (f) => f.requests.conflicts],
  ['writes at rest', (f) => f.restingWrites.writes],
];

export const benchmark: Benchmark = {
  summary: 'many Services created at once on an API server of their own, then rest; beside another control plane if there is one',
  help: [
    '  --services N  Services created at once (100)',
    '  --pods N      initial-scale of each (0); pods are ready at once, without containers',
    '  --rest N      seconds of rest afterwards (60)',
    '  PEER_CONTROLLER, PEER_AUTOSCALER: paths of the programs to compare with (root only)',
  ].join('\n'),
  options: { services: { type: 'string' }, pods: { type: 'string' }, rest: { type: 'string' } },
  async runAlone(signal, options) {
    const services = count(options, 'services', 100);
    const how: Run = { services, pods: Number(options.pods ?? 0), rest: count(options, 'rest', 60) };
    const peer = peerPrograms();
    const ebb = await run('Ebb', startEbb, how, signal);
    const other = peer && (await run('peer', (world) => startPeer(world, peer), how, signal));
    const lines = rows(services).map(([title, of]) => [
      title,
      String(round(of(ebb), 1)),
      ...(other ? [String(round(of(other), 1)), String(round(of(ebb) / of(other), 2))] : []),
    ]);
    const ratio: Record<string, number> = other
      ? {
          ready: ebb.ready / other.ready,
          cpu: ebb.cpu / other.cpu,
          requests: ebb.requests.total / other.requests.total,
          resting: ebb.resting / other.resting,
        }
      : {};
    return {
      text: table([['', 'Ebb', ...(other ? ['peer', 'ratio'] : [])], ...lines]),
      figures: { name: 'control-plane-scale', ratio, ...how, ebb, peer: other },
    };
  },
};

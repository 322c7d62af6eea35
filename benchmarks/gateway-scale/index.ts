import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtin, type Endpoints, type KubeService } from '@ebb/shared/api/builtin.ts';
import { isReady } from '@ebb/shared/api/conditions.ts';
import { type Ingress, kinds } from '@ebb/shared/api/kinds.ts';
import { defaultSystemNamespace as system } from '@ebb/shared/api/system.ts';
import { createInformers } from '@ebb/shared/kube/informers.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { freePort } from '@ebb/shared/testing/programs.ts';
import { step } from '../../scripts/lib/progress.ts';
import { ownAddress } from '../activator/world.ts';
import { gatewayProgram } from '../gateway/sides.ts';
import { createBackend, ingressFor, openKube } from '../gateway/world.ts';
import { type Benchmark, count, type Options, type Outcome } from '../lib/benchmark.ts';
import { object } from '../lib/kube.ts';
import { wrk } from '../lib/load.ts';
import { startBackend } from '../lib/proxies.ts';
import { median, percentile, round, table } from '../lib/stats.ts';
import { cpuSeconds, residentMB, withChildren } from '../lib/usage.ts';
import { when } from '../lib/when.ts';
import { changeUntilServed, type Followed, keepChanging } from './changes.ts';
import { hostsOf, lookupCosts } from './lookup.ts';

const perSecond = 100;

/** So many at a time, in order. */
async function inBatches(n: number, size: number, make: (i: number) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < n; at += size) await Promise.all(Array.from({ length: Math.min(size, n - at) }, (_, i) => make(at + i)));
}

const p = (samples: readonly number[], which: number) => round(percentile(samples, which), 1);

/** Until the API server has answered, and until it is served. */
const percentiles = (followed: readonly Followed[]) => {
  const of = (samples: readonly number[]) => ({ p50: p(samples, 50), p99: p(samples, 99) });
  return { stored: of(followed.map((f) => f.stored)), served: of(followed.map((f) => f.served)) };
};

async function measure(signal: AbortSignal, options: Options): Promise<Outcome> {
  const total = count(options, 'ingresses', 1000);
  const seconds = count(options, 'seconds', 20);
  const changes = count(options, 'changes', 200);
  const costs = await step('cost of a lookup by number of Ingresses', async () => lookupCosts([1, total, 10 * total]));
  const startGateway = await gatewayProgram(count(options, 'workers', 1));
  const kube = await openKube();
  const closers: (() => Promise<unknown>)[] = [() => kube.stop()];
  try {
    const backend = await startBackend();
    closers.push(backend.stop);
    const { client } = kube;
    const ports = { http: await freePort(), https: await freePort(), localHttp: await freePort() };
    // The gateway finds its replicas by this Service, and asks each what it serves.
    const name = { namespace: system, name: 'gateway-local' };
    await client.create(builtin.Service, object<KubeService>(name, { spec: { ports: [{ name: 'http', port: 80 }] } }));
    const subsets = [{ addresses: [{ ip: ownAddress() }], ports: [{ name: 'http', port: ports.localHttp }] }];
    await client.create(builtin.Endpoints, object<Endpoints>(name, { subsets }));
    const gateway = await startGateway(kube.kubeconfig, ports);
    closers.push(gateway.stop);
    const informers = createInformers(client, createLogger('bench', 'silent'));
    const ingresses = informers.informer(kinds.Ingress);
    await informers.start();
    closers.push(() => informers.stop());

    const sum = (of: (pid: number) => number) => withChildren(gateway.pid).reduce((total, pid) => total + of(pid), 0);
    const usage = () => ({ cpu: sum(cpuSeconds), memory: sum((pid) => residentMB(pid, 'now')) });
    const empty = usage();
    const make = (i: number): Ingress => ingressFor(`app-${i}`, hostsOf(i), `app-${i}`);
    /** Every Ingress says that its present spec is served. */
    const settled = () => {
      const ready = () =>
        ingresses.list().filter((i) => isReady(i) && i.status?.observedGeneration === i.metadata.generation).length === total;
      return when([ingresses], ready, { what: 'all Ingresses Ready', timeoutMs: 180_000, signal });
    };
    const began = performance.now();
    await step(`${total} Ingresses, each with a Service, until all are Ready`, async () => {
      await inBatches(total, 20, async (i) => {
        signal.throwIfAborted();
        await createBackend(kube, `app-${i}`);
        await client.create(kinds.Ingress, make(i));
      });
      await settled();
    });
    const readySeconds = (performance.now() - began) / 1000;
    const full = usage();
    const all = ingresses.list();
    const allHosts = (connections: number, duration: number) =>
      wrk({
        host: '127.0.0.1',
        port: ports.http,
        connections,
        seconds: duration,
        script: [join(import.meta.dirname, 'hosts.lua'), String(total)],
      });

    // Each change is followed by the gateway, and by a plain watch beside it.
    const alone = await step(`${changes} changes, one after the other`, async () => {
      const served: number[] = [];
      const watched: number[] = [];
      for (let i = 0; i < changes; i++) {
        signal.throwIfAborted();
        const ingress = all[(i * 37) % total]!;
        const { namespace, name } = ingress.metadata;
        const generation = ingresses.get(namespace, name)?.metadata.generation ?? 0;
        const at = performance.now();
        const seen = when([ingresses], () => (ingresses.get(namespace, name)?.metadata.generation ?? 0) > generation, {
          what: `the watch of ${name}`,
          timeoutMs: 30_000,
        });
        served.push((await changeUntilServed(client, ingress, `alone-${i}`, ports.http)).served);
        watched.push((await seen) - at);
      }
      return { served, watched };
    });

    const changing = async (length: number, load: boolean) => {
      await settled();
      const before = usage();
      const over = new AbortController();
      const kept = keepChanging(client, all, { perSecond, everyNth: 10, port: ports.http, until: over.signal });
      const round = load ? await allHosts(8, length) : await sleep(length * 1000, undefined);
      over.abort();
      const { followed, perSecond: reached } = await kept;
      return { ...round, ...percentiles(followed), reached, cpu: usage().cpu - before.cpu };
    };
    const quiet = await step(`${perSecond} changes a second, ${seconds} s without load`, () => changing(seconds, false));
    const loaded = await step(`${perSecond} changes a second under load, ${seconds} s`, () => changing(seconds, true));
    await step('the last changes settle', settled);
    const still = await step('the same load without changes', () => allHosts(8, Math.max(5, seconds / 2)));
    const last = usage();

    const figures = {
      ingresses: total,
      hosts: 2 * total,
      all_ready_s: round(readySeconds, 1),
      cpu_ms_per_ingress: round(((full.cpu - empty.cpu) * 1000) / total, 2),
      memory_mb: { empty: round(empty.memory), full: round(full.memory), after: round(last.memory) },
      served_ms: { p50: p(alone.served, 50), p99: p(alone.served, 99) },
      watched_ms: { p50: p(alone.watched, 50), p99: p(alone.watched, 99) },
      changing: {
        per_second: round(quiet.reached, 1),
        stored_ms: quiet.stored,
        served_ms: quiet.served,
        cpu_ms_per_change: round((quiet.cpu * 1000) / (quiet.reached * seconds), 2),
      },
      changing_under_load: {
        per_second: round(loaded.reached, 1),
        stored_ms: loaded.stored,
        served_ms: loaded.served,
        requests: loaded.requests ?? 0,
        failed: 0,
        rps: round(loaded.rps ?? 0),
        p99_ms: loaded.p99_ms ?? 0,
      },
      load_alone: { rps: round(still.rps), p99_ms: still.p99_ms },
      lookup_ns: Object.fromEntries(Object.entries(costs).map(([n, ns]) => [n, round(ns)])),
    };
    const ratio = {
      served_over_watched_p50: round(median(alone.served.map((ms, i) => ms / alone.watched[i]!)), 2),
      lookup_full_over_one: round(costs[total]! / costs[1]!, 2),
      lookup_ten_times_over_one: round(costs[10 * total]! / costs[1]!, 2),
      rps_changing_over_still: round((loaded.rps ?? 0) / still.rps, 2),
    };
    return { text: show(figures, ratio), figures: { name: 'gateway-scale', ...figures, ratio } };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** One line a figure; nested ones by their path. */
function show(figures: object, ratio: Record<string, number>): string {
  const flat = (value: object, path: string): string[][] =>
    Object.entries(value).flatMap(([k, v]) => (typeof v === 'object' ? flat(v, `${path}${k}.`) : [[path + k, String(v)]]));
  return table([['figure', ''], ...flat(figures, ''), ...flat(ratio, 'ratio.')]);
}

export const benchmark: Benchmark = {
  summary: 'a thousand Ingresses at the gateway: change → served, memory, lookups, changes under load',
  help: [
    '  --ingresses N   Ingresses of two hosts each (1000)',
    '  --changes N     changes one after the other (200)',
    '  --seconds N     length of each spell of 100 changes a second (20)',
    '  --workers N     processes of the gateway that serve (1)',
  ].join('\n'),
  options: { ingresses: { type: 'string' }, changes: { type: 'string' }, seconds: { type: 'string' }, workers: { type: 'string' } },
  runAlone: measure,
};

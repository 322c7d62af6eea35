import { builtin, type Deployment, type Namespace, type Pod } from '@ebb/shared/api/builtin.ts';
import { isTrue } from '@ebb/shared/api/conditions.ts';
import { kinds, type ServerlessService, type Service } from '@ebb/shared/api/kinds.ts';
import type { KubeObject, ObjectMeta } from '@ebb/shared/api/meta.ts';
import { defaultSystemNamespace as system } from '@ebb/shared/api/system.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';
import { isNotFound, type KubeClient } from '@ebb/shared/kube/client.ts';
import { createInformers } from '@ebb/shared/kube/informers.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { step } from '../../scripts/lib/progress.ts';
import { when } from './when.ts';

/** Everything a benchmark creates lives here, and goes with it. */
export const benchNamespace = 'ebb-bench';

/** What a benchmark works with. The caches are watches on the API, so a change is seen when it happens. */
export interface Bench {
  kube: KubeClient;
  /** Where the gateway listens, on this machine. */
  gateway: { host: string; port: number };
  deployments: Cache<Deployment>;
  /** Of the benchmark's namespace. */
  pods: Cache<Pod>;
  /** Of the components. */
  systemPods: Cache<Pod>;
  services: Cache<Service>;
  sks: Cache<ServerlessService>;
  /** Aborted on Ctrl-C. */
  signal: AbortSignal;
  /** Deletes the namespace; waits until it is gone unless interrupted. */
  close(): Promise<void>;
}

/** An empty namespace with watches on what a benchmark looks at. */
export async function openBench(kube: KubeClient, signal: AbortSignal): Promise<Bench> {
  const informers = createInformers(kube, createLogger('bench', 'silent'));
  const here = { namespace: benchNamespace };
  const namespaces = informers.informer(builtin.Namespace, { fieldSelector: `metadata.name=${benchNamespace}` });
  const gone = (): Promise<number> =>
    when([namespaces], () => namespaces.list().length === 0, {
      what: `namespace ${benchNamespace} to be gone`,
      timeoutMs: 600_000,
      signal,
    });
  const bench = {
    kube,
    gateway: await gatewayAddress(kube),
    deployments: informers.informer(builtin.Deployment, here),
    pods: informers.informer(builtin.Pod, here),
    systemPods: informers.informer(builtin.Pod, { namespace: system }),
    services: informers.informer(kinds.Service, here),
    sks: informers.informer(kinds.ServerlessService, here),
    signal,
  };
  await informers.start();
  if (namespaces.list().length > 0) await step(`remove what an earlier run left in ${benchNamespace}`, () => remove(kube).then(gone));
  await kube.create(builtin.Namespace, object<Namespace>({ name: benchNamespace, namespace: '' }, {}));
  return {
    ...bench,
    async close() {
      await step(`remove namespace ${benchNamespace}`, async () => {
        await remove(kube);
        if (!signal.aborted) await gone();
      });
      await informers.stop();
    },
  };
}

async function remove(kube: KubeClient): Promise<void> {
  try {
    await kube.delete(builtin.Namespace, '', benchNamespace);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** The gateway's NodePort on loopback: a benchmark speaks to nothing outside this machine. */
async function gatewayAddress(kube: KubeClient): Promise<{ host: string; port: number }> {
  const service = await kube.get(builtin.Service, system, 'gateway');
  const ports = service.spec?.ports ?? [];
  const port = (ports.find((p) => p.port === 80) ?? ports[0])?.nodePort;
  if (!port)
    throw new Error(
      `Service ${system}/gateway has no nodePort for port 80 (type ${service.spec?.type}); the local overlay makes it a NodePort`,
    );
  return { host: '127.0.0.1', port };
}

/** An object without the two fields the client fills in. */
export function object<T extends KubeObject>(metadata: ObjectMeta, rest: Omit<T, 'apiVersion' | 'kind' | 'metadata'>): T {
  return { ...rest, metadata } as unknown as T;
}

/** Resolves when a Service is Ready for its newest generation; the answer is when that was seen. */
export function whenReady(bench: Bench, name: string): Promise<number> {
  const ready = () => {
    const service = bench.services.get(benchNamespace, name);
    return isTrue(service?.status?.conditions, 'Ready') && service?.status?.observedGeneration === service?.metadata.generation;
  };
  return when([bench.services], ready, {
    what: `Service ${name} to be Ready`,
    timeoutMs: 60_000,
    signal: bench.signal,
    seen: () => conditionsOf(bench.services.get(benchNamespace, name)),
  });
}

const conditionsOf = (service: Service | undefined): string =>
  (service?.status?.conditions ?? [])
    .filter((c) => c.status !== 'True')
    .map((c) => `${c.type} ${c.status}: ${c.reason ?? ''} ${c.message ?? ''}`.trimEnd())
    .join('; ') || 'no condition yet';

/** The host a Service answers under. */
export function hostOf(bench: Bench, name: string): string {
  const url = bench.services.get(benchNamespace, name)?.status?.url;
  if (!url) throw new Error(`Service ${name} has no status.url`);
  return new URL(url).host;
}

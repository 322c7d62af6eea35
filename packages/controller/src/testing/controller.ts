import { readdirSync, readFileSync } from 'node:fs';
import { builtin, type ConfigMap } from '@ebb/shared/api/builtin.ts';
import type { Informers } from '@ebb/shared/kube/cache.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import { createInformers } from '@ebb/shared/kube/informers.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { installCrds } from '@ebb/shared/testing/crds.ts';
import { startKube, type TestKube } from '@ebb/shared/testing/kube.ts';
import { vi } from 'vitest';
import { parse } from 'yaml';
import { startController } from '../app.ts';
import { type Fate, play } from './players.ts';

const system = 'knative-serving';

/** A controller that runs against a real API server, with players for those it works with. */
export interface TestController {
  kube: TestKube;
  client: KubeClient;
  informers: Informers;
  stop(): Promise<void>;
}

/** The config maps as they are installed; `example.com` is the domain. `data` is laid over them. */
async function applyConfig(client: KubeClient, data: Record<string, Record<string, string>>): Promise<void> {
  const folder = new URL('../../../../deploy/config/', import.meta.url);
  const all: typeof data = { 'config-domain': { 'example.com': '' }, ...data };
  for (const file of readdirSync(folder).filter((f) => f.startsWith('config-'))) {
    const map = parse(readFileSync(new URL(file, folder), 'utf8')) as ConfigMap;
    const { name } = map.metadata;
    await client.create(builtin.ConfigMap, {
      ...map,
      metadata: { ...map.metadata, namespace: system },
      data: { ...map.data, ...all[name] },
    });
  }
}

interface Options {
  fate?: Fate;
  /** Before anything runs: watch what comes by. */
  watch?: (informers: Informers) => void;
  env?: Record<string, string>;
  config?: Record<string, Record<string, string>>;
}

export async function startTestController({ fate, watch, env = {}, config = {} }: Options = {}): Promise<TestController> {
  const log = createLogger('test', 'silent');
  const kube = await startKube();
  const { client } = kube;
  await installCrds(client);
  await client.create(builtin.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: system, namespace: '' } });
  await applyConfig(client, config);
  const informers = createInformers(client, log);
  play(client, informers, fate);
  watch?.(informers);
  await informers.start();
  const own = { KUBECONFIG: kube.kubeconfig, SYSTEM_NAMESPACE: system, METRICS_PROMETHEUS_PORT: '0', PROBES_PORT: '0', NATS_URL: '' };
  for (const [name, value] of Object.entries({ ...own, ...env })) vi.stubEnv(name, value);
  const controller = await startController(log);
  return {
    kube,
    client,
    informers,
    async stop() {
      await controller.drain();
      await informers.stop();
      await kube.stop();
      vi.unstubAllEnvs();
    },
  };
}

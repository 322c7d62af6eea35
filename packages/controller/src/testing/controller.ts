import { defaultSystemNamespace } from '@ebb/shared/api/system.ts';
import type { Informers } from '@ebb/shared/kube/cache.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import { createInformers } from '@ebb/shared/kube/informers.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { installCrds } from '@ebb/shared/testing/crds.ts';
import { startKube, type TestKube } from '@ebb/shared/testing/kube.ts';
import { installSettings } from '@ebb/shared/testing/settings.ts';
import { vi } from 'vitest';
import { startController } from '../app.ts';
import { type Fate, play } from './players.ts';

/** A controller that runs against a real API server, with players for those it works with. */
export interface TestController {
  kube: TestKube;
  client: KubeClient;
  informers: Informers;
  stop(): Promise<void>;
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
  await installSettings(client, { 'config-domain': { 'example.com': '' }, ...config });
  const informers = createInformers(client, log);
  play(client, informers, fate);
  watch?.(informers);
  await informers.start();
  const own = {
    KUBECONFIG: kube.kubeconfig,
    SYSTEM_NAMESPACE: defaultSystemNamespace,
    METRICS_PROMETHEUS_PORT: '0',
    PROBES_PORT: '0',
    NATS_URL: '',
  };
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

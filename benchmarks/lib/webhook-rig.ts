import { dirname, join } from 'node:path';
import { builtin, type Secret } from '@ebb/shared/api/builtin.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import { installCrds } from '@ebb/shared/testing/crds.ts';
import { startKube } from '@ebb/shared/testing/kube.ts';
import { freePort, type Program, startProgram, temporaryFolder } from '@ebb/shared/testing/programs.ts';
import { installSettings } from '@ebb/shared/testing/settings.ts';
import { buildGo, goProgram } from '../../e2e/cluster/build.ts';
import { bundle } from '../../scripts/images/bundle.ts';
import { object } from './kube.ts';
import { connectReviewer, type Reviewer } from './review.ts';

/** A running webhook: how it is asked, and its process. */
export interface RunningWebhook extends Reviewer {
  pid: number;
  port: number;
  /** Its system namespace, where its config maps are. */
  namespace: string;
  end(): Promise<void>;
}

/** An API server of its own for webhooks to read their settings from. Nothing there calls them: the benchmark does. */
export interface WebhookRig {
  client: KubeClient;
  /** Starts a webhook in a system namespace of its own: Ebb's, or another program that reads the same environment. */
  start(namespace: string, program?: string): Promise<RunningWebhook>;
  close(): Promise<void>;
}

/** Ebb's is run as its image runs it: bundled. */
async function commandOf(program: string | undefined, folder: string): Promise<{ path: string; args: string[] }> {
  if (program) return { path: program, args: ['--disable-ha'] };
  const main = await bundle(join('packages', 'webhook', 'src', 'main.ts'), folder);
  return { path: process.execPath, args: [main] };
}

async function startWebhook(kubeconfig: string, namespace: string, command: { path: string; args: string[] }): Promise<RunningWebhook> {
  const port = await freePort();
  const reviewer = connectReviewer(port);
  const running: Program = await startProgram({
    ...command,
    env: {
      KUBECONFIG: kubeconfig,
      SYSTEM_NAMESPACE: namespace,
      POD_NAME: `webhook-${port}`,
      CONFIG_LOGGING_NAME: 'config-logging',
      CONFIG_OBSERVABILITY_NAME: 'config-observability',
      METRICS_DOMAIN: 'knative.dev/serving',
      METRICS_PROMETHEUS_PORT: String(await freePort()),
      WEBHOOK_NAME: 'webhook',
      WEBHOOK_PORT: String(port),
      NATS_URL: '',
      DRAIN_SECONDS: '0',
    },
    ready: () => reviewer.answers(),
  });
  return {
    ...reviewer,
    pid: running.pid,
    port,
    namespace,
    async end() {
      reviewer.close();
      await running.end('SIGKILL');
    },
  };
}

export async function openWebhookRig(): Promise<WebhookRig> {
  await buildGo('kubernetes');
  process.env.EBB_KUBE_BIN ??= dirname(goProgram('kubernetes', 'kube-apiserver'));
  const kube = await startKube();
  const folder = temporaryFolder();
  const started: RunningWebhook[] = [];
  await installCrds(kube.client);
  return {
    client: kube.client,
    async start(namespace, program) {
      await installSettings(kube.client, {}, namespace);
      await kube.client.create(builtin.Secret, object<Secret>({ name: 'webhook-certs', namespace }, {}));
      const webhook = await startWebhook(kube.kubeconfig, namespace, await commandOf(program, folder.path));
      started.push(webhook);
      return webhook;
    },
    async close() {
      for (const webhook of started) await webhook.end();
      await kube.stop();
      folder.remove();
    },
  };
}

/** The program PEER_WEBHOOK names: another webhook of the same contract, which the caller has built. */
export const peerProgram = (): string | undefined => process.env.PEER_WEBHOOK || undefined;

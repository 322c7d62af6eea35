import { builtin } from '@ebb/shared/api/builtin.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { openWebhookRig, type RunningWebhook } from '../lib/webhook-rig.ts';
import { askAbout, sentBy, storedBefore } from './ask.ts';
import { type ConfigSet, dataOf, setNames } from './corpus/config-sets.ts';
import { edited, pod } from './corpus/edit.ts';
import { corpus } from './corpus/index.ts';
import { service } from './corpus/seeds.ts';
import { type Fixture, fixtureOf } from './fixtures.ts';

const maps = ['config-features', 'config-autoscaler', 'config-defaults'] as const;
const mostSeconds = 'max-revision-timeout-seconds';

async function setData(client: KubeClient, namespace: string, name: (typeof maps)[number], data: Record<string, string>): Promise<void> {
  const map = await client.get(builtin.ConfigMap, namespace, name);
  await client.update(builtin.ConfigMap, { ...map, data });
}

/** Waits until the webhook refuses a timeout with this bound: then it has read all that was written before it. */
async function untilBound(webhook: RunningWebhook, most: string): Promise<void> {
  const object = edited(service, pod({ timeoutSeconds: 99_999_999 }));
  const asked = { kind: { group: 'serving.knative.dev', version: 'v1', kind: 'Service' }, operation: 'CREATE', name: 'hello', object };
  await until(async () => {
    const { denied } = await webhook.review('/resource-validation', asked);
    if (!denied?.includes(`<= ${most}: `)) throw new Error(`the webhook has not read ${mostSeconds}=${most}: ${denied}`);
  });
}

/** Gives the webhook a set's settings. They come through a watch in the order they are written, so the last one tells. */
async function use(client: KubeClient, webhook: RunningWebhook, set: ConfigSet, mark: number): Promise<void> {
  for (const name of maps) await setData(client, webhook.namespace, name, dataOf(set, name));
  const last = dataOf(set, 'config-defaults');
  await setData(client, webhook.namespace, 'config-defaults', { ...last, [mostSeconds]: String(mark) });
  await untilBound(webhook, String(mark));
  await setData(client, webhook.namespace, 'config-defaults', last);
  await untilBound(webhook, last[mostSeconds] ?? '600');
}

/** Asks a webhook about the whole corpus, set after set; `program`: Ebb's own when undefined. */
export async function capture(program: string | undefined, tell: (text: string) => void, signal: AbortSignal): Promise<Fixture[]> {
  const rig = await openWebhookRig();
  try {
    const webhook = await rig.start('knative-serving', program);
    const byId = new Map<string, Fixture>();
    for (const [i, set] of setNames.entries()) {
      const cases = corpus.filter((c) => c.config === set);
      await use(rig.client, webhook, set, 90_000 + i);
      for (const c of cases) {
        signal.throwIfAborted();
        const before = await storedBefore(webhook, c);
        byId.set(c.id, fixtureOf(c, before, sentBy(c, before), await askAbout(webhook, c, before)));
      }
      tell(`${set}: ${cases.length}`);
    }
    return corpus.map((c) => byId.get(c.id) as Fixture);
  } finally {
    await rig.close();
  }
}

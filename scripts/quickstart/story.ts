import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtin } from '../../packages/shared/src/api/builtin.ts';
import { isFailed, isReady } from '../../packages/shared/src/api/conditions.ts';
import { kinds, type Service } from '../../packages/shared/src/api/kinds.ts';
import { isNotFound, type KubeClient } from '../../packages/shared/src/kube/client.ts';
import { ask } from '../lib/ask.ts';
import type { Gateway } from '../lib/gateway.ts';
import type { Kubectl } from '../lib/kubectl.ts';
import { step } from '../lib/progress.ts';
import { root } from '../lib/shell.ts';
import { plainStart } from './plain.ts';

const namespace = 'default';
const name = 'hello';
const sample = join(root, 'deploy/samples/hello.yaml');
const readyMs = 120_000;
const idleMs = 180_000;

export interface Teller {
  kubectl: Kubectl;
  kube: KubeClient;
  gateway: Gateway;
  signal: AbortSignal;
}

/** What was seen, for the last lines. */
export interface Told {
  host: string;
  firstByteMs: number;
  plainMs: number;
}

const say = (text: string): void => console.log(text);
const counted = (n: number): string => `${n} ${n === 1 ? 'pod' : 'pods'}`;
const ms = (n: number): string => `${Math.round(n)} ms`;

/** Applies the sample and waits until it is Ready; an error tells its conditions. */
async function ready({ kubectl, kube, signal }: Teller): Promise<Service> {
  await kubectl(['apply', '-n', namespace, '-f', sample]);
  for (const deadline = Date.now() + readyMs; ; await sleep(200, undefined, { signal })) {
    const service = await kube.get(kinds.Service, namespace, name);
    if (isReady(service)) return service;
    if (isFailed(service) || Date.now() > deadline) {
      const conditions = service.status?.conditions?.map((c) => `  ${c.type}=${c.status} ${c.reason ?? ''} ${c.message ?? ''}`) ?? [];
      throw new Error(`Service ${namespace}/${name} is not Ready:\n${conditions.join('\n')}`);
    }
  }
}

/** The pods of the Service in words, those on their way out apart. */
async function pods(kube: KubeClient): Promise<{ count: number; text: string }> {
  const { items } = await kube.list(builtin.Pod, { namespace, labelSelector: `serving.knative.dev/service=${name}` });
  const going = items.filter((p) => p.metadata.deletionTimestamp).length;
  const text = `${counted(items.length - going)}${going ? `, ${going} on the way out` : ''}`;
  return { count: items.length, text };
}

async function desired(kube: KubeClient, revision: string): Promise<string> {
  try {
    const pa = await kube.get(kinds.PodAutoscaler, namespace, revision);
    return `wanted ${pa.status?.desiredScale ?? '?'}`;
  } catch (error) {
    if (isNotFound(error)) return 'wanted ?';
    throw error;
  }
}

/** Tells of every change until there are no pods. */
async function untilZero({ kube, signal }: Teller, revision: string): Promise<void> {
  const started = Date.now();
  let before = '';
  for (;;) {
    const { count, text } = await pods(kube);
    const now = `${await desired(kube, revision)}, ${text}`;
    if (now !== before) say(`  ${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s  ${now}`);
    before = now;
    if (count === 0) return;
    if (Date.now() - started > idleMs) throw new Error(`${name} is idle, but ${text} after ${idleMs / 1000} s`);
    await sleep(250, undefined, { signal });
  }
}

/** The story of a Service that goes out with the tide: there, idle, gone, and back with the first request. */
export async function story(teller: Teller): Promise<Told> {
  const { kube, kubectl, gateway } = teller;
  const service = await step(`apply ${sample.slice(root.length + 1)} and wait until it is Ready`, () => ready(teller));
  const revision = service.status?.latestReadyRevisionName ?? '';
  const host = new URL(service.status?.url ?? '').host;
  const before = await pods(kube);
  const answer = await ask(gateway, host);
  if (answer.status !== 200) throw new Error(`${host} answered ${answer.status}: ${answer.body}`);
  say(`\n${await kubectl(['get', 'ksvc', name, '-n', namespace])}`);
  say(
    `A request to http://${host}: ${JSON.stringify(answer.body.trim())} after ${ms(answer.firstByteMs)}${before.count ? '' : ', from zero'}\n`,
  );

  say('Now nobody asks. Its window is 6 s; a pod that goes has half a minute to finish what it was asked.');
  await untilZero(teller, revision);
  const image = service.spec.template?.spec?.containers?.[0]?.image ?? '';
  const plainMs = await step('for comparison: a plain Deployment of the same image from 0 to 1', () => plainStart(kube, namespace, image));

  const cold = await ask(gateway, host);
  if (cold.status !== 200) throw new Error(`${host} answered ${cold.status} from zero: ${cold.body}`);
  const after = await pods(kube);
  say(
    `\nidle → 0 pods, one request → first byte after ${ms(cold.firstByteMs)} (of which ${ms(plainMs)} the plain pod start) → ${after.text}`,
  );
  say(`It said ${JSON.stringify(cold.body.trim())}.`);
  return { host, firstByteMs: cold.firstByteMs, plainMs };
}

/** Takes the sample away. */
export const removeSample = (kubectl: Kubectl): Promise<string> =>
  kubectl(['delete', 'ksvc', name, '-n', namespace, '--ignore-not-found', '--timeout=60s']);

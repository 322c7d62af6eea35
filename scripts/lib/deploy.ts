import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAllDocuments, stringify } from 'yaml';
import { loadImages } from '../../e2e/cluster/load-images.ts';
import { runsFromSource } from '../dev/redirect.ts';
import { type Built, buildImages } from '../images/build.ts';
import { type Component, components, system } from './components.ts';
import { diagnose, isHopeless } from './diagnose.ts';
import type { Kubectl } from './kubectl.ts';
import { step } from './progress.ts';
import { root } from './shell.ts';

/** On pod templates: the ID of an image that was rebuilt under the same name. It makes another template, and so a rollout. */
const imageAnnotation = 'ebb.dev/image';
/** How long a webhook that is being replaced may refuse before that is an error. */
const patienceMs = 120_000;
const rolloutMs = 240_000;

interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
}

const idOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;

async function render(kubectl: Kubectl, folder: string): Promise<Manifest[]> {
  const text = await kubectl(['kustomize', join(root, 'deploy', folder)]);
  return parseAllDocuments(text).map((d) => d.toJS() as Manifest);
}

/** `kubectl apply`. A webhook that is just starting refuses what it would admit: those are tried again. */
async function apply(kubectl: Kubectl, manifests: readonly Manifest[]): Promise<void> {
  const input = manifests.map((m) => stringify(m, { aliasDuplicateObjects: false })).join('---\n');
  for (const deadline = Date.now() + patienceMs; ; ) {
    const ran = await kubectl.attempt(['apply', '-f', '-'], input);
    if (ran.code === 0) return;
    const errors = ran.output.split('\n').filter((l) => /error|denied|failed|invalid/i.test(l));
    const passing = errors.length > 0 && errors.every((l) => /failed calling webhook|InternalError/.test(l));
    if (!passing || Date.now() > deadline) throw new Error(`kubectl apply failed:\n${errors.join('\n') || ran.output.trim()}`);
    await sleep(1000);
  }
}

const selectorOf = (workload: string): string => `app=${workload.slice(workload.indexOf('/') + 1)}`;

async function rolledOut(kubectl: Kubectl, workload: string): Promise<void> {
  const selector = selectorOf(workload);
  for (const deadline = Date.now() + rolloutMs; ; ) {
    const ran = await kubectl.attempt(['rollout', 'status', workload, '-n', system, '--timeout=5s']);
    if (ran.code === 0) return;
    if (Date.now() > deadline || (await isHopeless(kubectl, system, selector)))
      throw new Error(`${workload} did not become ready:\n${await diagnose(kubectl, system, selector)}`);
  }
}

interface Pod {
  metadata: { deletionTimestamp?: string };
  status?: { containerStatuses?: { image: string; imageID: string }[] };
}

/** Starts the pods of a workload anew if they run an image of the same name but not the one that was built. */
async function renew(kubectl: Kubectl, workload: string, built: readonly Built[]): Promise<boolean> {
  const text = await kubectl(['get', 'pods', '-n', system, '-l', selectorOf(workload), '-o', 'json']);
  const running = (JSON.parse(text) as { items: Pod[] }).items.filter((p) => !p.metadata.deletionTimestamp);
  const images = running.flatMap((p) => p.status?.containerStatuses ?? []);
  const newer = built.find((b) => images.some((i) => i.image === b.ref && i.imageID !== '' && !i.imageID.endsWith(b.id)));
  if (!newer) return false;
  const body = { spec: { template: { metadata: { annotations: { [imageAnnotation]: newer.id } } } } };
  await kubectl(['patch', workload, '-n', system, '--type=merge', '-p', JSON.stringify(body)]);
  return true;
}

/** Builds the images of these components that changed and loads them where their pods will run. */
export async function bringImages(kubectl: Kubectl, names: readonly string[]): Promise<Built[]> {
  const built = await step('build the images that changed', () => buildImages(names));
  const tars = built.map((b) => b.tar);
  await step('load them into the cluster', () => loadImages(kubectl.target.context, tars));
  return built;
}

/**
 * Applies the overlay of the cluster (or what of it belongs to `only`), and waits until every workload runs what was
 * applied. Repeatable: what did not change is not restarted.
 */
export async function deploy(kubectl: Kubectl, built: readonly Built[], only: readonly Component[] = []): Promise<void> {
  const overlay = kubectl.target.context ? 'overlays/all' : 'overlays/local';
  let manifests = await render(kubectl, overlay);
  if (only.length > 0) {
    const own = new Set((await Promise.all(only.map((c) => render(kubectl, c)))).flat().map(idOf));
    manifests = manifests.filter((m) => own.has(idOf(m)) || m.kind === 'Namespace');
  }
  for (const component of components) {
    if (!(await runsFromSource(kubectl, component))) continue;
    process.stderr.write(`  ${component} runs from source: its Deployment and Services are left as they are\n`);
    const own = new Set((await render(kubectl, component)).filter((m) => /^(Deployment|Service)$/.test(m.kind)).map(idOf));
    manifests = manifests.filter((m) => !own.has(idOf(m)));
  }
  await step(`apply deploy/${overlay}${only.length ? ` (${only.join(', ')})` : ''}`, () => apply(kubectl, manifests));
  const workloads = manifests.filter((m) => m.kind === 'Deployment' || m.kind === 'StatefulSet').map(idOf);
  const results = await Promise.allSettled(
    workloads.map((w) =>
      step(`${w} runs what was applied`, async () => {
        // Before as well: pods that crash for what was mended since would never be waited for to the end.
        await renew(kubectl, w, built);
        await rolledOut(kubectl, w);
        if (await renew(kubectl, w, built)) await rolledOut(kubectl, w);
      }),
    ),
  );
  const failed = results.flatMap((r) => (r.status === 'rejected' ? [(r.reason as Error).message] : []));
  if (failed.length > 0) throw new Error(failed.join('\n'));
}

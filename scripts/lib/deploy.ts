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

/** On pod templates: an image rebuilt under the same name makes another template, and so a rollout. */
const contentAnnotation = 'ebb.dev/image-content';
/** How long a webhook that is being replaced may refuse before that is an error. */
const patienceMs = 120_000;
const rolloutMs = 240_000;

interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec?: { template?: { metadata?: { annotations?: Record<string, string> }; spec?: { containers?: { image: string }[] } } };
}

const idOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;

async function render(kubectl: Kubectl, folder: string): Promise<Manifest[]> {
  const text = await kubectl(['kustomize', join(root, 'deploy', folder)]);
  return parseAllDocuments(text).map((d) => d.toJS() as Manifest);
}

function markContent(manifest: Manifest, built: readonly Built[]): Manifest {
  const template = manifest.spec?.template;
  const content = template?.spec?.containers?.flatMap((c) => built.find((b) => b.ref === c.image)?.content ?? []).join();
  if (!template || !content) return manifest;
  const annotations = { ...template.metadata?.annotations, [contentAnnotation]: content };
  return { ...manifest, spec: { ...manifest.spec, template: { ...template, metadata: { ...template.metadata, annotations } } } };
}

/** Server-side apply. A webhook that is just starting refuses what it would admit: those are tried again. */
async function apply(kubectl: Kubectl, manifests: readonly Manifest[]): Promise<void> {
  const input = manifests.map((m) => stringify(m, { aliasDuplicateObjects: false })).join('---\n');
  const args = ['apply', '--server-side', '--force-conflicts', '--field-manager=ebb-deploy', '-f', '-'];
  for (const deadline = Date.now() + patienceMs; ; ) {
    const ran = await kubectl.attempt(args, input);
    if (ran.code === 0) return;
    const errors = ran.output.split('\n').filter((l) => /error|denied|failed|invalid/i.test(l));
    const passing = errors.length > 0 && errors.every((l) => /failed calling webhook|InternalError/.test(l));
    if (!passing || Date.now() > deadline) throw new Error(`kubectl apply failed:\n${errors.join('\n') || ran.output.trim()}`);
    await sleep(1000);
  }
}

async function rolledOut(kubectl: Kubectl, workload: string): Promise<void> {
  const app = workload.slice(workload.indexOf('/') + 1);
  const selector = `app=${app}`;
  for (const deadline = Date.now() + rolloutMs; ; ) {
    const ran = await kubectl.attempt(['rollout', 'status', workload, '-n', system, '--timeout=5s']);
    if (ran.code === 0) return;
    if (Date.now() > deadline || (await isHopeless(kubectl, system, selector)))
      throw new Error(`${app} did not become ready:\n${await diagnose(kubectl, system, selector)}`);
  }
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
  await step(`apply deploy/${overlay}${only.length ? ` (${only.join(', ')})` : ''}`, () =>
    apply(
      kubectl,
      manifests.map((m) => markContent(m, built)),
    ),
  );
  const workloads = manifests.filter((m) => m.kind === 'Deployment' || m.kind === 'StatefulSet').map(idOf);
  const results = await Promise.allSettled(workloads.map((w) => step(`${w} rolled out`, () => rolledOut(kubectl, w))));
  const failed = results.flatMap((r) => (r.status === 'rejected' ? [(r.reason as Error).message] : []));
  if (failed.length > 0) throw new Error(failed.join('\n'));
}

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { labels } from '@ebb/shared/api/labels.ts';
import type { CommonStatus, KubeObject } from '@ebb/shared/api/meta.ts';
import { begin, finish } from '@ebb/shared/kube/envelope.ts';
import type { Plan, Reconciler, Write } from '@ebb/shared/kube/reconciler.ts';
import { declareInformers } from '@ebb/shared/kube/run.ts';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { now } from './objects.ts';
import { type Around, worldOf } from './world.ts';

type AnyObject = KubeObject & { status?: CommonStatus };
type AnyReconciler = Reconciler<AnyObject, unknown>;

/** A case: the object a reconciler is given, `Kind/name`, and the cluster around it. */
type Case = Around & { reconcile: string };

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}

/** A write as the golden files show it; with what its failure would say. */
function shown(write: Write): unknown {
  const { kind, failed, event, ...rest } = write;
  const outcome = failed?.(new Error('(the server said no)'));
  return {
    [write.verb]: kind.kind,
    ...rest,
    verb: undefined,
    event,
    failed: outcome && { event: outcome.event, status: outcome.status?.({} as never) },
  };
}

interface Reconciled {
  original: AnyObject;
  reconciler: AnyReconciler;
  plan: Plan<CommonStatus>;
}

/** Reconciles once, as the envelope does. */
async function reconcile(given: Case, queue: string): Promise<Reconciled> {
  const world = worldOf(given);
  const reconciler = world.reconcilers.find((r) => r.watches.queue === queue) as unknown as AnyReconciler;
  const caches = declareInformers(world.reconcilers, world.informers);
  const [, name = ''] = given.reconcile.split('/');
  const original = caches.of(reconciler.watches.reconciles).get('default', name);
  if (!original) throw new Error(`${given.reconcile} is not among the objects`);
  // Caches are everybody's: a plan that changes what it was given would throw here.
  freeze(world.objects);
  const object = freeze(begin(reconciler, original));
  const input = await reconciler.gather(object, caches);
  const plan: Plan<CommonStatus> = reconciler.plan(object, input, now);
  const again = reconciler.plan(object, input, now);
  expect(again, 'the same input gives the same plan').toEqual({ ...plan, writes: expect.anything() });
  return { original, reconciler, plan };
}

/** A Deployment whose hash label is `current` is as the reconciler would make it now. */
async function withCurrentHash(given: Case, queue: string): Promise<Case> {
  const live = given.objects.find((o) => o.metadata.labels?.[labels.deploymentHash] === 'current');
  if (!live) return given;
  const { plan } = await reconcile({ ...given, objects: given.objects.filter((o) => o !== live) }, queue);
  const made = plan.writes.find((w) => w.verb === 'create' && w.kind.kind === 'Deployment');
  const hash = made && 'object' in made ? made.object.metadata.labels?.[labels.deploymentHash] : undefined;
  const metadata = { ...live.metadata, labels: { ...live.metadata.labels, [labels.deploymentHash]: hash ?? '' } };
  return { ...given, objects: given.objects.map((o) => (o === live ? { ...live, metadata } : o)) };
}

/** All that would happen. */
async function outcomeOf(given: Case, queue: string): Promise<unknown> {
  const { original, reconciler, plan } = await reconcile(await withCurrentHash(given, queue), queue);
  const { writes, status, events, announce, ...rest } = plan;
  return {
    writes: writes.map(shown),
    ...(reconciler.statusless ? {} : { status: finish(original.status, status, original.metadata.generation, now) }),
    ...(events?.length ? { events } : {}),
    ...(announce?.length ? { announce } : {}),
    ...rest,
  };
}

/**
 * A test for each `*.in.yaml` of a reconciler's folder: what comes of it is `*.out.yaml` beside it. UPDATE_GOLDEN=1 writes
 * those anew. The queue of the reconciler has the folder's name in it.
 */
export function goldenTests(folder: string): void {
  const queue = `knative.dev.serving.pkg.reconciler.${basename(folder)}.reconciler`;
  for (const file of readdirSync(folder).filter((f) => f.endsWith('.in.yaml'))) {
    const name = file.slice(0, -'.in.yaml'.length);
    test(`${basename(folder)}: ${name.replaceAll('-', ' ')}`, async () => {
      const text = readFileSync(join(folder, file), 'utf8');
      // Values are compared, not text: the formatter of the tree has its own idea of quotes.
      const outcome = stringify(await outcomeOf(parse(text) as Case, queue), { lineWidth: 120, aliasDuplicateObjects: false });
      const out = join(folder, `${name}.out.yaml`);
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(out, outcome);
      if (!existsSync(out)) throw new Error(`there is no ${out}; UPDATE_GOLDEN=1 writes it`);
      expect(parse(outcome)).toEqual(parse(readFileSync(out, 'utf8')));
    });
  }
}

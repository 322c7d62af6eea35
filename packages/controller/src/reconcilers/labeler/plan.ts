import { annotations } from '@ebb/shared/api/annotations.ts';
import { isFailed, isReady } from '@ebb/shared/api/conditions.ts';
import { type Configuration, kinds, type Revision, type Route } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { apiVersionOf, controllerOf, type Kind, type KubeObject } from '@ebb/shared/api/meta.ts';
import type { Plan, Write } from '@ebb/shared/kube/reconciler.ts';

export const finalizer = 'routes.serving.knative.dev';

export interface Input {
  revision(name: string): Revision | undefined;
  configuration(name: string): Configuration | undefined;
  /** Objects whose annotation names this Route now. */
  markedRevisions: Revision[];
  markedConfigurations: Configuration[];
}

const routesKey = annotations.routes[0];
const routesOf = (o: KubeObject): string[] => (o.metadata.annotations?.[routesKey] ?? '').split(',').filter(Boolean);

/**
 * Marks the Route's revisions and configurations, and unmarks what it no longer names: an unmarked revision loses its
 * minimum scale, so that waits until the Route is Ready or Failed at its present generation (contract 7.6, 9.13). Of a
 * Service that is deleted all goes at once: what was to be unmarked may be gone before the cache tells.
 */
export function plan(route: Route, input: Input, now: number): Plan<NonNullable<Route['status']>> {
  const { name, namespace, resourceVersion, finalizers = [], deletionTimestamp } = route.metadata;
  const { revisions, configurations } = deletionTimestamp ? { revisions: [], configurations: [] } : listed(route, input);
  const writes: Write[] = [
    ...configurations.flatMap((c) => mark(kinds.Configuration, c, name, now)),
    ...revisions.flatMap((r) => mark(kinds.Revision, r, name, now)),
  ];
  if (deletionTimestamp || isReady(route) || isFailed(route)) {
    const goes = (still: KubeObject[]) => (o: KubeObject) => !still.some((s) => s.metadata.name === o.metadata.name);
    for (const c of input.markedConfigurations.filter(goes(configurations))) writes.push(...unmark(kinds.Configuration, c, name, now));
    for (const r of input.markedRevisions.filter(goes(revisions))) writes.push(...unmark(kinds.Revision, r, name, now));
  }
  if (deletionTimestamp) {
    const body = { metadata: { finalizers: finalizers.filter((f) => f !== finalizer), resourceVersion } };
    writes.push({ verb: 'patch', kind: kinds.Route, namespace, name, type: 'merge', body, mayBeGone: true });
  }
  return { writes, status: route.status ?? {} };
}

/** What the Route names, by spec and by status, and the newest revision of each Configuration it follows. */
function listed(route: Route, input: Input): { revisions: Revision[]; configurations: Configuration[] } {
  const revisions = new Map<string, Revision>();
  const configurations = new Map<string, Configuration>();
  const add = (revision: Revision | undefined) => revision && revisions.set(revision.metadata.name, revision);
  for (const t of [...(route.status?.traffic ?? []), ...(route.spec.traffic ?? [])]) {
    const revision = t.revisionName ? input.revision(t.revisionName) : undefined;
    add(revision);
    const owner = revision && controllerOf(revision);
    const name = owner?.kind === 'Configuration' ? owner.name : t.configurationName;
    const configuration = name ? input.configuration(name) : undefined;
    if (!configuration) continue;
    configurations.set(configuration.metadata.name, configuration);
    // Before it is ready, so that it has its minimum scale when it is.
    if (!t.latestRevision) continue;
    add(input.revision(configuration.status?.latestCreatedRevisionName ?? ''));
    // Marked at birth, and its Configuration may not have told of it yet: unmarked, it would be garbage.
    for (const r of input.markedRevisions) if (isNewest(r, configuration)) add(r);
  }
  return { revisions: [...revisions.values()], configurations: [...configurations.values()] };
}

/** Of the Configuration's present generation, or of one that is not in the cache yet. */
const isNewest = (revision: Revision, { metadata }: Configuration): boolean =>
  controllerOf(revision)?.name === metadata.name &&
  Number(revision.metadata.labels?.[labels.configurationGeneration]) >= (metadata.generation ?? 0);

const time = (now: number): string => `${new Date(now).toISOString().slice(0, 19)}Z`;

const mark = (kind: Kind, object: KubeObject, route: string, now: number): Write[] => {
  const { namespace, name } = object.metadata;
  const doing = `failed to add route annotation to Namespace=${namespace} Name=${JSON.stringify(name)}`;
  return change(kind, object, [...new Set([...routesOf(object), route])].sort(), now, doing);
};

const unmark = (kind: Kind, object: KubeObject, route: string, now: number): Write[] => {
  const doing = `failed to remove route annotation to ${apiVersionOf(kind)}, Kind=${kind.kind} ${JSON.stringify(object.metadata.name)}`;
  return change(
    kind,
    object,
    routesOf(object).filter((r) => r !== route),
    now,
    doing,
  );
};

/** The patch that makes an object's routes these; none where they are. A revision's state follows: whether it has any. */
function change(kind: Kind, object: KubeObject, routes: string[], now: number, doing: string): Write[] {
  const state = routes.length ? 'active' : 'reserve';
  const turns = kind === kinds.Revision && object.metadata.labels?.[labels.routingState] !== state;
  const before = routesOf(object);
  const same = before.length === routes.length && routes.every((r) => before.includes(r));
  if (same && !turns) return [];
  const metadata = {
    // The annotation is a list others change too: what we read must be what we replace.
    resourceVersion: object.metadata.resourceVersion,
    annotations: {
      [routesKey]: routes.length ? routes.join(',') : null,
      ...(turns ? { [annotations.routingStateModified[0]]: time(now) } : {}),
    },
    ...(turns ? { labels: { [labels.routingState]: state } } : {}),
  };
  const { namespace, name } = object.metadata;
  return [{ verb: 'patch', kind, namespace, name, type: 'merge', body: { metadata }, doing, mayBeGone: true }];
}

import { annotations } from '@ebb/shared/api/annotations.ts';
import { isFailed, isReady } from '@ebb/shared/api/conditions.ts';
import { type Configuration, kinds, type Revision, type Route } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { controllerOf, type Kind, type KubeObject } from '@ebb/shared/api/meta.ts';
import type { Plan, Write } from '@ebb/shared/kube/reconciler.ts';

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
 * minimum scale, so that waits until the Route is Ready or Failed at its present generation (contract 7.6, 9.13).
 */
export function plan(route: Route, input: Input, now: number): Plan<NonNullable<Route['status']>> {
  const writes: Write[] = [];
  const done = () => ({ writes, status: route.status ?? {} });
  const name = route.metadata.name;
  if (route.metadata.deletionTimestamp) {
    for (const c of input.markedConfigurations) writes.push(unmark(kinds.Configuration, c, name, now, false));
    for (const r of input.markedRevisions) writes.push(unmark(kinds.Revision, r, name, now, true));
    const finalizers = (route.metadata.finalizers ?? []).filter((f) => f !== 'routes.serving.knative.dev');
    const body = { metadata: { finalizers, resourceVersion: route.metadata.resourceVersion } };
    writes.push({ verb: 'patch', kind: kinds.Route, namespace: route.metadata.namespace, name, type: 'merge', body });
    return done();
  }
  const { revisions, configurations } = listed(route, input);
  for (const c of configurations) if (!routesOf(c).includes(name)) writes.push(mark(kinds.Configuration, c, name, now, false));
  for (const r of revisions) {
    const active = r.metadata.labels?.[labels.routingState] === 'active';
    if (!routesOf(r).includes(name) || !active) writes.push(mark(kinds.Revision, r, name, now, !active));
  }
  if (isReady(route) || isFailed(route)) {
    const has = (list: KubeObject[], o: KubeObject) => list.some((x) => x.metadata.name === o.metadata.name);
    for (const c of input.markedConfigurations) if (!has(configurations, c)) writes.push(unmark(kinds.Configuration, c, name, now, false));
    for (const r of input.markedRevisions) if (!has(revisions, r)) writes.push(unmark(kinds.Revision, r, name, now, true));
  }
  return done();
}

/** What the Route names, by spec and by status, and the newest revision of each configuration it follows. */
function listed(route: Route, input: Input): { revisions: Revision[]; configurations: Configuration[] } {
  const revisions = new Map<string, Revision>();
  const configurations = new Map<string, Configuration>();
  const addConfiguration = (name: string | undefined) => {
    const c = name ? input.configuration(name) : undefined;
    if (c) configurations.set(c.metadata.name, c);
    return c;
  };
  const addRevision = (name: string | undefined) => {
    const r = name ? input.revision(name) : undefined;
    if (!r) return;
    revisions.set(r.metadata.name, r);
    addConfiguration(controllerOf(r)?.name);
  };
  for (const t of [...(route.spec.traffic ?? []), ...(route.status?.traffic ?? [])]) {
    addRevision(t.revisionName);
    const c = addConfiguration(t.configurationName);
    addRevision(c?.status?.latestCreatedRevisionName);
  }
  return { revisions: [...revisions.values()], configurations: [...configurations.values()] };
}

const time = (now: number): string => `${new Date(now).toISOString().slice(0, 19)}Z`;

function patch(kind: Kind, object: KubeObject, routes: string[], state: string | undefined, now: number): Write {
  const metadata = {
    // The annotation is a list others change too: what we read must be what we replace.
    resourceVersion: object.metadata.resourceVersion,
    annotations: {
      [routesKey]: routes.length ? [...routes].sort().join(',') : null,
      ...(state ? { [annotations.routingStateModified[0]]: time(now) } : {}),
    },
    ...(state ? { labels: { [labels.routingState]: state } } : {}),
  };
  return { verb: 'patch', kind, namespace: object.metadata.namespace, name: object.metadata.name, type: 'merge', body: { metadata } };
}

const mark = (kind: Kind, object: KubeObject, route: string, now: number, activate: boolean): Write =>
  patch(kind, object, [...new Set([...routesOf(object), route])], activate ? 'active' : undefined, now);

function unmark(kind: Kind, object: KubeObject, route: string, now: number, isRevision: boolean): Write {
  const left = routesOf(object).filter((r) => r !== route);
  return patch(kind, object, left, isRevision && left.length === 0 ? 'reserve' : undefined, now);
}

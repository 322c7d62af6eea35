import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { getCondition, type Marks, marking } from '@ebb/shared/api/conditions.ts';
import { type Configuration, kinds, type Revision, type Route, type Service } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { type CommonStatus, isOwnedBy, type Kind, type KubeObject } from '@ebb/shared/api/meta.ts';
import { sameSpec } from '@ebb/shared/api/validate/semantic.ts';
import type { EventText, Plan, Write } from '@ebb/shared/kube/reconciler.ts';
import { jsonEqual } from '@ebb/shared/lib/equal.ts';
import { configurationOf, routeOf } from './resources/children.ts';

export interface Input {
  configuration?: Configuration;
  route?: Route;
  /** The revision that has the name the template asks for. */
  named?: Revision;
}

type Status = NonNullable<Service['status']>;
type Child = KubeObject & { status?: CommonStatus };

const quote = JSON.stringify;

/** What a Service needs done, and what it says of itself (contract control-plane 7.1, steps 1 to 6). */
export function plan(service: Service, input: Input): Plan<Status> {
  const marks = marking(conditionSets.Service, service.status?.conditions);
  const writes: Write[] = [];
  const status: Status = { ...service.status };
  const { name } = service.metadata;
  const done = (error?: string): Plan<Status> => ({ writes, status: { ...status, conditions: marks.conditions }, error });
  const notOwned = (kind: 'Configuration' | 'Route', type: string): Plan<Status> => {
    marks.false(type, 'NotOwned', `There is an existing ${kind} ${quote(name)} that we do not own.`);
    return done(`service: ${quote(name)} does not own ${kind.toLowerCase()}: ${quote(name)}`);
  };

  if (input.configuration && !isOwnedBy(input.configuration, service)) return notOwned('Configuration', 'ConfigurationsReady');
  const configuration = child(writes, kinds.Configuration, configurationOf(service, input.configuration), input.configuration);
  if (configuration) {
    status.latestReadyRevisionName = configuration.status?.latestReadyRevisionName;
    status.latestCreatedRevisionName = configuration.status?.latestCreatedRevisionName;
    mirror(marks, 'ConfigurationsReady', configuration);
  } else {
    marks.unknown('ConfigurationsReady', 'OutOfDate', 'The Configuration is still working to reflect the latest desired specification.');
    // Traffic may name the revision that is to come: the Route waits for it.
    if (service.spec.template?.metadata?.name) return done();
  }
  if (nameTaken(service, input)) {
    const taken = quote(service.spec.template?.metadata?.name);
    const message = `The revision name ${taken} is taken by a conflicting Revision, so traffic will not be migrated`;
    marks.false('RoutesReady', 'RevisionNameTaken', message);
    return done();
  }

  if (input.route && !isOwnedBy(input.route, service)) return notOwned('Route', 'RoutesReady');
  const route = child(writes, kinds.Route, routeOf(service, input.route), input.route);
  if (route) followRoute(marks, status, route, input.configuration);
  else marks.unknown('RoutesReady', 'OutOfDate', 'The Route is still working to reflect the latest desired specification.');
  return done();
}

/**
 * Creates a child that is missing, overwrites one whose spec, labels or annotations are not as wanted. Returns the child
 * when its status speaks of the spec that is wanted: what it said before an update must not make the Service Ready.
 */
function child<T extends Child>(writes: Write[], kind: Kind<T>, wanted: T, existing: T | undefined): T | undefined {
  if (!existing) {
    const text = `${kind.kind} ${quote(wanted.metadata.name)}`;
    const failed = (error: Error): { event: EventText } => ({
      event: { type: 'Warning', reason: 'CreationFailed', message: `Failed to create ${text}: ${error.message}` },
    });
    const event: EventText = { type: 'Normal', reason: 'Created', message: `Created ${text}` };
    writes.push({ verb: 'create', kind, object: wanted, event, failed, doing: `failed to create ${kind.kind}` });
    return undefined;
  }
  const asWanted = sameSpec(existing.spec, wanted.spec);
  const same =
    asWanted &&
    jsonEqual(existing.metadata.labels ?? {}, wanted.metadata.labels ?? {}) &&
    jsonEqual(existing.metadata.annotations ?? {}, wanted.metadata.annotations ?? {});
  if (!same) {
    const object = { ...existing, metadata: wanted.metadata, spec: wanted.spec };
    writes.push({ verb: 'update', kind, object, doing: `failed to reconcile ${kind.kind}` });
  }
  return asWanted && existing.metadata.generation === existing.status?.observedGeneration ? existing : undefined;
}

/** Step 3. */
function nameTaken(service: Service, { configuration, named }: Input): boolean {
  if (!named || !configuration || !service.spec.template?.metadata?.name) return false;
  if (!isOwnedBy(named, configuration)) return true;
  const sameGeneration = named.metadata.labels?.[labels.configurationGeneration] === String(configuration.metadata.generation);
  return !sameGeneration && !sameSpec(named.spec, service.spec.template.spec);
}

/** Steps 5 and 6. */
function followRoute(marks: Marks, status: Status, route: Route, configuration: Configuration | undefined): void {
  status.url = route.status?.url;
  status.address = route.status?.address;
  status.traffic = route.status?.traffic;
  mirror(marks, 'RoutesReady', route);
  if (!marks.is('RoutesReady', 'True')) return;
  const ready = configuration?.status?.latestReadyRevisionName;
  const wanted = (route.spec.traffic ?? []).map((t) => [t.tag ?? '', t.configurationName ? ready : t.revisionName, t.percent ?? 0]);
  const actual = (route.status?.traffic ?? []).map((t) => [t.tag ?? '', t.revisionName, t.percent ?? 0]);
  if (!jsonEqual(wanted, actual)) marks.unknown('RoutesReady', 'TrafficNotMigrated', 'Traffic is not yet migrated to the latest revision.');
}

/** Copies a child's Ready; a child that says nothing yet leaves ours as it is. */
function mirror(marks: Marks, type: string, of: Child): void {
  const ready = getCondition(of.status?.conditions, 'Ready');
  if (ready?.status === 'True') marks.true(type);
  else if (ready?.status === 'False') marks.false(type, ready.reason ?? '', ready.message ?? '');
  else if (ready) marks.unknown(type, ready.reason, ready.message);
}

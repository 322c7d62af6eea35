import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { getCondition, type Marks, marking } from '@ebb/shared/api/conditions.ts';
import { type Configuration, kinds, type Revision, type Route, type Service } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import type { Kind } from '@ebb/shared/api/meta.ts';
import { isOwnedBy, type KubeObject } from '@ebb/shared/api/meta.ts';
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

const quote = JSON.stringify;

/** What a Service needs done, and what it says of itself (contract control-plane 7.1, steps 1 to 6). */
export function plan(service: Service, input: Input): Plan<Status> {
  const marks = marking(conditionSets.Service, service.status?.conditions);
  const writes: Write[] = [];
  const status: Status = { ...service.status };
  const done = (error?: string): Plan<Status> => ({ writes, status: { ...status, conditions: marks.conditions }, error });

  for (const [kind, type, existing] of [
    ['Configuration', 'ConfigurationsReady', input.configuration],
    ['Route', 'RoutesReady', input.route],
  ] as const) {
    if (existing && !isOwnedBy(existing, service)) {
      marks.false(type, 'NotOwned', `There is an existing ${kind} ${quote(service.metadata.name)} that we do not own.`);
      return done(`service: ${quote(service.metadata.name)} does not own ${kind.toLowerCase()}: ${quote(service.metadata.name)}`);
    }
  }
  const configuration = configurationOf(service, input.configuration);
  child(writes, kinds.Configuration, configuration, input.configuration);

  if (input.configuration) {
    if (!followConfiguration(marks, status, input.configuration) && service.spec.template?.metadata?.name) return done();
    if (nameTaken(service, input)) {
      const name = service.spec.template?.metadata?.name;
      marks.false(
        'RoutesReady',
        'RevisionNameTaken',
        `The revision name ${quote(name)} is taken by a conflicting Revision, so traffic will not be migrated`,
      );
      return done();
    }
  } else if (service.spec.template?.metadata?.name) return done();

  child(writes, kinds.Route, routeOf(service, input.route), input.route);
  if (input.route) followRoute(marks, status, input.route, input.configuration);
  return done();
}

/** Creates a child that is missing, overwrites one whose spec, labels or annotations are not as wanted. */
function child(writes: Write[], kind: Kind, wanted: KubeObject, existing: KubeObject | undefined): void {
  if (!existing) {
    const failed = (error: Error): { event: EventText } => ({
      event: {
        type: 'Warning',
        reason: 'CreationFailed',
        message: `Failed to create ${kind.kind} ${quote(wanted.metadata.name)}: ${error.message}`,
      },
    });
    const event: EventText = { type: 'Normal', reason: 'Created', message: `Created ${kind.kind} ${quote(wanted.metadata.name)}` };
    writes.push({ verb: 'create', kind, object: wanted, event, failed });
    return;
  }
  const same =
    jsonEqual(existing.spec, wanted.spec) &&
    jsonEqual(existing.metadata.labels ?? {}, wanted.metadata.labels ?? {}) &&
    jsonEqual(existing.metadata.annotations ?? {}, wanted.metadata.annotations ?? {});
  if (!same) writes.push({ verb: 'update', kind, object: { ...existing, metadata: wanted.metadata, spec: wanted.spec } as KubeObject });
}

/** Step 2. False while the Configuration has not seen its latest spec. */
function followConfiguration(marks: Marks, status: Status, configuration: Configuration): boolean {
  if (configuration.metadata.generation !== configuration.status?.observedGeneration) {
    marks.unknown('ConfigurationsReady', 'OutOfDate', 'The Configuration is still working to reflect the latest desired specification.');
    return false;
  }
  status.latestReadyRevisionName = configuration.status?.latestReadyRevisionName;
  status.latestCreatedRevisionName = configuration.status?.latestCreatedRevisionName;
  mirror(marks, 'ConfigurationsReady', configuration);
  return true;
}

/** Step 3. */
function nameTaken(service: Service, { configuration, named }: Input): boolean {
  if (!named || !configuration || !service.spec.template?.metadata?.name) return false;
  if (!isOwnedBy(named, configuration)) return true;
  const sameGeneration = named.metadata.labels?.[labels.configurationGeneration] === String(configuration.metadata.generation);
  return !sameGeneration && !jsonEqual(named.spec, service.spec.template.spec);
}

/** Steps 5 and 6. */
function followRoute(marks: Marks, status: Status, route: Route, configuration: Configuration | undefined): void {
  if (route.metadata.generation !== route.status?.observedGeneration) {
    marks.unknown('RoutesReady', 'OutOfDate', 'The Route is still working to reflect the latest desired specification.');
    return;
  }
  status.url = route.status?.url;
  status.address = route.status?.address;
  status.traffic = route.status?.traffic;
  mirror(marks, 'RoutesReady', route);
  if (!marks.is('RoutesReady', 'True')) return;
  const ready = configuration?.status?.latestReadyRevisionName;
  const wanted = (route.spec.traffic ?? []).map(({ url, latestRevision, configurationName, ...t }) => ({
    ...t,
    revisionName: configurationName ? ready : t.revisionName,
  }));
  const actual = (route.status?.traffic ?? []).map(({ url, latestRevision, ...t }) => t);
  if (!jsonEqual(wanted, actual)) marks.unknown('RoutesReady', 'TrafficNotMigrated', 'Traffic is not yet migrated to the latest revision.');
}

/** Copies a child's Ready; a child that says nothing yet leaves ours as it is. */
function mirror(marks: Marks, type: string, of: { status?: { conditions?: import('@ebb/shared/api/meta.ts').Condition[] } }): void {
  const ready = getCondition(of.status?.conditions, 'Ready');
  if (ready?.status === 'True') marks.true(type);
  else if (ready?.status === 'False') marks.false(type, ready.reason ?? '', ready.message ?? '');
  else if (ready) marks.unknown(type, ready.reason, ready.message);
}

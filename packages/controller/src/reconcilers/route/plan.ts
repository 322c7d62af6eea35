import { annotations, findAnnotation } from '@ebb/shared/api/annotations.ts';
import type { Endpoints, KubeService } from '@ebb/shared/api/builtin.ts';
import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { isReady, type Marks, marking } from '@ebb/shared/api/conditions.ts';
import type { Ingress, Route } from '@ebb/shared/api/kinds.ts';
import { isOwnedBy } from '@ebb/shared/api/meta.ts';
import { serviceHost } from '@ebb/shared/api/system.ts';
import type { Plan, Write } from '@ebb/shared/kube/reconciler.ts';
import { parseDuration } from '@ebb/shared/lib/duration.ts';
import { jsonEqual } from '@ebb/shared/lib/equal.ts';
import { followIngress, ingressNotConfigured, ingressWrites } from '../ingress.ts';
import { hostnameOf, type Naming, type Target, targetOf } from './resources/hosts.ts';
import { ingressOf } from './resources/ingress.ts';
import { placeholderWrites, removalWrites } from './resources/placeholder.ts';
import { goalOf, type Known, type Resolved, resolveTraffic, statusOf } from './resources/traffic.ts';
import { advance, isDone, nextTime, observeReady, type Rollout } from './rollout.ts';
import { parseRollout } from './rollout-annotation.ts';

export interface Input extends Naming, Known {
  tagHeaders: boolean;
  ingress?: Ingress;
  /** Services by name in the Route's namespace. */
  service(name: string): KubeService | undefined;
  endpoints(name: string): Endpoints | undefined;
  /** Services labelled as this Route's. */
  placeholders: KubeService[];
}

type Status = NonNullable<Route['status']>;
const quote = JSON.stringify;

/** What a Route needs done, and what it says of itself (contract control-plane 7.5). */
export function plan(route: Route, input: Input, now: number): Plan<Status> {
  const marks = marking(conditionSets.Route, route.status?.conditions);
  const status: Status = { ...route.status };
  const wasReady = marks.is('IngressReady', 'True');
  const done = (more: Partial<Plan<Status>> = {}): Plan<Status> => ({
    writes: [],
    ...more,
    status: { ...status, conditions: marks.conditions },
  });
  if (route.metadata.generation !== route.status?.observedGeneration) ingressNotConfigured(marks);

  const resolved = resolveTraffic(route, input);
  let targets: Target[];
  try {
    const target = (tag: string): Target => targetOf(route, tag, placeholderOf(route, tag, input), input);
    const own = target('');
    status.url = own.url;
    if (!resolved.ok) {
      markBadTarget(marks, resolved);
      return done();
    }
    targets = [...resolved.targets.keys()].map((tag) => (tag === '' ? own : target(tag)));
  } catch (error) {
    const { message } = error as Error;
    marks.false('AllTrafficAssigned', 'ErrorConfig', message);
    return done({ error: message });
  }
  const urlOf = (tag: string) => targets.find((t) => t.tag === tag)?.url;
  status.traffic = statusOf(resolved.entries, urlOf);
  marks.true('AllTrafficAssigned');
  status.address = { url: `http://${serviceHost(route.metadata.name, route.metadata.namespace, input.clusterDomain)}` };

  const foreign = firstForeign(route, targets, input);
  if (foreign) {
    const { kind, name, plural } = foreign;
    marks.false('IngressReady', 'NotOwned', `There is an existing placeholder ${kind} ${quote(name)} that we do not own.`);
    return done({ error: `route: ${quote(route.metadata.name)} does not own ${plural}: ${quote(name)}` });
  }
  // Certificates are asked for here, once there is who makes them.
  marks.true('CertificateProvisioned', 'TLSNotEnabled', 'external-domain-tls is not enabled');

  const time = BigInt(now) * 1_000_000n;
  const rollout = rolloutNow(route, goalOf(resolved.targets), { ...input, waiting: !marks.is('IngressReady', 'True') }, time);
  let wanted: Ingress;
  try {
    wanted = ingressOf(route, { ...input, targets, shares: resolved.targets, rollout });
  } catch (error) {
    return done({ error: (error as Error).message });
  }
  const announce: Plan<Status>['announce'] = [];
  if (isDone(rollout)) {
    followIngress(marks, wanted, input.ingress);
    if (!wasReady && marks.is('IngressReady', 'True')) announce.push({ type: 'route.programmed', data: { url: status.url } });
  } else {
    marks.unknown('IngressReady', 'RolloutInProgress', 'A gradual rollout of the latest revision(s) is in progress.');
    status.traffic = statusOf(resolved.entries, urlOf, rollout);
    if (!jsonEqual(status.traffic, route.status?.traffic)) announce.push({ type: 'rollout.step', data: { traffic: status.traffic } });
  }
  const next = nextTime(rollout);
  return done({
    // First the Ingress: it works while the placeholders are made.
    writes: [...ingressWrites(wanted, input.ingress), ...allPlaceholders(route, targets, input)],
    ...(next === undefined ? {} : { requeueAfterMs: Math.max(0, Math.ceil(Number(next - time) / 1e6)) }),
    announce,
  });
}

/** The Service that stands for a tag now, if it is marked as this Route's. */
function placeholderOf(route: Route, tag: string, input: Input): KubeService | undefined {
  const hostname = hostnameOf(route, tag, input);
  return input.placeholders.find((s) => s.metadata.name === hostname);
}

function markBadTarget(marks: Marks, { hard, reason, message }: Extract<Resolved, { ok: false }>): void {
  if (hard) marks.false('AllTrafficAssigned', reason, message);
  else marks.unknown('AllTrafficAssigned', reason, message);
}

/** Somebody else's object under a name we want. */
function firstForeign(route: Route, targets: Target[], input: Input): { kind: string; plural: string; name: string } | undefined {
  const isForeign = (live: KubeService | Endpoints | undefined) => live !== undefined && !isOwnedBy(live, route);
  for (const { hostname: name } of targets) {
    if (isForeign(input.service(name))) return { kind: 'Service', plural: 'Service', name };
    if (isForeign(input.endpoints(name))) return { kind: 'Endpoint', plural: 'Endpoints', name };
  }
  return undefined;
}

/** Seconds a rollout takes; 0: everything at once. An annotation of 0 is one: it takes the cluster's default away. */
function rolloutSeconds(route: Route, { network }: Naming): number {
  const own = findAnnotation(route.metadata.annotations, 'rolloutDuration')?.value;
  try {
    if (own) return Math.trunc(parseDuration(own) / 1000);
  } catch {
    // Admission lets no such thing in.
  }
  return network.rolloutDurationSeconds;
}

/** Where traffic is on the way to `goal`. `waiting`: the Route did not know yet that its Ingress serves what it was told. */
function rolloutNow(route: Route, goal: Rollout, { waiting, ...input }: Input & { waiting: boolean }, time: bigint): Rollout {
  const seconds = rolloutSeconds(route, input);
  if (!input.ingress || seconds <= 0) return goal;
  const before = parseRollout(input.ingress.metadata.annotations?.[annotations.rollout[0]]);
  return advance(goal, before && waiting && isReady(input.ingress) ? observeReady(before, time, seconds) : before, time);
}

/** Placeholders for all targets, and none for tags that went. A Service that only says it is ours stays. */
function allPlaceholders(route: Route, targets: Target[], { ingress, service, endpoints, placeholders }: Input): Write[] {
  const live = (name: string) => ({ ingress, service: service(name), endpoints: endpoints(name) });
  const unwanted = placeholders.filter((s) => isOwnedBy(s, route) && !targets.some((t) => t.hostname === s.metadata.name));
  return [
    ...targets.flatMap((t) => placeholderWrites(route, t, live(t.hostname))),
    ...unwanted.flatMap((s) => removalWrites(s, endpoints(s.metadata.name))),
  ];
}

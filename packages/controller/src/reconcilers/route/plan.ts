import { builtin, type Endpoints, type KubeService } from '@ebb/shared/api/builtin.ts';
import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { getCondition, type Marks, marking } from '@ebb/shared/api/conditions.ts';
import { type Ingress, kinds, type Route } from '@ebb/shared/api/kinds.ts';
import { isOwnedBy } from '@ebb/shared/api/meta.ts';
import { serviceHost } from '@ebb/shared/api/system.ts';
import type { Plan, Write } from '@ebb/shared/kube/reconciler.ts';
import { jsonEqual } from '@ebb/shared/lib/equal.ts';
import { type Naming, type Target, targetOf } from './resources/hosts.ts';
import { ingressOf } from './resources/ingress.ts';
import { placeholderWrites } from './resources/placeholder.ts';
import { type Known, resolveTraffic } from './resources/traffic.ts';

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
export function plan(route: Route, input: Input): Plan<Status> {
  const marks = marking(conditionSets.Route, route.status?.conditions);
  const status: Status = { ...route.status };
  const writes: Write[] = [];
  const wasReady = marks.is('IngressReady', 'True');
  const done = (error?: string): Plan<Status> => ({
    writes,
    error,
    status: { ...status, conditions: marks.conditions },
    announce: !wasReady && marks.is('IngressReady', 'True') ? [{ type: 'route.programmed', data: { url: status.url } }] : [],
  });
  if (route.metadata.generation !== route.status?.observedGeneration) {
    marks.unknown('IngressReady', 'IngressNotConfigured', 'Ingress has not yet been reconciled.');
  }
  const resolved = resolveTraffic(route, input);
  if (!resolved.ok) {
    if (resolved.hard) marks.false('AllTrafficAssigned', resolved.reason, resolved.message);
    else marks.unknown('AllTrafficAssigned', resolved.reason, resolved.message);
  }
  let targets: Target[];
  try {
    const tags = resolved.ok ? [...resolved.targets.keys()] : [''];
    targets = tags.map((tag) => {
      const named = targetOf(route, tag, undefined, input);
      return targetOf(route, tag, input.service(named.hostname), input);
    });
  } catch (error) {
    marks.false('AllTrafficAssigned', 'ErrorConfig', (error as Error).message);
    return done((error as Error).message);
  }
  status.url = targets.find((t) => t.tag === '')?.url;
  status.address = { url: `http://${serviceHost(route.metadata.name, route.metadata.namespace, input.clusterDomain)}` };
  if (!resolved.ok) return done();
  marks.true('AllTrafficAssigned');

  for (const [kind, get] of [
    ['Service', input.service],
    ['Endpoint', input.endpoints],
  ] as const) {
    const foreign = targets.find((t) => foreignTo(route, get(t.hostname)));
    if (!foreign) continue;
    marks.false('IngressReady', 'NotOwned', `There is an existing placeholder ${kind} ${quote(foreign.hostname)} that we do not own.`);
    return done(`route: ${quote(route.metadata.name)} does not own ${kind}: ${quote(foreign.hostname)}`);
  }
  marks.true('CertificateProvisioned', 'TLSNotEnabled', 'external-domain-tls is not enabled');

  let wanted: Ingress;
  try {
    wanted = ingressOf(route, { ...input, targets, shares: resolved.targets });
  } catch (error) {
    return done((error as Error).message);
  }
  // First: the ingress works while the placeholders are made.
  ingressStep(wanted, input.ingress, marks, writes);
  for (const t of targets) {
    writes.push(
      ...placeholderWrites(route, t, {
        ingress: input.ingress,
        service: input.service(t.hostname),
        endpoints: input.endpoints(t.hostname),
      }),
    );
  }
  const unwanted = input.placeholders.filter((s) => !targets.some((t) => t.hostname === s.metadata.name) && isOwnedBy(s, route));
  for (const s of unwanted) writes.push({ verb: 'delete', kind: builtin.Service, namespace: s.metadata.namespace, name: s.metadata.name });
  status.traffic = resolved.status.map((t) => (t.tag ? { ...t, url: targets.find((x) => x.tag === t.tag)?.url } : t));
  return done();
}

/** Somebody else's object under a name we want. */
function foreignTo(route: Route, live: KubeService | Endpoints | undefined): boolean {
  return live !== undefined && !isOwnedBy(live, route);
}

function ingressStep(wanted: Ingress, live: Ingress | undefined, marks: Marks, writes: Write[]): void {
  const name = wanted.metadata.name;
  if (!live) {
    const event = { type: 'Normal' as const, reason: 'Created', message: `Created Ingress ${quote(name)}` };
    const failed = (error: Error) => ({
      event: { type: 'Warning' as const, reason: 'CreationFailed', message: `Failed to create Ingress: ${error.message}` },
    });
    writes.push({ verb: 'create', kind: kinds.Ingress, object: wanted, event, failed });
    marks.unknown('IngressReady', 'IngressNotConfigured', 'Ingress has not yet been reconciled.');
    return;
  }
  const same =
    jsonEqual(live.spec, wanted.spec) &&
    jsonEqual(live.metadata.annotations, wanted.metadata.annotations) &&
    jsonEqual(live.metadata.labels, wanted.metadata.labels);
  if (!same) {
    const metadata = { ...live.metadata, labels: wanted.metadata.labels, annotations: wanted.metadata.annotations };
    writes.push({ verb: 'update', kind: kinds.Ingress, object: { ...live, metadata, spec: wanted.spec } });
  }
  const ready = getCondition(live.status?.conditions, 'Ready');
  const stale = live.metadata.generation !== live.status?.observedGeneration || !jsonEqual(live.spec, wanted.spec);
  if (stale || !ready) marks.unknown('IngressReady', 'IngressNotConfigured', 'Ingress has not yet been reconciled.');
  else if (ready.status === 'True') marks.true('IngressReady');
  else if (ready.status === 'False') marks.false('IngressReady', ready.reason ?? '', ready.message ?? '');
  else marks.unknown('IngressReady', ready.reason, ready.message);
}

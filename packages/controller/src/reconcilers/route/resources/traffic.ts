import { getCondition, isReady } from '@ebb/shared/api/conditions.ts';
import type { Configuration, Revision, Route, TrafficTarget } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';

/** One revision's share of one traffic target. */
export interface Share {
  tag: string;
  revision: Revision;
  percent: number;
  latestRevision: boolean;
  /** The Configuration it is the latest ready revision of; '' for pinned ones. */
  configuration: string;
}

export type Resolved =
  | { ok: true; status: TrafficTarget[]; targets: Map<string, Share[]> }
  | { ok: false; hard: boolean; reason: string; message: string };

export interface Known {
  configuration(name: string): Configuration | undefined;
  revision(name: string): Revision | undefined;
}

type Problem = Extract<Resolved, { ok: false }>;
const quote = JSON.stringify;
const problem = (hard: boolean, reason: string, message: string): Problem => ({ ok: false, hard, reason, message });

function resolveTarget(route: Route, t: TrafficTarget, known: Known): Share | Problem {
  const share = (revision: Revision, configuration: string): Share => ({
    tag: t.tag ?? '',
    revision,
    percent: t.percent ?? 0,
    latestRevision: configuration !== '',
    configuration,
  });
  if (t.configurationName) {
    const configuration = known.configuration(t.configurationName);
    if (!configuration)
      return problem(true, 'ConfigurationMissing', `Configuration ${quote(t.configurationName)} referenced in traffic not found.`);
    const latest = configuration.status?.latestReadyRevisionName;
    if (!latest) {
      const failed = getCondition(configuration.status?.conditions, 'Ready')?.status === 'False';
      const text = failed ? 'does not have any ready Revision.' : 'is waiting for a Revision to become ready.';
      return problem(failed, 'RevisionMissing', `Configuration ${quote(t.configurationName)} ${text}`);
    }
    const revision = known.revision(latest);
    if (!revision) return problem(true, 'RevisionMissing', `Revision ${quote(latest)} referenced in traffic not found.`);
    return notReady(revision) ?? share(revision, t.configurationName);
  }
  const name = t.revisionName ?? '';
  const revision = known.revision(name);
  if (!revision) return problem(true, 'RevisionMissing', `Revision ${quote(name)} referenced in traffic not found.`);
  const owner = route.metadata.labels?.[labels.service];
  const of = revision.metadata.labels?.[labels.service];
  if (owner && of !== owner) {
    const text = of ? `belongs to Service ${quote(of)}, not Service ${quote(owner)}.` : `does not belong to Service ${quote(owner)}.`;
    return problem(true, 'RevisionNotOwned', `Revision ${quote(name)} ${text}`);
  }
  return notReady(revision) ?? share(revision, '');
}

function notReady(revision: Revision): Problem | undefined {
  if (isReady(revision)) return undefined;
  const failed = getCondition(revision.status?.conditions, 'Ready')?.status === 'False';
  const text = failed ? 'failed to become ready.' : 'is not yet ready.';
  return problem(failed, 'RevisionMissing', `Revision ${quote(revision.metadata.name)} ${text}`);
}

/**
 * Resolves a Route's traffic to revisions (contract control-plane 7.5.2). With several bad targets the last hard
 * failure wins, else the first soft one.
 */
export function resolveTraffic(route: Route, known: Known): Resolved {
  let bad: Problem | undefined;
  const shares: Share[] = [];
  for (const t of route.spec.traffic ?? []) {
    const found = resolveTarget(route, t, known);
    if (!('ok' in found)) shares.push(found);
    else if (found.hard || !bad) bad = found;
  }
  if (bad) return bad;
  return { ok: true, status: statusOf(shares), targets: targetsOf(shares) };
}

/** `status.traffic`: spec order, equal tag, revision and latestRevision merged. */
function statusOf(shares: Share[]): TrafficTarget[] {
  const out: TrafficTarget[] = [];
  for (const s of shares) {
    const same = out.find(
      (t) => (t.tag ?? '') === s.tag && t.revisionName === s.revision.metadata.name && t.latestRevision === s.latestRevision,
    );
    if (same) same.percent = (same.percent ?? 0) + s.percent;
    else
      out.push({
        ...(s.tag ? { tag: s.tag } : {}),
        revisionName: s.revision.metadata.name,
        latestRevision: s.latestRevision,
        percent: s.percent,
      });
  }
  return out;
}

/** Target '' gets every entry, each tag its own; equal revisions are merged, a target with one revision gets all. */
function targetsOf(shares: Share[]): Map<string, Share[]> {
  const targets = new Map<string, Share[]>([['', []]]);
  const add = (target: string, s: Share) => {
    const list = targets.get(target) ?? [];
    targets.set(target, list);
    const same = list.find((x) => x.revision.metadata.name === s.revision.metadata.name);
    if (same) same.percent += s.percent;
    else list.push({ ...s });
  };
  for (const s of shares) {
    add('', s);
    if (s.tag) add(s.tag, s);
  }
  for (const list of targets.values()) if (list.length === 1 && list[0]) list[0].percent = 100;
  return targets;
}

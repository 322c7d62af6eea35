import { getCondition, isReady } from '@ebb/shared/api/conditions.ts';
import type { Configuration, Revision, Route, TrafficTarget } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { byTagAndName, type Rollout, rolloutOf } from '../rollout.ts';

/** One revision's share of one traffic target. */
export interface Share {
  tag: string;
  revision: Revision;
  percent: number;
  latestRevision: boolean;
  /** The Configuration it is of: the one that is followed, or the owner of a pinned revision ('' for one without). */
  configuration: string;
}

export type Resolved =
  | { ok: true; entries: Share[]; targets: Map<string, Share[]> }
  | { ok: false; hard: boolean; reason: string; message: string };

export interface Known {
  configuration(name: string): Configuration | undefined;
  revision(name: string): Revision | undefined;
}

type Problem = Extract<Resolved, { ok: false }>;
const quote = JSON.stringify;
const problem = (hard: boolean, reason: string, message: string): Problem => ({ ok: false, hard, reason, message });

const missing = (kind: string, name: string): Problem =>
  problem(true, `${kind}Missing`, `${kind} ${quote(name)} referenced in traffic not found.`);

function resolveTarget(route: Route, t: TrafficTarget, known: Known): Share | Problem {
  const share = (revision: Revision, configuration: string): Share => ({
    tag: t.tag ?? '',
    revision,
    percent: t.percent ?? 0,
    latestRevision: t.latestRevision ?? !t.revisionName,
    configuration,
  });
  if (t.revisionName) return resolvePinned(route, t.revisionName, known, share);
  const name = t.configurationName ?? '';
  const configuration = known.configuration(name);
  if (!configuration) return missing('Configuration', name);
  const latest = configuration.status?.latestReadyRevisionName;
  if (!latest) {
    const failed = getCondition(configuration.status?.conditions, 'Ready')?.status === 'False';
    const text = failed ? 'does not have any ready Revision.' : 'is waiting for a Revision to become ready.';
    return problem(failed, 'RevisionMissing', `Configuration ${quote(name)} ${text}`);
  }
  const revision = known.revision(latest);
  if (!revision) return missing('Revision', latest);
  return notReady(revision) ?? share(revision, name);
}

type MakeShare = (revision: Revision, configuration: string) => Share;

function resolvePinned(route: Route, name: string, known: Known, share: MakeShare): Share | Problem {
  const revision = known.revision(name);
  if (!revision) return missing('Revision', name);
  const owner = route.metadata.labels?.[labels.service];
  const of = revision.metadata.labels?.[labels.service];
  if (owner && of !== owner) {
    const text = of ? `belongs to Service ${quote(of)}, not Service ${quote(owner)}.` : `does not belong to Service ${quote(owner)}.`;
    return problem(true, 'RevisionNotOwned', `Revision ${quote(name)} ${text}`);
  }
  const unready = notReady(revision);
  if (unready) return unready;
  const configuration = revision.metadata.labels?.[labels.configuration];
  if (configuration !== undefined && !known.configuration(configuration)) return missing('Configuration', configuration);
  return share(revision, configuration ?? '');
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
  return { ok: true, entries: merged(shares), targets: targetsOf(shares) };
}

/** Entries in the order of the spec; equal tag, revision and latestRevision are one. */
function merged(shares: Share[]): Share[] {
  const out: Share[] = [];
  for (const s of shares) {
    const same = out.find(
      (x) => x.tag === s.tag && x.revision.metadata.name === s.revision.metadata.name && x.latestRevision === s.latestRevision,
    );
    if (same) same.percent += s.percent;
    else out.push({ ...s });
  }
  return out;
}

/**
 * `status.traffic`. What a rollout is under way for is listed revision by revision, with the percentages of the rollout of
 * the entry's own tag: a tag's are of the tag's traffic (as the Go original has it).
 */
export function statusOf(entries: Share[], url: (tag: string) => string | undefined, rollout?: Rollout): TrafficTarget[] {
  return entries.flatMap(({ tag, revision, percent, latestRevision, configuration }) => {
    const rolled = latestRevision && rollout ? rolloutOf(rollout, tag, configuration)?.revisions : undefined;
    const shares = rolled ?? [{ revisionName: revision.metadata.name, percent }];
    const named = tag ? { tag, url: url(tag) } : {};
    return shares.map((s) => ({ ...named, revisionName: s.revisionName, latestRevision, percent: s.percent }));
  });
}

/** What there is to roll out: which revision each followed Configuration's share is to be on in the end. */
export function goalOf(targets: Map<string, Share[]>): Rollout {
  const configurations = [...targets].flatMap(([tag, shares]) =>
    shares
      .filter((s) => s.latestRevision && s.percent > 0)
      .map(({ configuration, percent, revision }) => ({
        configurationName: configuration,
        tag,
        percent,
        revisions: [{ revisionName: revision.metadata.name, percent }],
        step: {},
      })),
  );
  return { configurations: configurations.sort(byTagAndName) };
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

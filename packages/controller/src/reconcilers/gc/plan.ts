import { annotations } from '@ebb/shared/api/annotations.ts';
import { type Configuration, kinds, type Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import type { Configs } from '@ebb/shared/config/tables.ts';
import type { Plan } from '@ebb/shared/kube/reconciler.ts';

export interface Input {
  gc: Configs['config-gc'];
  /** All revisions of the Configuration. */
  revisions: Revision[];
}

/** Deletes what is superfluous, and looks again when the next revision will have become so. */
export function plan(configuration: Configuration, { gc, revisions }: Input, now: number): Plan<NonNullable<Configuration['status']>> {
  const { remove, againAt } = superfluous(configuration, revisions, gc, now);
  return {
    writes: remove.map(({ metadata: { namespace, name, uid } }) => ({
      verb: 'delete',
      kind: kinds.Revision,
      namespace,
      name,
      uid,
      doing: `failed to delete Revision ${JSON.stringify(name)}`,
      // One that cannot be deleted must not keep the rest.
      goOn: true,
    })),
    status: configuration.status ?? {},
    ...(againAt === undefined ? {} : { requeueAfterMs: againAt - now }),
  };
}

interface Verdict {
  /** Oldest first, by when they were last routed to. */
  remove: Revision[];
  /** When another one may go, in Unix milliseconds; undefined: not before something changes. */
  againAt?: number;
}

/**
 * Which revisions of a Configuration may go (contract control-plane 7.7). First the stale ones, older than every limit that
 * is set, as long as the minimum stays; then, where that was not what stopped it, the oldest of more than the maximum.
 */
export function superfluous(configuration: Configuration, revisions: readonly Revision[], gc: Configs['config-gc'], now: number): Verdict {
  const { retainSinceCreateMs, retainSinceLastActiveMs, minNonActiveRevisions: least, maxNonActiveRevisions: most } = gc;
  const aging = retainSinceCreateMs !== undefined || retainSinceLastActiveMs !== undefined;
  if ((!aging && most === undefined) || revisions.length <= least) return { remove: [] };
  const idle = revisions.filter((r) => !isActive(r, configuration)).sort(byLastActive);
  const spare = idle.length - least;
  if (spare <= 0) return { remove: [] };

  const staleAt = (r: Revision): number =>
    aging
      ? Math.max(createdAt(r) + (retainSinceCreateMs ?? 0), lastActiveAt(r) + (retainSinceLastActiveMs ?? 0))
      : Number.POSITIVE_INFINITY;
  const stale = idle.filter((r) => staleAt(r) <= now).slice(0, spare);
  if (stale.length === spare) return { remove: stale };
  const kept = idle.filter((r) => !stale.includes(r));
  const tooMany = most === undefined ? [] : kept.slice(0, Math.max(0, kept.length - most));
  const next = kept.slice(tooMany.length).map(staleAt);
  const againAt = next.length > least ? Math.min(...next) : Number.POSITIVE_INFINITY;
  return { remove: [...stale, ...tooMany], ...(Number.isFinite(againAt) ? { againAt } : {}) };
}

/** What is served, what is next, and what somebody wants kept. */
function isActive({ metadata }: Revision, configuration: Configuration): boolean {
  return (
    metadata.name === configuration.status?.latestReadyRevisionName ||
    metadata.annotations?.[annotations.noGC[0]]?.toLowerCase() === 'true' ||
    metadata.labels?.[labels.routingState] !== 'reserve'
  );
}

const createdAt = ({ metadata }: Revision): number => Date.parse(metadata.creationTimestamp ?? '') || 0;

const lastActiveAt = (revision: Revision): number =>
  Date.parse(revision.metadata.annotations?.[annotations.routingStateModified[0]] ?? '') || createdAt(revision);

const byLastActive = (a: Revision, b: Revision): number =>
  lastActiveAt(a) - lastActiveAt(b) || createdAt(a) - createdAt(b) || (a.metadata.name < b.metadata.name ? -1 : 1);

import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { getCondition, isReady, type Marks, marking } from '@ebb/shared/api/conditions.ts';
import { type Configuration, kinds, type Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { isOwnedBy } from '@ebb/shared/api/meta.ts';
import { sameSpec } from '@ebb/shared/api/validate/semantic.ts';
import { isAlreadyExists } from '@ebb/shared/kube/client.ts';
import type { EventText, Plan, Write } from '@ebb/shared/kube/reconciler.ts';
import { revisionName, revisionOf } from './resources/revision.ts';

export interface Input {
  /** The revisions labelled with this Configuration. */
  revisions: Revision[];
  /** Whatever revision has the name the present generation wants. */
  named?: Revision;
}

type Status = NonNullable<Configuration['status']>;

const quote = JSON.stringify;
const generationOf = (r: Revision): number => Number(r.metadata.labels?.[labels.configurationGeneration] ?? 0);

/** What a Configuration needs done, and what it says of itself (contract control-plane 7.2). */
export function plan(configuration: Configuration, input: Input, now: number): Plan<Status> {
  const marks = marking(conditionSets.Configuration, configuration.status?.conditions);
  const status: Status = { ...configuration.status };
  const writes: Write[] = [];
  const events: EventText[] = [];
  const done = (error?: string): Plan<Status> => ({ writes, events, error, status: { ...status, conditions: marks.conditions } });

  const name = revisionName(configuration);
  const created = latestCreated(configuration, input);
  if (!created && input.named) {
    const conflict = `revisions.serving.knative.dev ${quote(name)} already exists`;
    marks.false('Ready', 'RevisionFailed', `Revision creation failed with message: ${conflict}.`);
    // A name of the user's choice is the user's to change; one of ours may become free.
    return done(configuration.spec.template?.metadata?.name ? undefined : `failed to create Revision: ${conflict}`);
  }
  status.latestCreatedRevisionName = created?.metadata.name ?? name;
  if (status.latestCreatedRevisionName !== status.latestReadyRevisionName) marks.unknown('Ready');
  if (!created) {
    writes.push(creation(configuration, marks, now));
    return done();
  }

  const ready = getCondition(created.status?.conditions, 'Ready');
  if (ready && !['True', 'False', 'Unknown'].includes(ready.status))
    return done(`unrecognized condition status: ${ready.status} on revision ${quote(created.metadata.name)}`);
  if (ready?.status === 'True' && !status.latestReadyRevisionName) {
    events.push({ type: 'Normal', reason: 'ConfigurationReady', message: 'Configuration becomes ready' });
  }
  if (ready?.status === 'False') events.push(...failure(configuration, created, marks));

  const best = latestReady(configuration, input);
  // Only a revision that is ready now makes us Ready: a latest one that is looked at anew leaves what we say as it is.
  if (best && best.metadata.name !== configuration.status?.latestReadyRevisionName) {
    status.latestReadyRevisionName = best.metadata.name;
    const message = `LatestReadyRevisionName updated to ${quote(best.metadata.name)}`;
    events.push({ type: 'Normal', reason: 'LatestReadyUpdate', message });
  }
  if (best && best.metadata.name === created.metadata.name) marks.true('Ready');
  return done();
}

/** The write that makes the revision of the present generation, with what its failure says. */
function creation(configuration: Configuration, marks: Marks, now: number): Write {
  const object = revisionOf(configuration, now);
  const failed = (error: Error) => {
    // No cache shows it yet.
    if (isAlreadyExists(error)) return { status: () => ({ ...configuration.status }) };
    marks.false('Ready', 'RevisionFailed', `Revision creation failed with message: ${error.message}.`);
    const event: EventText = { type: 'Warning', reason: 'CreationFailed', message: `Failed to create Revision: ${error.message}` };
    return { event, status: () => ({ ...configuration.status, conditions: marks.conditions }) };
  };
  const event: EventText = { type: 'Normal', reason: 'Created', message: `Created Revision ${quote(object.metadata.name)}` };
  return { verb: 'create', kind: kinds.Revision, object, event, failed, doing: 'failed to create Revision' };
}

/** Marks that the newest revision failed; told when that is news. */
function failure({ status }: Configuration, { metadata: { name }, status: of }: Revision, marks: Marks): EventText[] {
  const before = getCondition(status?.conditions, 'Ready');
  const message = `Revision ${quote(name)} failed with message: ${getCondition(of?.conditions, 'Ready')?.message ?? ''}.`;
  marks.false('Ready', 'RevisionFailed', message);
  if (before?.status === 'False' && before.message === message) return [];
  const latest = status?.latestReadyRevisionName === name ? 'ready' : 'created';
  const reason = latest === 'ready' ? 'LatestReadyFailed' : 'LatestCreatedFailed';
  return [{ type: 'Warning', reason, message: `Latest ${latest} revision ${quote(name)} has failed` }];
}

/** The revision of the present generation, if it is there and ours. */
function latestCreated(configuration: Configuration, { revisions, named }: Input): Revision | undefined {
  const generation = configuration.metadata.generation ?? 1;
  if (!configuration.spec.template?.metadata?.name) return revisions.find((r) => generationOf(r) === generation);
  if (!named || !isOwnedBy(named, configuration)) return undefined;
  return generationOf(named) === generation || sameSpec(named.spec, configuration.spec.template.spec) ? named : undefined;
}

/**
 * The newest ready revision of those between the one that is latest ready now and the present generation; of all when
 * there is none. One named by the template comes first: going back to an older one by its name makes it the latest.
 */
function latestReady(configuration: Configuration, { revisions }: Input): Revision | undefined {
  const present = revisions.find((r) => r.metadata.name === configuration.status?.latestReadyRevisionName);
  const own = configuration.spec.template?.metadata?.name;
  const named = (r: Revision): boolean => r.metadata.name === own;
  const inRange = (r: Revision): boolean =>
    !present || (generationOf(r) >= generationOf(present) && generationOf(r) <= (configuration.metadata.generation ?? 1));
  return revisions
    .filter((r) => inRange(r) || named(r))
    .sort((a, b) => Number(named(b)) - Number(named(a)) || generationOf(b) - generationOf(a))
    .find(isReady);
}

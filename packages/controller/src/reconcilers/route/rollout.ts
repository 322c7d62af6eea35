/**
 * The gradual rollout of a Configuration's new revisions: a state in the annotation of the Ingress and the steps from one
 * state to the next (contract control-plane 7.5.6). Times are Unix nanoseconds, in bigint: they exceed what a number holds.
 */
export interface Rollout {
  /** Sorted by tag, then by Configuration. */
  configurations: ConfigurationRollout[];
}

export interface ConfigurationRollout {
  configurationName: string;
  /** '' for the Route's own target. */
  tag: string;
  /** What all revisions together get of the target's traffic. */
  percent: number;
  /** Oldest first. One in a steady state; the newest ends up with everything. */
  revisions: RevisionShare[];
  step: Step;
}

export interface RevisionShare {
  revisionName: string;
  percent: number;
}

/** How a rollout goes on. Absent fields are not known yet. */
export interface Step {
  startTime?: bigint;
  nextTime?: bigint;
  /** Nanoseconds between two steps. */
  duration?: bigint;
  /** Percent moved by one step. */
  size?: number;
}

const second = 1_000_000_000;

/** Whether no target is between two revisions. */
export const isDone = (rollout: Rollout): boolean => rollout.configurations.every((c) => c.revisions.length < 2);

/** What is rolled out of a Configuration under a tag. */
export const rolloutOf = (rollout: Rollout, tag: string, configuration: string): ConfigurationRollout | undefined =>
  rollout.configurations.find((c) => c.tag === tag && c.configurationName === configuration);

export const byTagAndName = (a: ConfigurationRollout, b: ConfigurationRollout): number => {
  if (a.tag !== b.tag) return a.tag < b.tag ? -1 : 1;
  return a.configurationName < b.configurationName ? -1 : 1;
};

/**
 * The ingress serves what it was last told. Rollouts that wait for this learn from the time it took how fast they can go:
 * no step is shorter. `durationSeconds` is for the whole rollout.
 */
export function observeReady(rollout: Rollout, now: bigint, durationSeconds: number): Rollout {
  const configurations = rollout.configurations.map((c) => {
    if (c.step.startTime === undefined || c.step.duration !== undefined) return c;
    const stepSeconds = Math.max(1, Math.ceil(Number(now - c.step.startTime) / second));
    // The first percent took one step already.
    const left = Math.max(1, durationSeconds - stepSeconds);
    const percent = c.percent - 1;
    const steps = Math.min(Math.max(1, left / stepSeconds), percent);
    const duration = BigInt(Math.trunc((left / steps) * second));
    return { ...c, step: { startTime: c.step.startTime, nextTime: now + duration, duration, size: Math.round(percent / steps) } };
  });
  return { configurations };
}

/**
 * Where traffic goes now: `goal` is where it is to go in the end, `before` the last known state. A tag without a state
 * starts at its goal, and only with the first of its Configurations (as the Go original does it: the others follow in the
 * next pass).
 */
export function advance(goal: Rollout, before: Rollout | undefined, now: bigint): Rollout {
  if (!before?.configurations.length) return goal;
  const known = new Set(before.configurations.map((c) => c.tag));
  const configurations = goal.configurations.flatMap((wanted, i, all) => {
    if (!known.has(wanted.tag)) return all.findIndex((c) => c.tag === wanted.tag) === i ? [wanted] : [];
    const old = rolloutOf(before, wanted.tag, wanted.configurationName);
    // One percent cannot be split.
    return [old && wanted.percent > 1 ? advanceOne(wanted, old, now) : wanted];
  });
  return { configurations: configurations.sort(byTagAndName) };
}

/** The earliest time at which a step is due; undefined when none is. */
export function nextTime(rollout: Rollout): bigint | undefined {
  const times = rollout.configurations.flatMap((c) => (c.percent > 1 && c.step.nextTime !== undefined ? [c.step.nextTime] : []));
  return times.sort((a, b) => Number(a - b))[0];
}

function advanceOne(goal: ConfigurationRollout, old: ConfigurationRollout, now: bigint): ConfigurationRollout {
  const [latest] = goal.revisions;
  const revisions = adjusted(old, goal.percent);
  if (!latest || !revisions.length) return goal;
  if (revisions.at(-1)?.revisionName === latest.revisionName) {
    if (revisions.length === 1) return goal;
    return stepped({ ...goal, revisions, step: old.step }, now);
  }
  // One percent, of the newest that has any, goes to the new revision; how fast the rest follows is not known yet.
  const giver = revisions.findLastIndex((r) => r.percent > 0);
  const rest = revisions.map((r, i) => (i === giver ? { ...r, percent: r.percent - 1 } : r)).filter((r) => r.percent > 0);
  return { ...goal, revisions: [...rest, { ...latest, percent: 1 }], step: { startTime: now } };
}

/** Another total: the newest revision gets what is more, the oldest ones lose what is less. */
function adjusted(old: ConfigurationRollout, percent: number): RevisionShare[] {
  const newest = old.revisions.length - 1;
  if (percent >= old.percent) {
    return old.revisions.map((r, i) => (i === newest ? { ...r, percent: r.percent + percent - old.percent } : r));
  }
  return withoutOldest(old.revisions, old.percent - percent);
}

/** Takes `amount` percent from the front of the list; who has none left goes. */
function withoutOldest(revisions: RevisionShare[], amount: number): RevisionShare[] {
  let left = amount;
  return revisions.flatMap((r) => {
    if (left === 0) return [r];
    const taken = Math.min(left, r.percent);
    left -= taken;
    return taken === r.percent ? [] : [{ ...r, percent: r.percent - taken }];
  });
}

/** One step, when it is due: the second newest gives first, then older ones. */
function stepped(rollout: ConfigurationRollout, now: bigint): ConfigurationRollout {
  const { size = 0, nextTime: due = 0n, duration = 0n } = rollout.step;
  const newest = rollout.revisions.at(-1);
  if (size <= 0 || now < due || !newest) return rollout;
  const older = withoutOldest(rollout.revisions.slice(0, -1).reverse(), size).reverse();
  const revisions = [...older, { ...newest, percent: Math.min(newest.percent + size, rollout.percent) }];
  return { ...rollout, revisions, step: revisions.length > 1 ? { ...rollout.step, nextTime: now + duration } : {} };
}

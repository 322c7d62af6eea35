import type { Condition } from './meta.ts';

type Conditions = readonly Condition[] | undefined;

/**
 * The condition algebra of one kind (contract control-plane 0.3): one happy type that follows its dependents. All
 * operations are pure: conditions in, conditions out, sorted by type. Transition times are left to `groom`.
 */
export interface ConditionSet {
  readonly happy: string;
  readonly dependents: readonly string[];
  /** Adds what is missing: Unknown, or True for a dependent of an object that is happy already. */
  init(conditions: Conditions): Condition[];
  markTrue(conditions: Conditions, type: string, reason?: string, message?: string): Condition[];
  markFalse(conditions: Conditions, type: string, reason: string, message: string): Condition[];
  markUnknown(conditions: Conditions, type: string, reason?: string, message?: string): Condition[];
}

/** The condition of a type. */
export function getCondition(conditions: Conditions, type: string): Condition | undefined {
  return conditions?.find((c) => c.type === type);
}

export const isTrue = (conditions: Conditions, type: string): boolean => getCondition(conditions, type)?.status === 'True';
export const isFalse = (conditions: Conditions, type: string): boolean => getCondition(conditions, type)?.status === 'False';

/** Ready is `True` and speaks of the present generation (contract control-plane 1.4). */
export function isReady(object: {
  metadata: { generation?: number };
  status?: { observedGeneration?: number; conditions?: Condition[] };
}): boolean {
  return object.status?.observedGeneration === object.metadata.generation && isTrue(object.status?.conditions, 'Ready');
}

/** Ready is `False` and speaks of the present generation. */
export function isFailed(object: {
  metadata: { generation?: number };
  status?: { observedGeneration?: number; conditions?: Condition[] };
}): boolean {
  return object.status?.observedGeneration === object.metadata.generation && isFalse(object.status?.conditions, 'Ready');
}

/** The condition set of a kind; `dependents` in the contract's declared order (1.4). */
export function conditionSet(happy: string, dependents: readonly string[]): ConditionSet {
  const terminal = (type: string): boolean => type === happy || dependents.includes(type);

  const set = (conditions: Conditions, type: string, status: Condition['status'], reason?: string, message?: string): Condition[] => {
    const before = getCondition(conditions, type);
    const next: Condition = { type, status };
    if (reason) next.reason = reason;
    if (message) next.message = message;
    if (!terminal(type)) next.severity = 'Info';
    if (before?.lastTransitionTime) next.lastTransitionTime = before.lastTransitionTime;
    if (before && !sameCondition(before, next)) next.lastTransitionTime = undefined;
    if (next.lastTransitionTime === undefined) delete next.lastTransitionTime;
    return [...(conditions ?? []).filter((c) => c.type !== type), next].sort((a, b) => (a.type < b.type ? -1 : 1));
  };

  /** Freshly marked conditions have no time yet: they are the newest. */
  const newestFirst = (a: Condition, b: Condition): number => {
    if (a.lastTransitionTime === b.lastTransitionTime) return 0;
    if (a.lastTransitionTime === undefined) return -1;
    if (b.lastTransitionTime === undefined) return 1;
    return a.lastTransitionTime > b.lastTransitionTime ? -1 : 1;
  };

  const recompute = (conditions: Condition[]): Condition[] => {
    const others = conditions.filter((c) => !c.severity && c.type !== happy).sort(newestFirst);
    const blamed = others.find((c) => c.status === 'False') ?? others.find((c) => c.status === 'Unknown');
    if (blamed) return set(conditions, happy, blamed.status, blamed.reason, blamed.message);
    if (others.length < dependents.length) return set(conditions, happy, 'Unknown');
    return set(conditions, happy, 'True');
  };

  return {
    happy,
    dependents,
    init(conditions) {
      let out = [...(conditions ?? [])];
      if (!getCondition(out, happy)) out = set(out, happy, 'Unknown');
      for (const type of dependents) {
        if (!getCondition(out, type)) out = set(out, type, isTrue(out, happy) ? 'True' : 'Unknown');
      }
      return out;
    },
    markTrue(conditions, type, reason, message) {
      const out = set(conditions, type, 'True', reason, message);
      return type === happy ? out : recompute(out);
    },
    markFalse(conditions, type, reason, message) {
      const out = set(conditions, type, 'False', reason, message);
      return dependents.includes(type) ? set(out, happy, 'False', reason, message) : out;
    },
    markUnknown(conditions, type, reason, message) {
      const out = set(conditions, type, 'Unknown', reason, message);
      for (const dependent of dependents) {
        if (isFalse(out, dependent)) {
          return isFalse(out, happy) ? out : set(out, happy, 'False', reason, message);
        }
      }
      return dependents.includes(type) ? set(out, happy, 'Unknown', reason, message) : out;
    },
  };
}

/** Equal in everything but the time. */
export function sameCondition(a: Condition, b: Condition): boolean {
  return (
    a.status === b.status && (a.reason ?? '') === (b.reason ?? '') && (a.message ?? '') === (b.message ?? '') && a.severity === b.severity
  );
}

/** Transition times: kept where a condition is as it was before the reconcile, `now` (ms) elsewhere. */
export function groom(before: Conditions, after: Conditions, now: number): Condition[] {
  const time = `${new Date(now).toISOString().slice(0, 19)}Z`;
  return (after ?? []).map((c) => {
    const old = getCondition(before, c.type);
    return { ...c, lastTransitionTime: old?.lastTransitionTime && sameCondition(old, c) ? old.lastTransitionTime : time };
  });
}

/** A run of marks on one object's conditions: what a status function works with. */
export interface Marks {
  readonly conditions: Condition[];
  true(type: string, reason?: string, message?: string): void;
  false(type: string, reason: string, message: string): void;
  unknown(type: string, reason?: string, message?: string): void;
  is(type: string, status: Condition['status']): boolean;
  get(type: string): Condition | undefined;
}

/** Starts marking from present conditions, which are left as they are. */
export function marking(set: ConditionSet, conditions: Conditions): Marks {
  let now = [...(conditions ?? [])];
  return {
    get conditions() {
      return now;
    },
    true: (type, reason, message) => {
      now = set.markTrue(now, type, reason, message);
    },
    false: (type, reason, message) => {
      now = set.markFalse(now, type, reason, message);
    },
    unknown: (type, reason, message) => {
      now = set.markUnknown(now, type, reason, message);
    },
    is: (type, status) => getCondition(now, type)?.status === status,
    get: (type) => getCondition(now, type),
  };
}

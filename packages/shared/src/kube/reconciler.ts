import type { CommonStatus, Kind, KubeObject } from '../api/meta.ts';
import type { ConfigMapName } from '../config/names.ts';
import type { Cache, Indexes } from './cache.ts';
import type { KubeError, PatchType } from './client.ts';

/** One write a plan asks for. Carried out in order; a failed one ends the plan and goes to `failed`. */
export type Write = WriteOutcome &
  (
    | { verb: 'create' | 'update'; kind: Kind; object: KubeObject }
    | { verb: 'patch'; kind: Kind; namespace: string; name: string; type: PatchType; body: unknown; subresource?: string }
    | { verb: 'delete'; kind: Kind; namespace: string; name: string; uid?: string }
  );

interface WriteOutcome {
  /** Told when it is done. */
  event?: EventText;
  /** NATS event to publish when it is done, ahead of the writes behind it: type and data. */
  announce?: { type: string; data: Record<string, unknown> };
  failed?: FailedWrite;
  /** What the error of a failed one begins with, `: ` comes behind: `failed to create Ingress`. */
  doing?: string;
  /** What it changes may be gone by now: then there is nothing to do any more. */
  mayBeGone?: true;
  /** A failed one is logged, and the rest goes on. */
  goOn?: true;
}

/** A Kubernetes Event on the reconciled object. */
export interface EventText {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

/** What a failed write means for the status, and the event to tell of it. */
export type FailedWrite = (error: KubeError | Error) => { status?: (status: never) => unknown; event?: EventText };

/** What a reconcile decided. Pure data: `apply-plan` carries it out, tests read it. */
export interface Plan<S> {
  writes: Write[];
  /** The whole desired status; written only when it differs from the present one (times alone never count). */
  status: S;
  events?: EventText[];
  /** Look again after so many milliseconds even if nothing changes. */
  requeueAfterMs?: number;
  /** Something is wrong and is to be retried with back-off; also told as event Warning `InternalError`. */
  error?: string;
  /** NATS events to publish after the writes: type and data. */
  announce?: { type: string; data: Record<string, unknown> }[];
}

/** Where the keys of a reconciler come from besides its own kind. RBAC is generated from these declarations. */
export interface Watches<T extends KubeObject> {
  /** Queue and lease name in the contract's spelling, e.g. `knative.dev.serving.pkg.reconciler.revision.reconciler`. */
  queue: string;
  /** Event source component, e.g. `revision-controller` (contract 0.4). */
  source: string;
  reconciles: Kind<T>;
  /** Only objects this accepts are reconciled (a class annotation, say). */
  filter?: (object: T) => boolean;
  /** Children: a change enqueues their controller owner of the reconciled kind. */
  owns?: Kind[];
  /** Other kinds: a change enqueues the keys (`namespace/name`) this returns. */
  tracks?: { kind: Kind; keys: (object: never, caches: Caches) => string[] }[];
  /** Indexes `gather` and `keys` look things up by. */
  indexes?: { kind: Kind; indexes: Indexes<never> }[];
  /** Config maps whose change enqueues every object (slow lane). */
  config?: ConfigMapName[];
  /** Finalizer to keep on every object; `plan` then sees objects being deleted. */
  finalizer?: string;
}

/** Read access to the process's informers by kind. */
export interface Caches {
  of<T extends KubeObject>(kind: Kind<T>): Cache<T>;
}

export interface Reconciler<T extends KubeObject & { status?: CommonStatus }, In> {
  watches: Watches<T>;
  /** In-memory defaulting with live config before anything else (contract 0.4 step 3). */
  prepare?: (object: T) => T;
  /** Condition types: [happy, ...dependents], for `NewObservedGenFailure` and initial conditions. */
  conditions: readonly [string, ...string[]];
  /** Caches and live I/O → plain inputs. Everything the plan looks at is in its result. */
  gather(object: T, caches: Caches): In | Promise<In>;
  /** Pure: the same input and time give the same plan. `input.object` has its conditions initialised. */
  plan(object: T, input: In, now: number): Plan<NonNullable<T['status']>>;
  /**
   * A status that says no more than that things are under way may wait a moment for what becomes of them, unless one of
   * these of its fields changes. Absent: every status is written at once, as others wait for it.
   */
  unhurried?: { but: readonly (keyof NonNullable<T['status']> & string)[] };
  /** Writes no status: another reconciler of the same kind does. */
  statusless?: true;
  /** The object is gone. */
  removed?: (namespace: string, name: string) => void;
}

import type { Kind, KubeObject } from '../api/meta.ts';

/** An answer of the API server that is not a success, with the Status object's fields. */
export class KubeError extends Error {
  readonly code: number;
  /** `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`, `Gone`, `Forbidden`, … or '' when the body was no Status. */
  readonly reason: string;

  constructor(code: number, reason: string, message: string) {
    super(message);
    this.name = 'KubeError';
    this.code = code;
    this.reason = reason;
  }
}

export const isNotFound = (e: unknown): boolean => e instanceof KubeError && e.code === 404;
export const isAlreadyExists = (e: unknown): boolean => e instanceof KubeError && e.reason === 'AlreadyExists';
export const isConflict = (e: unknown): boolean => e instanceof KubeError && e.code === 409 && e.reason !== 'AlreadyExists';

/** Nothing can be created in a namespace that is being deleted, or is: what was wanted there is wanted no more. */
export const isTerminating = (e: unknown): boolean =>
  e instanceof KubeError &&
  ((e.code === 403 && e.message.includes('because it is being terminated')) ||
    (e.code === 404 && /\bnamespaces "[^"]*" not found/.test(e.message)));

export interface ListOptions {
  /** Absent: all namespaces. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  limit?: number;
}

export interface List<T> {
  resourceVersion: string;
  items: T[];
}

export type PatchType = 'merge' | 'json' | 'strategic';

/** One line of a watch. `object` is a Status on ERROR. */
export interface WatchEvent<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: T;
}

/**
 * The Kubernetes API as Ebb uses it: typed by `Kind`, one function builds the paths. Each method rejects with
 * `KubeError` on an answer that is not 2xx and with the transport's error when there was none. Every request has a
 * time limit (30 s) but watches.
 */
export interface KubeClient {
  get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): Promise<T>;
  list<T extends KubeObject>(kind: Kind<T>, options?: ListOptions): Promise<List<T>>;
  create<T extends KubeObject>(kind: Kind<T>, object: T, options?: { dryRun?: boolean }): Promise<T>;
  update<T extends KubeObject>(kind: Kind<T>, object: T): Promise<T>;
  updateStatus<T extends KubeObject>(kind: Kind<T>, object: T): Promise<T>;
  /** `subresource`: 'status', 'scale', … */
  patch<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string,
    name: string,
    type: PatchType,
    body: unknown,
    subresource?: string,
  ): Promise<T>;
  /**
   * Server-side apply: makes the object or sets its fields as `manager`; a Conflict where another manager has them with
   * other values. The one way to make an object that a right to make this name alone is enough for.
   */
  apply<T extends KubeObject>(kind: Kind<T>, object: T, manager: string): Promise<T>;
  delete<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string,
    name: string,
    options?: { uid?: string; resourceVersion?: string; propagation?: 'Background' | 'Foreground' | 'Orphan' },
  ): Promise<void>;
  /** Streams events from `resourceVersion` on until the server ends the watch or `signal` aborts. */
  watch<T extends KubeObject>(
    kind: Kind<T>,
    options: ListOptions & { resourceVersion: string },
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>>;
  /** `GET /version`: fails when the server cannot be reached. */
  version(): Promise<{ gitVersion: string }>;
}

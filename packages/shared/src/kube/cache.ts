import type { Kind, KubeObject } from '../api/meta.ts';

/** What changed in a cache: `before` is absent when added, `after` when removed. */
export interface Change<T> {
  before?: T;
  after?: T;
}

/** The objects of one kind as last seen. Objects are shared: never modify what comes out. */
export interface Cache<T extends KubeObject> {
  get(namespace: string, name: string): T | undefined;
  /** All, or those of one namespace. */
  list(namespace?: string): T[];
  /** Those under `key` in an index given at creation. */
  byIndex(index: string, key: string): T[];
  /** Called for each change, in order, and for each object that is there already. Returns the way to stop. */
  onChange(handler: (change: Change<T>) => void): () => void;
}

/** Index name → the keys of an object in it. */
export type Indexes<T> = Record<string, (object: T) => string[]>;

export interface InformerOptions<T> {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  indexes?: Indexes<T>;
  /** Drops what nobody reads before an object is kept (memory). */
  transform?: (object: T) => T;
}

/**
 * The informers of a process: one list+watch per kind and selector, shared by all who ask for it.
 * Asking after `start` is allowed and starts that informer at once.
 */
export interface Informers {
  informer<T extends KubeObject>(kind: Kind<T>, options?: InformerOptions<T>): Cache<T>;
  /** Starts all and resolves when each has listed once; afterwards they heal by themselves (expired, closed, refused). */
  start(): Promise<void>;
  /** Shows an object as the server answered a write of ours with it, ahead of the watch. */
  wrote<T extends KubeObject>(kind: Kind<T>, object: T): void;
  stop(): Promise<void>;
}

import { builtin } from '../api/builtin.ts';
import type { Kind } from '../api/meta.ts';
import type { Reconciler } from './reconciler.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** What a component does with a kind. Its RBAC (deploy/<component>/rbac.yaml) is generated from these rows. */
export interface Access {
  /** The API group and the plural name are what counts. */
  kind: Pick<Kind, 'group' | 'plural'>;
  subresource?: string;
  verbs: readonly Verb[];
  /** In the system namespace only; otherwise in all of them. */
  system?: true;
  /** These objects only; a list or watch must then select one by name. */
  names?: readonly string[];
}

/** What an informer does. */
export const read: readonly Verb[] = ['get', 'list', 'watch'];

/** Live settings. */
export const settingsAccess: Access = { kind: builtin.ConfigMap, verbs: read, system: true };
/** Leader election. */
export const leaseAccess: Access = { kind: builtin.Lease, verbs: [...read, 'create', 'update'], system: true };
/** Kubernetes events on what is worked on. */
export const eventAccess: Access = { kind: builtin.Event, verbs: ['create', 'patch'] };

/**
 * What follows from the declarations of reconcilers: they read what they watch, create and update what they own, and
 * write the status and the finalizers of what they reconcile. Other writes of their plans are rows of their own.
 */
export function reconcilerAccess(reconcilers: readonly Reconciler<never, never>[]): Access[] {
  return reconcilers.flatMap(({ watches, statusless }): Access[] => {
    const { reconciles, owns = [], tracks = [], finalizer } = watches as { reconciles: Kind } & Omit<typeof watches, 'reconciles'>;
    return [
      { kind: reconciles, verbs: finalizer ? [...read, 'patch'] : read },
      ...(statusless ? [] : [{ kind: reconciles, subresource: 'status', verbs: ['update'] as const }]),
      // Children block the deletion of their owner: some clusters ask for this right before they let anybody say so.
      ...(owns.length > 0 ? [{ kind: reconciles, subresource: 'finalizers', verbs: ['update'] as const }] : []),
      ...owns.map((kind) => ({ kind, verbs: [...read, 'create', 'update'] as const })),
      ...tracks.map(({ kind }) => ({ kind, verbs: read })),
    ];
  });
}

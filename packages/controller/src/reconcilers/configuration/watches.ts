import { type Configuration, kinds, type Revision } from '@ebb/shared/api/kinds.ts';
import { controllerOf } from '@ebb/shared/api/meta.ts';
import type { Watches } from '@ebb/shared/kube/reconciler.ts';

/** The index of revisions by the UID of the Configuration that controls them. */
export const byConfiguration = 'controller-uid';

/** Configuration → Revision (contract control-plane 7.2). */
export const watches: Watches<Configuration> = {
  queue: 'knative.dev.serving.pkg.reconciler.configuration.reconciler',
  source: 'configuration-controller',
  reconciles: kinds.Configuration,
  owns: [kinds.Revision],
  indexes: [{ kind: kinds.Revision, indexes: { [byConfiguration]: (r: Revision) => [controllerOf(r)?.uid ?? ''] } }],
};

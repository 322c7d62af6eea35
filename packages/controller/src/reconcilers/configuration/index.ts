import { type Configuration, kinds } from '@ebb/shared/api/kinds.ts';
import { keyOf } from '@ebb/shared/api/meta.ts';
import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import type { Defaulter } from '../defaults.ts';
import { type Input, plan } from './plan.ts';
import { revisionName } from './resources/revision.ts';
import { byConfiguration, watches } from './watches.ts';

export const configurationReconciler = (defaults: Defaulter): Reconciler<Configuration, Input> => ({
  watches,
  conditions: ['Ready'],
  unhurried: { but: ['latestReadyRevisionName'] },
  prepare: (configuration) => defaults('Configuration', configuration),
  gather(configuration, caches) {
    const revisions = caches.of(kinds.Revision);
    return {
      revisions: revisions.byIndex(byConfiguration, keyOf(configuration)),
      named: revisions.get(configuration.metadata.namespace, revisionName(configuration)),
    };
  },
  plan,
});

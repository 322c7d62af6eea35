import { type Configuration, kinds, type Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { keyOf } from '@ebb/shared/api/meta.ts';
import type { ConfigStore } from '@ebb/shared/config/store.ts';
import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import { type Input, plan } from './plan.ts';

const byConfiguration = 'revisions-by-configuration-label';

const configurationOf = (revision: Revision): string[] => {
  const name = revision.metadata.labels?.[labels.configuration];
  return name ? [`${revision.metadata.namespace}/${name}`] : [];
};

/** Deletes the revisions of a Configuration that nobody needs any more (contract control-plane 7.7). */
export function gcReconciler(config: ConfigStore): Reconciler<Configuration, Input> {
  return {
    watches: {
      queue: 'knative.dev.serving.pkg.reconciler.gc.reconciler',
      source: 'revision-gc-controller',
      reconciles: kinds.Configuration,
      tracks: [{ kind: kinds.Revision, keys: configurationOf }],
      indexes: [{ kind: kinds.Revision, indexes: { [byConfiguration]: configurationOf } }],
      config: ['config-gc'],
    },
    statusless: true,
    conditions: ['Ready'],
    gather: (configuration, caches) => ({
      gc: config.get('config-gc'),
      revisions: caches.of(kinds.Revision).byIndex(byConfiguration, keyOf(configuration)),
    }),
    plan,
  };
}

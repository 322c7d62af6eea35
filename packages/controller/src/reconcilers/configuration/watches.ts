import { type Configuration, kinds, type Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import type { Watches } from '@ebb/shared/kube/reconciler.ts';

/** The index of revisions by the Configuration they are labelled with, `namespace/name`. */
export const byConfiguration = 'configuration';

const labelledWith = ({ metadata }: Revision): string[] => {
  const name = metadata.labels?.[labels.configuration];
  return name ? [`${metadata.namespace}/${name}`] : [];
};

/** Configuration → Revision (contract control-plane 7.2). */
export const watches: Watches<Configuration> = {
  queue: 'knative.dev.serving.pkg.reconciler.configuration.reconciler',
  source: 'configuration-controller',
  reconciles: kinds.Configuration,
  owns: [kinds.Revision],
  indexes: [{ kind: kinds.Revision, indexes: { [byConfiguration]: labelledWith } }],
};

import type { Static } from 'typebox';
import type { KubeObject } from '../meta.ts';
import { commonStatus, list, object, required, text, whole } from '../schema.ts';

/** What image caches read: caching.internal.knative.dev (contract control-plane 1.3). */

export const imageSchemas = {
  spec: required(
    'An image worth having on the nodes before pods ask for it.',
    { image: text('The image.') },
    {
      serviceAccountName: text('The service account whose secrets pull it.'),
      imagePullSecrets: list(
        'Secrets that pull it.',
        object('A secret of the namespace.', { name: text('The name of the secret.', { default: '' }) }, whole),
      ),
    },
  ),
  status: object('What is true now; written by the cache, if there is one.', commonStatus),
};

export type Image = KubeObject & { spec: Static<typeof imageSchemas.spec>; status?: Static<typeof imageSchemas.status> };

import { builtin, type Endpoints } from '@ebb/shared/api/builtin.ts';
import { kinds, type ServerlessService } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { keyOf } from '@ebb/shared/api/meta.ts';
import type { Caches, Watches } from '@ebb/shared/kube/reconciler.ts';

export const activatorService = 'activator-service';

/** ServerlessService → private and public Service, public Endpoints (contract control-plane 7.8). */
export const watchesIn = (systemNamespace: string): Watches<ServerlessService> => ({
  queue: 'knative.dev.serving.pkg.reconciler.serverlessservice.reconciler',
  source: 'serverlessservice-controller',
  reconciles: kinds.ServerlessService,
  owns: [builtin.Service],
  tracks: [
    {
      kind: builtin.Endpoints,
      keys: (endpoints: Endpoints, caches: Caches) => {
        const { name, namespace, labels: own } = endpoints.metadata;
        if (name === activatorService && namespace === systemNamespace) return caches.of(kinds.ServerlessService).list().map(keyOf);
        return own?.[labels.serverlessService] ? [`${namespace}/${own[labels.serverlessService]}`] : [];
      },
    },
  ],
});

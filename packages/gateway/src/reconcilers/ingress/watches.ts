import { builtin, type Endpoints } from '@ebb/shared/api/builtin.ts';
import { isReady } from '@ebb/shared/api/conditions.ts';
import { type Ingress, kinds } from '@ebb/shared/api/kinds.ts';
import { keyOf } from '@ebb/shared/api/meta.ts';
import type { Caches, Watches } from '@ebb/shared/kube/reconciler.ts';
import { isOurs } from '../../core/class.ts';
import { hostOf } from '../../core/host.ts';
import { gatewayServices } from '../../core/names.ts';

/** Queue and lease name. */
export const ingressQueue = 'knative.dev.networking.pkg.reconciler.ingress.reconciler';

const hostsOf = (ingress: Ingress): string[] => (ingress.spec.rules ?? []).flatMap((r) => (r.hosts ?? []).map(hostOf));

interface Options {
  systemNamespace: string;
  /** The Ingresses (`namespace/name`) that claim one of these hosts. */
  claimants: (hosts: readonly string[]) => string[];
}

/** Ingresses of our class → their status (contract data-plane 4.1, 4.2). Their routes follow the same cache by themselves. */
export function watches({ systemNamespace, claimants }: Options): Watches<Ingress> {
  return {
    queue: ingressQueue,
    source: 'ingress-controller',
    reconciles: kinds.Ingress,
    filter: isOurs,
    tracks: [
      // A replica came or went: what waits for all of them looks again.
      {
        kind: builtin.Endpoints,
        keys: ({ metadata }: Endpoints, caches: Caches) =>
          metadata.namespace === systemNamespace && metadata.name === gatewayServices.local
            ? caches
                .of(kinds.Ingress)
                .list()
                .filter((i) => isOurs(i) && !isReady(i))
                .map(keyOf)
            : [],
      },
      // Who shares a host with one that changed or went; the routes of the latter are gone already.
      { kind: kinds.Ingress, keys: (ingress: Ingress) => claimants(hostsOf(ingress)).filter((key) => key !== keyOf(ingress)) },
    ] as Watches<Ingress>['tracks'],
  };
}

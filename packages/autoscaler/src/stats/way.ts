import type { Configs } from '@ebb/shared/config/tables.ts';

/**
 * How pods are asked (contract data-plane 3.5, `mesh-compatibility-mode`): each by its address, all by way of their Service, or
 * by address until it turns out that a mesh answers instead. `passthrough` (`enable-mesh-pod-addressability`): by address and
 * by the name of their Service, so that the mesh lets it through.
 */
export type Way = 'pods' | 'service' | 'auto' | 'passthrough';

type Network = Pick<Configs['config-network'], 'enableMeshPodAddressability' | 'meshCompatibilityMode'>;

export const wayOf = ({ enableMeshPodAddressability, meshCompatibilityMode }: Network): Way =>
  enableMeshPodAddressability ? 'passthrough' : ({ enabled: 'service', disabled: 'pods', auto: 'auto' } as const)[meshCompatibilityMode];

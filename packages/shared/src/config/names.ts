/** The config maps of the system namespace that Ebb reads (contract control-plane part 6). */
export const configMapNames = [
  'config-autoscaler',
  'config-certmanager',
  'config-defaults',
  'config-deployment',
  'config-domain',
  'config-features',
  'config-gc',
  'config-leader-election',
  'config-logging',
  'config-network',
  'config-observability',
] as const;

export type ConfigMapName = (typeof configMapNames)[number];

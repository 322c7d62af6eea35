import { parseFeatures } from '@ebb/shared/config/features.ts';

type Data = Record<string, string>;

const flags = (value: string): Data =>
  Object.fromEntries(Object.keys(parseFeatures({})).map((name) => [name, name === 'secure-pod-defaults' ? 'Disabled' : value]));

/** Settings that cases meet: what stands in three config maps; the others play no part in admission. */
export const configSets = {
  /** As installed. */
  stock: {},
  allowed: { 'config-features': flags('allowed') },
  enabled: { 'config-features': flags('ENABLED') },
  secure: { 'config-features': { 'secure-pod-defaults': 'Enabled' } },
  bounded: { 'config-features': { 'secure-pod-defaults': 'AllowRootBounded' } },
  /** Everything a cluster can set for those that say nothing, and narrow bounds. */
  narrow: {
    'config-features': { 'multi-container': 'Disabled', 'kubernetes.podspec-init-containers': 'Enabled' },
    'config-defaults': {
      'revision-timeout-seconds': '400',
      'max-revision-timeout-seconds': '1200',
      'revision-response-start-timeout-seconds': '100',
      'revision-idle-timeout-seconds': '50',
      'revision-cpu-request': '100m',
      'revision-cpu-limit': '1000m',
      'revision-memory-request': '64Mi',
      'revision-memory-limit': '0.5Gi',
      'revision-ephemeral-storage-request': '100M',
      'revision-ephemeral-storage-limit': '1G',
      'container-name-template': '{{.Name}}-{{.Namespace}}',
      'init-container-name-template': 'init-{{index .Labels "app"}}',
      'container-concurrency': '5',
      'container-concurrency-max-limit': '10',
      'allow-container-concurrency-zero': 'false',
      'enable-service-links': 'true',
    },
    'config-autoscaler': {
      'max-scale-limit': '10',
      'max-scale': '5',
      'min-scale': '1',
      'allow-zero-initial-scale': 'true',
      'initial-scale': '0',
      'pod-autoscaler-class': 'hpa.autoscaling.knative.dev',
    },
  },
  /** `enable-service-links: default` leaves it open; the rest is as it comes. */
  open: {
    'config-defaults': { 'enable-service-links': 'default', 'container-concurrency': '50', 'revision-cpu-request': '0.1' },
    'config-features': { 'kubernetes.podspec-securitycontext': 'Allowed', 'secure-pod-defaults': 'AllowRootBounded' },
  },
} as const satisfies Record<string, Partial<Record<'config-features' | 'config-defaults' | 'config-autoscaler', Data>>>;

export type ConfigSet = keyof typeof configSets;
export const setNames = Object.keys(configSets) as ConfigSet[];
/** The data of a set's config maps; empty where the set says nothing. */
export const dataOf = (set: ConfigSet, map: 'config-features' | 'config-defaults' | 'config-autoscaler'): Data =>
  (configSets[set] as Record<string, Data>)[map] ?? {};

/** Feature flags (contract control-plane 5). Unknown values are ignored, as upstream does: the default stays. */
export type Flag = 'Enabled' | 'Allowed' | 'Disabled';

export const featureDefaults = {
  'multi-container': 'Enabled',
  'multi-container-probing': 'Disabled',
  'kubernetes.podspec-affinity': 'Disabled',
  'kubernetes.podspec-topologyspreadconstraints': 'Disabled',
  'kubernetes.podspec-hostaliases': 'Disabled',
  'kubernetes.podspec-nodeselector': 'Disabled',
  'kubernetes.podspec-tolerations': 'Disabled',
  'kubernetes.podspec-runtimeclassname': 'Disabled',
  'kubernetes.podspec-dnspolicy': 'Disabled',
  'kubernetes.podspec-dnsconfig': 'Disabled',
  'kubernetes.podspec-shareprocessnamespace': 'Disabled',
  'kubernetes.podspec-hostipc': 'Disabled',
  'kubernetes.podspec-hostpid': 'Disabled',
  'kubernetes.podspec-hostnetwork': 'Disabled',
  'kubernetes.podspec-priorityclassname': 'Disabled',
  'kubernetes.podspec-schedulername': 'Disabled',
  'kubernetes.podspec-fieldref': 'Disabled',
  'kubernetes.podspec-securitycontext': 'Disabled',
  'kubernetes.containerspec-addcapabilities': 'Disabled',
  'kubernetes.podspec-init-containers': 'Disabled',
  'kubernetes.podspec-volumes-emptydir': 'Enabled',
  'kubernetes.podspec-volumes-hostpath': 'Disabled',
  'kubernetes.podspec-volumes-csi': 'Disabled',
  'kubernetes.podspec-volumes-ephemeral': 'Disabled',
  'kubernetes.podspec-volumes-image': 'Disabled',
  'kubernetes.podspec-volumes-mount-propagation': 'Disabled',
  'kubernetes.podspec-persistent-volume-claim': 'Disabled',
  'kubernetes.podspec-persistent-volume-write': 'Disabled',
  'secure-pod-defaults': 'Disabled',
  'tag-header-based-routing': 'Disabled',
  'autodetect-http2': 'Disabled',
  'queueproxy.mount-podinfo': 'Disabled',
  'queueproxy.resource-defaults': 'Disabled',
} as const satisfies Record<string, Flag>;

export type FeatureName = keyof typeof featureDefaults;
export type FeaturesConfig = Record<FeatureName, Flag | 'AllowRootBounded'>;

/** Parses config-features; never fails. */
export function parseFeatures(data: Record<string, string>): FeaturesConfig {
  const out: Record<string, Flag | 'AllowRootBounded'> = { ...featureDefaults };
  for (const name of Object.keys(featureDefaults)) {
    const known =
      name === 'secure-pod-defaults'
        ? (['Enabled', 'AllowRootBounded', 'Disabled'] as const)
        : (['Enabled', 'Allowed', 'Disabled'] as const);
    const value = known.find((v) => v.toLowerCase() === data[name]?.trim().toLowerCase());
    if (value) out[name] = value;
  }
  return out as FeaturesConfig;
}

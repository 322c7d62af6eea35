/** Feature flags (contract control-plane 5). Unknown values are ignored, as upstream does: the default stays. */
export type Flag = 'Enabled' | 'Allowed' | 'Disabled';

const flag = <D extends Flag>(value: D, doc: string) => ({ default: value, doc });
const off = (doc: string) => flag('Disabled', doc);
const field = (name: string) => off(`Whether a revision may set ${name}.`);
const volume = (name: string) => off(`Whether a revision may have volumes of kind ${name} (only Enabled allows).`);

/** Each flag with its default and what it is for. Allowed lets a revision ask where there is something to ask. */
export const featureFlags = {
  'multi-container': flag('Enabled', 'Whether a revision may have more than one container (only Enabled allows).'),
  'multi-container-probing': off('Whether containers beside the serving one may have probes (only Enabled allows).'),
  'kubernetes.podspec-affinity': field('affinity'),
  'kubernetes.podspec-topologyspreadconstraints': field('topologySpreadConstraints'),
  'kubernetes.podspec-hostaliases': field('hostAliases'),
  'kubernetes.podspec-nodeselector': field('nodeSelector'),
  'kubernetes.podspec-tolerations': field('tolerations'),
  'kubernetes.podspec-runtimeclassname': field('runtimeClassName'),
  'kubernetes.podspec-dnspolicy': field('dnsPolicy'),
  'kubernetes.podspec-dnsconfig': field('dnsConfig'),
  'kubernetes.podspec-shareprocessnamespace': field('shareProcessNamespace'),
  'kubernetes.podspec-hostipc': field('hostIPC'),
  'kubernetes.podspec-hostpid': field('hostPID'),
  'kubernetes.podspec-hostnetwork': field('hostNetwork'),
  'kubernetes.podspec-priorityclassname': field('priorityClassName'),
  'kubernetes.podspec-schedulername': field('schedulerName'),
  'kubernetes.podspec-fieldref': off('Whether environment variables may come from fieldRef and resourceFieldRef.'),
  'kubernetes.podspec-securitycontext': off("Whether a revision may set the pod's securityContext: user, group, seccomp profile."),
  'kubernetes.containerspec-addcapabilities': off('Whether containers may add capabilities (only Enabled allows).'),
  'kubernetes.podspec-init-containers': off('Whether a revision may have init containers (only Enabled allows).'),
  'kubernetes.podspec-volumes-emptydir': flag('Enabled', 'Whether a revision may have volumes of kind emptyDir (only Enabled allows).'),
  'kubernetes.podspec-volumes-hostpath': volume('hostPath'),
  'kubernetes.podspec-volumes-csi': volume('csi'),
  'kubernetes.podspec-volumes-ephemeral': volume('ephemeral'),
  'kubernetes.podspec-volumes-image': volume('image'),
  'kubernetes.podspec-volumes-mount-propagation': off('Whether mounts may set mountPropagation (only Enabled allows).'),
  'kubernetes.podspec-persistent-volume-claim': volume('persistentVolumeClaim, read-only'),
  'kubernetes.podspec-persistent-volume-write': off('Whether such claims may be writable (only Enabled allows).'),
  'secure-pod-defaults': off(
    'Whether containers that do not say get no privilege escalation, the RuntimeDefault seccomp profile and no capabilities. Enabled: and must not run as root; AllowRootBounded: may.',
  ),
  'tag-header-based-routing': off('Whether the header Knative-Serving-Tag chooses the target with that tag (only Enabled does).'),
  'autodetect-http2': off('Whether queue-proxy finds out if a container speaks HTTP/2 (only Enabled does).'),
  'queueproxy.mount-podinfo': off(
    'Whether queue-proxy sees the annotations of its pod. Allowed: where the revision has features.knative.dev/queueproxy-podinfo: enabled.',
  ),
  'queueproxy.resource-defaults': off(
    'Whether queue-proxy has a CPU limit, a memory request and a memory limit by default (only Enabled does).',
  ),
} as const;

export type FeatureName = keyof typeof featureFlags;
export type FeaturesConfig = Record<FeatureName, Flag | 'AllowRootBounded'>;

/** The values a flag may have. */
export const flagValues = (name: FeatureName): readonly (Flag | 'AllowRootBounded')[] =>
  name === 'secure-pod-defaults' ? ['Enabled', 'AllowRootBounded', 'Disabled'] : ['Enabled', 'Allowed', 'Disabled'];

/** Parses config-features; never fails. */
export function parseFeatures(data: Record<string, string>): FeaturesConfig {
  const out: Partial<FeaturesConfig> = {};
  for (const name of Object.keys(featureFlags) as FeatureName[]) {
    const said = data[name]?.toLowerCase();
    out[name] = flagValues(name).find((v) => v.toLowerCase() === said) ?? featureFlags[name].default;
  }
  return out as FeaturesConfig;
}

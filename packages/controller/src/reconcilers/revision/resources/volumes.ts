import { findAnnotation } from '@ebb/shared/api/annotations.ts';
import type { Container, PodSpec } from '@ebb/shared/api/builtin.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import type { Settings } from './queue-proxy.ts';

type Volume = NonNullable<PodSpec['volumes']>[number];
type Mount = NonNullable<Container['volumeMounts']>[number];

/** The annotations of the pod as a file, for extensions of queue-proxy. */
function podInfo(revision: Revision, settings: Settings): { volume: Volume; mount: Mount }[] {
  const flag = settings['config-features']['queueproxy.mount-podinfo'];
  const wanted = findAnnotation(revision.metadata.annotations, 'queueProxyPodInfo')?.value.toLowerCase() === 'enabled';
  if (flag !== 'Enabled' && !(flag === 'Allowed' && wanted)) return [];
  const items = [{ path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } }];
  return [
    {
      volume: { name: 'pod-info', downwardAPI: { items } },
      mount: { name: 'pod-info', mountPath: '/etc/podinfo', readOnly: true },
    },
  ];
}

/** Service-account tokens, one per audience. */
function tokens(settings: Settings): { volume: Volume; mount: Mount }[] {
  const audiences = [...settings['config-deployment'].queueTokenAudiences].sort();
  if (audiences.length === 0) return [];
  const sources = audiences.map((audience) => ({ serviceAccountToken: { audience, expirationSeconds: 3600, path: audience } }));
  return [
    {
      volume: { name: 'knative-token-volume', projected: { sources } },
      mount: { name: 'knative-token-volume', mountPath: '/var/run/secrets/tokens' },
    },
  ];
}

/** What queue-proxy mounts, in the contract's order (control-plane 7.4 item 5). Certificates have their place at its end. */
export const queueVolumes = (revision: Revision, settings: Settings): { volume: Volume; mount: Mount }[] => [
  ...podInfo(revision, settings),
  ...tokens(settings),
];

/** Where user containers' logs are collected from. */
export const logVolume: Volume = { name: 'knative-var-log', emptyDir: {} };

const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

/** A user container that writes to its own part of the log volume. */
export function withLogs(container: Container): Container {
  const subPathExpr = `$(K_INTERNAL_POD_NAMESPACE)_$(K_INTERNAL_POD_NAME)_${container.name}`;
  return {
    ...container,
    env: [...(container.env ?? []), field('K_INTERNAL_POD_NAME', 'metadata.name'), field('K_INTERNAL_POD_NAMESPACE', 'metadata.namespace')],
    volumeMounts: [...(container.volumeMounts ?? []), { name: logVolume.name, mountPath: '/var/log', subPathExpr }],
  };
}

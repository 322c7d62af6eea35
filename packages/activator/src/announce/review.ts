import { builtin, type TokenReview } from '@ebb/shared/api/builtin.ts';
import { announcementAudience } from '@ebb/shared/api/system.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';

/** Who has the token a review is asked about. */
export interface Bearer {
  namespace: string;
  pod: string;
  uid: string;
}

const podName = 'authentication.kubernetes.io/pod-name';
const podUid = 'authentication.kubernetes.io/pod-uid';
const account = 'system:serviceaccount:';

/** Who a reviewed token belongs to; undefined when it is no valid token of audience `ebb` bound to a pod. */
export function bearerOf({ status }: TokenReview): Bearer | undefined {
  if (!status?.authenticated || !status.audiences?.includes(announcementAudience)) return undefined;
  const { username = '', extra } = status.user ?? {};
  const [pod] = extra?.[podName] ?? [];
  const [uid] = extra?.[podUid] ?? [];
  const [namespace] = username.startsWith(account) ? username.slice(account.length).split(':') : [];
  return namespace && pod && uid ? { namespace, pod, uid } : undefined;
}

/** Asks the API server whose token it is. Rejects when there is no answer. */
export async function review(kube: KubeClient, token: string): Promise<Bearer | undefined> {
  const object: TokenReview = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    metadata: { name: '', namespace: '' },
    spec: { token, audiences: [announcementAudience] },
  };
  return bearerOf(await kube.create(builtin.TokenReview, object));
}

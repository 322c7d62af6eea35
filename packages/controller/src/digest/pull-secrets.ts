import { builtin, type Secret } from '@ebb/shared/api/builtin.ts';
import { isNotFound, type KubeClient } from '@ebb/shared/kube/client.ts';

/** Whose pull secrets count for a revision's images. */
export interface PullScope {
  namespace: string;
  serviceAccountName: string;
  /** Names in the revision's spec. */
  imagePullSecrets: readonly string[];
}

/**
 * The pull secrets of a revision: those its spec names, then those of its service account. Read when they are needed, so
 * that no secret is watched or kept. What is not there is passed over, as the kubelet does; other errors reject.
 */
export async function pullSecrets(client: KubeClient, { namespace, serviceAccountName, imagePullSecrets }: PullScope): Promise<Secret[]> {
  const orNone = <T>(request: Promise<T>): Promise<T | undefined> =>
    request.catch((error) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  const account = await orNone(client.get(builtin.ServiceAccount, namespace, serviceAccountName || 'default'));
  const names = [...imagePullSecrets, ...(account?.imagePullSecrets ?? []).flatMap(({ name }) => name ?? [])];
  const found = await Promise.all([...new Set(names)].map((name) => orNone(client.get(builtin.Secret, namespace, name))));
  return found.filter((s) => s !== undefined);
}

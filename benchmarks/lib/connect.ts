import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { defaultSystemNamespace as system } from '@ebb/shared/api/system.ts';
import { isNotFound, type KubeClient } from '@ebb/shared/kube/client.ts';
import { connectKube } from '@ebb/shared/kube/connect.ts';
import { localExists } from '../../e2e/cluster/context.ts';
import { localKubeconfig } from '../../e2e/cluster/paths.ts';

const components = ['activator', 'autoscaler', 'controller', 'webhook', 'gateway'];

/** The components that have no ready pod; all of them when Ebb's kinds are not even served. */
async function missing(kube: KubeClient): Promise<string[]> {
  try {
    await kube.list(kinds.Service, { limit: 1 });
  } catch (error) {
    if (isNotFound(error)) return components;
    throw error;
  }
  const { items } = await kube.list(builtin.Deployment, { namespace: system });
  return components.filter((name) => !items.some((d) => d.metadata.name === name && (d.status?.readyReplicas ?? 0) > 0));
}

/** The local cluster with Ebb on it, or a sentence on how to get there. Benchmarks never touch another cluster. */
export async function connectLocal(): Promise<KubeClient> {
  const advice = 'npm run quickstart sets it up';
  if (!localExists()) throw new Error(`there is no local cluster: ${advice}`);
  process.env.KUBECONFIG = localKubeconfig;
  const kube = connectKube();
  await kube.version().catch((e: Error) => Promise.reject(new Error(`the local cluster does not answer (${e.message}): ${advice}`)));
  const absent = await missing(kube);
  if (absent.length > 0) throw new Error(`not ready in the local cluster: ${absent.join(', ')}; ${advice}`);
  return kube;
}

import { builtin, type Deployment, type Pod } from '../../packages/shared/src/api/builtin.ts';
import type { KubeClient } from '../../packages/shared/src/kube/client.ts';

const name = 'hello-plain';
const selector = `app=${name}`;

const isReady = (pod: Pod): boolean => pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;

/**
 * How long Kubernetes itself takes from 0 to 1: a plain Deployment of the same image is scaled, and its pod watched until
 * it is Ready. Milliseconds. No probe: Ready means that the kubelet saw the container run.
 */
export async function plainStart(kube: KubeClient, namespace: string, image: string): Promise<number> {
  const container = { name: 'user-container', image, env: [{ name: 'PORT', value: '8080' }] };
  const template = { metadata: { labels: { app: name } }, spec: { containers: [container], terminationGracePeriodSeconds: 1 } };
  const deployment: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { replicas: 0, selector: { matchLabels: { app: name } }, template },
  };
  await kube.delete(builtin.Deployment, namespace, name).catch(() => undefined);
  await kube.create(builtin.Deployment, deployment);
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(new Error(`${name} was not Ready within 60 s`)), 60_000);
  try {
    const { resourceVersion } = await kube.list(builtin.Pod, { namespace, labelSelector: selector });
    const started = performance.now();
    await kube.patch(builtin.Deployment, namespace, name, 'merge', { spec: { replicas: 1 } });
    for await (const { object } of kube.watch(builtin.Pod, { namespace, labelSelector: selector, resourceVersion }, stop.signal)) {
      if (isReady(object)) return performance.now() - started;
    }
    throw new Error(`the watch of ${name}'s pod ended`);
  } finally {
    clearTimeout(limit);
    stop.abort();
    await kube.delete(builtin.Deployment, namespace, name);
  }
}

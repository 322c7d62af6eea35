import { annotations } from '@ebb/shared/api/annotations.ts';
import { builtin, type Container, type Deployment, type Pod } from '@ebb/shared/api/builtin.ts';
import { kinds, type Service } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import { type Bench, benchNamespace as namespace, object } from './kube.ts';
import { when } from './when.ts';

const container: Container = { name: 'user-container', image: 'dev.local/ebb/hello:1.0.0', imagePullPolicy: 'IfNotPresent' };

/** A Knative Service of the hello image, with autoscaling annotations on its template; 0 is no limit of concurrency. */
export async function createService(bench: Bench, name: string, annotate: Record<string, string>, containerConcurrency = 0): Promise<void> {
  const spec: Service['spec'] = {
    template: { metadata: { annotations: annotate }, spec: { containers: [container], containerConcurrency } },
  };
  await bench.kube.create(kinds.Service, object<Service>({ name, namespace }, { spec }));
}

/**
 * A plain Deployment of the same image. No probe: Ready then means that the kubelet saw the container run, the
 * earliest moment Kubernetes knows. One second of grace, so that runs follow each other quickly. `containers`: so many of
 * the same image in each pod.
 */
export async function createPlain(bench: Bench, name: string, replicas: number, containers = 1): Promise<void> {
  const users = Array.from({ length: containers }, (_, i) => ({
    ...container,
    name: `user-container-${i}`,
    env: [{ name: 'PORT', value: String(ports.userDefault + i) }],
  }));
  const metadata = { labels: { [labels.app]: name } };
  const template = { metadata, spec: { containers: users, terminationGracePeriodSeconds: 1 } };
  const spec = { replicas, selector: { matchLabels: { [labels.app]: name } }, template };
  await bench.kube.create(builtin.Deployment, object<Deployment>({ name, namespace }, { spec }));
}

export async function scalePlain(bench: Bench, name: string, replicas: number): Promise<void> {
  await bench.kube.patch(builtin.Deployment, namespace, name, 'merge', { spec: { replicas } });
}

/** The pods of a plain Deployment. */
export const plainPods = (bench: Bench, name: string): Pod[] =>
  bench.pods.list(namespace).filter((p) => p.metadata.labels?.[labels.app] === name);

/** The pods of a Knative Service. */
export const servicePods = (bench: Bench, name: string): Pod[] =>
  bench.pods.list(namespace).filter((p) => p.metadata.labels?.[labels.service] === name);

/** The Deployments of a Knative Service's revisions. */
export const serviceDeployments = (bench: Bench, name: string): Deployment[] =>
  bench.deployments.list(namespace).filter((d) => d.metadata.labels?.[labels.service] === name);

/** At zero is: the Deployment has no replica and the last pod has left the machine, drained. */
export function whenAtZero(bench: Bench, name: string): Promise<number> {
  const zero = () =>
    serviceDeployments(bench, name).every((d) => d.spec?.replicas === 0 && !d.status?.replicas) && servicePods(bench, name).length === 0;
  const seen = () => `${servicePods(bench, name).length} pods, replicas ${serviceDeployments(bench, name).map((d) => d.spec?.replicas)}`;
  return when([bench.deployments, bench.pods], zero, { what: `Service ${name} at zero`, timeoutMs: 240_000, signal: bench.signal, seen });
}

/** A template annotation under its first spelling. */
export const autoscaling = (
  values: Partial<Record<'window' | 'minScale' | 'maxScale' | 'targetBurstCapacity', string>>,
): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [annotations[name as keyof typeof values][0], value]));

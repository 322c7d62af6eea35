import type { Container, Pod, PodSpec } from '@ebb/shared/api/builtin.ts';
import { isServing } from '@ebb/shared/api/defaults/containers.ts';
import { withDefaults } from '@ebb/shared/api/defaults/index.ts';
import type { Configuration, Revision, RevisionSpec, RevisionTemplate, Service } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import { decodeObject } from '@ebb/shared/api/wire/decode.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import type { Settings } from './resources.ts';
import type { AdmissionRequest, Decision } from './review.ts';

/** Creates a pod as a dry run; rejects with the API server's error. */
export type TryPod = (pod: Pod) => Promise<unknown>;

const name = 'dry-run-validation';

/** A user's container as far as the API server can find fault with it; what is put to all of them is left out. */
function container(c: Container, serving: boolean): Container {
  const { readinessProbe, livenessProbe, ...rest } = c;
  const containerPort = c.ports?.[0]?.containerPort || ports.userDefault;
  const rewritten = (handler: 'httpGet' | 'tcpSocket') =>
    livenessProbe?.[handler] && { ...livenessProbe, [handler]: { ...livenessProbe[handler], port: containerPort } };
  const liveness = serving ? (rewritten('httpGet') ?? rewritten('tcpSocket') ?? livenessProbe) : livenessProbe;
  return {
    ...rest,
    ...(serving ? { ports: [{ name: 'user-port', containerPort }] } : {}),
    ...(liveness ? { livenessProbe: liveness } : {}),
    // The others are queue-proxy's to run.
    ...(readinessProbe?.exec ? { readinessProbe } : {}),
  };
}

/** The pod a template would run, without queue-proxy (contract control-plane 4.7). */
export function podOf(template: RevisionTemplate, namespace: string, settings: Settings, operation: 'CREATE' | 'UPDATE'): Pod {
  const metadata = { name: '', generateName: name, namespace };
  const revision = { apiVersion: 'serving.knative.dev/v1', kind: 'Revision', metadata, spec: template.spec } as Revision;
  const { containerConcurrency, timeoutSeconds, idleTimeoutSeconds, responseStartTimeoutSeconds, ...pod } = withDefaults(
    'Revision',
    revision,
    { ...settings, operation },
  ).spec as RevisionSpec;
  const containers = (pod.containers ?? []).map((c) => container(c, isServing(c, pod.containers)));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: name, namespace } as Pod['metadata'],
    spec: { ...(pod as PodSpec), containers, ...(timeoutSeconds ? { terminationGracePeriodSeconds: timeoutSeconds } : {}) },
  };
}

/** The template of a request that is itself a dry run and asks for pods of its own; a Service asks for its Configuration. */
function templateOf({ dryRun, operation, kind, object }: AdmissionRequest): RevisionTemplate | undefined {
  const asked = kind.kind === 'Service' || (kind.kind === 'Configuration' && !object?.metadata.labels?.[labels.service]);
  if (!dryRun || (operation !== 'CREATE' && operation !== 'UPDATE') || !asked || !object) return undefined;
  if ((object.spec as Partial<Service['spec']> | undefined)?.template === undefined) return undefined;
  return decodeObject<Service | Configuration>(kind.kind, object).spec.template;
}

/**
 * What the API server says of the pod a Service or Configuration would run, when the request that was accepted is a dry run
 * (contract control-plane 4.7). A cluster in which pods cannot be created as a dry run has nothing to say.
 */
export async function dryRun(request: AdmissionRequest, settings: Settings, tryPod: TryPod, log: Logger): Promise<Decision> {
  const template = templateOf(request);
  if (!template) return {};
  const namespace = request.object?.metadata.namespace || request.namespace || '';
  try {
    await tryPod(podOf(template, namespace, settings, request.operation as 'CREATE' | 'UPDATE'));
    return {};
  } catch (error) {
    const { message } = error as Error;
    if (!message.includes('does not support dry run'))
      return { denied: `validation callback failed: dry run failed with ${message}: spec.template` };
    log.warn({ namespace, err: message }, 'a pod was not tried: a webhook of the cluster does not support dry runs');
    return {};
  }
}

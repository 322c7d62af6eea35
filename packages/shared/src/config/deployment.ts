import { formatDuration } from '../lib/duration.ts';
import { type Reading, readRows, row } from './row.ts';
import { parseRuntimeClasses } from './runtime-class.ts';

/** config-deployment (contract control-plane 6.2). */
export const deploymentRows = {
  queueSidecarImage: row.text('queue-sidecar-image', '', 'The queue-proxy image; required.', ['queueSidecarImage']),
  progressDeadlineMs: row.duration('progress-deadline', '600s', 'How long a revision may take to become ready.', ['progressDeadline']),
  digestResolutionTimeoutMs: row.duration('digest-resolution-timeout', '10s', 'How long one image may take to be looked up.', [
    'digestResolutionTimeout',
  ]),
  registriesSkippingTagResolving: row.list(
    'registries-skipping-tag-resolving',
    'kind.local,ko.local,dev.local',
    'Registries whose tags are deployed as they are.',
    ['registriesSkippingTagResolving'],
  ),
  queueCpuRequest: row.optionalQuantity('queue-sidecar-cpu-request', 'CPU request of queue-proxy; 25m when unset.', [
    'queueSidecarCPURequest',
  ]),
  queueCpuLimit: row.optionalQuantity('queue-sidecar-cpu-limit', 'CPU limit of queue-proxy.', ['queueSidecarCPULimit']),
  queueMemoryRequest: row.optionalQuantity('queue-sidecar-memory-request', 'Memory request of queue-proxy.', ['queueSidecarMemoryRequest']),
  queueMemoryLimit: row.optionalQuantity('queue-sidecar-memory-limit', 'Memory limit of queue-proxy.', ['queueSidecarMemoryLimit']),
  queueEphemeralStorageRequest: row.optionalQuantity(
    'queue-sidecar-ephemeral-storage-request',
    'Ephemeral storage request of queue-proxy.',
    ['queueSidecarEphemeralStorageRequest'],
  ),
  queueEphemeralStorageLimit: row.optionalQuantity('queue-sidecar-ephemeral-storage-limit', 'Ephemeral storage limit of queue-proxy.', [
    'queueSidecarEphemeralStorageLimit',
  ]),
  queueTokenAudiences: row.list('queue-sidecar-token-audiences', '', 'Audiences of tokens projected into queue-proxy.'),
  queueRootCA: row.text('queue-sidecar-rootca', '', 'Root CA given to queue-proxy.'),
  queueTLSMinVersion: row.text('queue-sidecar-tls-min-version', '', 'Least TLS version of queue-proxy.'),
  queueTLSMaxVersion: row.text('queue-sidecar-tls-max-version', '', 'Highest TLS version of queue-proxy.'),
  queueTLSCipherSuites: row.text('queue-sidecar-tls-cipher-suites', '', 'TLS cipher suites of queue-proxy.'),
  queueTLSCurvePreferences: row.text('queue-sidecar-tls-curve-preferences', '', 'TLS curves of queue-proxy.'),
  defaultAffinityType: row.of((t) => t)(
    'default-affinity-type',
    'prefer-spread-revision-over-nodes',
    'Whether the pods of a revision prefer different nodes: prefer-spread-revision-over-nodes or none.',
  ),
  runtimeClasses: row.of(parseRuntimeClasses, 'YAML')(
    'runtime-class-name',
    '',
    'Runtime classes of revisions that name none: YAML, {class: {selector: {label: value}}}; of those that match, the one with most labels.',
  ),
  podIsAlwaysSchedulable: row.bool(
    'pod-is-always-schedulable',
    'false',
    'Whether an unschedulable pod is left waiting instead of failing its revision.',
  ),
};

export type DeploymentConfig = Reading<typeof deploymentRows>;

/** Parses and bounds config-deployment; throws the contract's texts. */
export function parseDeployment(data: Record<string, string>): DeploymentConfig {
  const c = readRows(deploymentRows, data);
  if (c.queueSidecarImage === '') throw new Error('queue-sidecar-image cannot be empty or unset');
  if (c.progressDeadlineMs <= 0)
    throw new Error(`progress-deadline cannot be a non-positive duration, was ${formatDuration(c.progressDeadlineMs)}`);
  if (c.progressDeadlineMs % 1000 !== 0)
    throw new Error(`progress-deadline must be rounded to a whole second, was: ${formatDuration(c.progressDeadlineMs)}`);
  if (c.digestResolutionTimeoutMs <= 0)
    throw new Error(`digest-resolution-timeout cannot be a non-positive duration, was ${formatDuration(c.digestResolutionTimeoutMs)}`);
  if (!['prefer-spread-revision-over-nodes', 'none'].includes(c.defaultAffinityType))
    throw new Error(`unsupported default-affinity-type value: ${JSON.stringify(c.defaultAffinityType)}`);
  return c;
}

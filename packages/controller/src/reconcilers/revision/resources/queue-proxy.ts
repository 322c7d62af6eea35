import { findAnnotation } from '@ebb/shared/api/annotations.ts';
import type { Container } from '@ebb/shared/api/builtin.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { controllerOf } from '@ebb/shared/api/meta.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import type { Configs } from '@ebb/shared/config/tables.ts';
import { protocolOf, servingContainer, userPort } from './containers.ts';
import { goJson } from './go-json.ts';
import { readinessProbes } from './probes.ts';
import { queueResources } from './queue-resources.ts';
import { queueVolumes } from './volumes.ts';

export type Settings = Pick<
  Configs,
  | 'config-autoscaler'
  | 'config-defaults'
  | 'config-deployment'
  | 'config-features'
  | 'config-logging'
  | 'config-network'
  | 'config-observability'
> & { systemNamespace: string };

const field = (fieldPath: string, apiVersion?: string) => ({ fieldRef: apiVersion ? { apiVersion, fieldPath } : { fieldPath } });

/** The sidecar (contract control-plane 7.4 item 6): ports, environment and probe in the contract's order. */
export function queueProxyContainer(revision: Revision, s: Settings): Container {
  const { metadata, spec } = revision;
  const deployment = s['config-deployment'];
  const observability = s['config-observability'];
  const servingPort = protocolOf(spec) === 'h2c' ? ports.h2c : ports.http1;
  const probe = servingContainer(spec)?.readinessProbe;
  const owner = controllerOf(revision);
  const flag = (name: keyof Settings['config-features']) => String(s['config-features'][name] === 'Enabled');
  const env: Container['env'] = [
    { name: 'SERVING_NAMESPACE', value: metadata.namespace },
    { name: 'SERVING_SERVICE', value: metadata.labels?.[labels.service] ?? '' },
    { name: 'SERVING_CONFIGURATION', value: owner?.kind === 'Configuration' ? owner.name : '' },
    { name: 'SERVING_REVISION', value: metadata.name },
    { name: 'QUEUE_SERVING_PORT', value: String(servingPort) },
    { name: 'QUEUE_SERVING_TLS_PORT', value: String(ports.https) },
    { name: 'CONTAINER_CONCURRENCY', value: String(spec.containerConcurrency ?? 0) },
    { name: 'REVISION_TIMEOUT_SECONDS', value: String(spec.timeoutSeconds ?? s['config-defaults'].revisionTimeoutSeconds) },
    { name: 'REVISION_RESPONSE_START_TIMEOUT_SECONDS', value: String(spec.responseStartTimeoutSeconds ?? 0) },
    { name: 'REVISION_IDLE_TIMEOUT_SECONDS', value: String(spec.idleTimeoutSeconds ?? 0) },
    { name: 'SERVING_POD', valueFrom: field('metadata.name') },
    { name: 'SERVING_POD_IP', valueFrom: field('status.podIP') },
    { name: 'SERVING_LOGGING_CONFIG', value: s['config-logging'].zapConfig },
    { name: 'SERVING_LOGGING_LEVEL', value: s['config-logging'].levels.queueproxy ?? '' },
    { name: 'USER_PORT', value: String(userPort(spec)) },
    { name: 'SYSTEM_NAMESPACE', value: s.systemNamespace },
    { name: 'SERVING_READINESS_PROBE', value: readinessProbes(spec, s['config-features']['multi-container-probing'] === 'Enabled') },
    { name: 'HOST_IP', valueFrom: field('status.hostIP', 'v1') },
    { name: 'ENABLE_HTTP2_AUTO_DETECTION', value: flag('autodetect-http2') },
    {
      name: 'ENABLE_HTTP_FULL_DUPLEX',
      value: String(findAnnotation(metadata.annotations, 'httpFullDuplex')?.value.toLowerCase() === 'enabled'),
    },
    { name: 'ROOT_CA', value: deployment.queueRootCA },
    { name: 'QUEUE_PROXY_TLS_MIN_VERSION', value: deployment.queueTLSMinVersion },
    { name: 'QUEUE_PROXY_TLS_MAX_VERSION', value: deployment.queueTLSMaxVersion },
    { name: 'QUEUE_PROXY_TLS_CIPHER_SUITES', value: deployment.queueTLSCipherSuites },
    { name: 'QUEUE_PROXY_TLS_CURVE_PREFERENCES', value: deployment.queueTLSCurvePreferences },
    { name: 'ENABLE_MULTI_CONTAINER_PROBES', value: flag('multi-container-probing') },
    { name: 'OBSERVABILITY_CONFIG', value: observabilityConfig(observability) },
  ];
  const out: Container = {
    name: 'queue-proxy',
    image: deployment.queueSidecarImage,
    resources: queueResources(revision, s),
    ports: [
      { name: 'http-autometric', containerPort: ports.autometric },
      { name: 'http-usermetric', containerPort: ports.usermetric },
      ...(observability.runtimeProfiling === 'enabled' ? [{ name: 'profiling-port', containerPort: ports.profiling }] : []),
      { name: 'queue-port', containerPort: servingPort },
      { name: 'https-port', containerPort: ports.https },
    ],
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    env,
  };
  const volumes = queueVolumes(revision, s);
  if (volumes.length > 0) out.volumeMounts = volumes.map(({ mount }) => mount);
  if (probe) {
    const { exec, httpGet, tcpSocket, grpc, ...timing } = probe;
    const timings = Object.fromEntries(Object.entries(timing).filter(([, v]) => v !== 0));
    out.readinessProbe = { ...timings, httpGet: { port: servingPort, httpHeaders: [{ name: 'K-Network-Probe', value: 'queue' }] } };
  }
  return out;
}

/** OBSERVABILITY_CONFIG: config-observability as the peer writes it, zero values left out, intervals in ns. */
function observabilityConfig(o: Settings['config-observability']): string {
  const interval = (ms: number) => (ms ? ms * 1e6 : undefined);
  return goJson({
    tracing: { protocol: o.tracingProtocol, endpoint: o.tracingEndpoint || undefined, samplingRate: o.tracingSamplingRate || undefined },
    metrics: {
      protocol: o.metricsProtocol,
      endpoint: o.metricsEndpoint || undefined,
      exportInterval: interval(o.metricsExportIntervalMs),
    },
    runtime: { profiling: o.runtimeProfiling, exportInterval: interval(o.runtimeExportIntervalMs) },
    requestMetrics: {
      protocol: o.requestMetricsProtocol,
      endpoint: o.requestMetricsEndpoint || undefined,
      exportInterval: interval(o.requestMetricsExportIntervalMs),
    },
    EnableVarLogCollection: o.enableVarLogCollection || undefined,
    LoggingURLTemplate: o.revisionUrlTemplate || undefined,
    enableRequestLog: o.enableRequestLog || undefined,
    requestLogTemplate: o.requestLogTemplate || undefined,
    enableProbeRequestLog: o.enableProbeRequestLog || undefined,
  });
}

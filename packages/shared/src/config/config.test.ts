import { describe, expect, test } from 'vitest';
import type { ConfigMapName } from './names.ts';
import { configTables } from './tables.ts';

type Data = Record<string, string>;
/** A key, a value, and what the map then reads to, in part. */
type Accepted = [key: string, value: string, reading: Record<string, unknown>];
/** A key, a value, the whole text that refuses it. */
type Refused = [key: string, value: string, text: string, others?: Data];

const needed: Partial<Record<ConfigMapName, Data>> = { 'config-deployment': { 'queue-sidecar-image': 'queue' } };
const parse = (name: ConfigMapName, data: Data) => configTables[name].parse({ ...needed[name], ...data });

const notInt = (key: string, text: string, func = 'ParseInt') =>
  `failed to parse "${key}": strconv.${func}: parsing "${text}": invalid syntax`;
const tooBig = (key: string, text: string) => `failed to parse "${key}": strconv.ParseInt: parsing "${text}": value out of range`;
const notBool = (key: string, text: string) => notInt(key, text, 'ParseBool');
const notFloat = (key: string, text: string) => notInt(key, text, 'ParseFloat');
const notDuration = (key: string, text: string) => `failed to parse "${key}": time: invalid duration "${text}"`;
const notQuantity = (key: string) =>
  `failed to parse "${key}": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`;
const data = (text: string) => `failed to parse data: ${text}`;

/** Contract control-plane 6, map by map and key by key; empty where nothing is ever refused. */
const tables: Record<ConfigMapName, { accepted: Accepted[]; refused: Refused[] }> = {
  'config-autoscaler': {
    accepted: [
      ['container-concurrency-target-percentage', '80', { concurrencyTargetPercentage: 0.8 }],
      ['container-concurrency-target-percentage', '0.5', { concurrencyTargetPercentage: 0.5 }],
      ['container-concurrency-target-default', '1e2', { concurrencyTargetDefault: 100 }],
      ['requests-per-second-target-default', '0.01', { rpsTargetDefault: 0.01 }],
      ['target-burst-capacity', '-1', { targetBurstCapacity: -1 }],
      ['stable-window', '1h', { stableWindowMs: 3_600_000 }],
      ['panic-window-percentage', '100.0', { panicWindowPercentage: 100 }],
      ['panic-threshold-percentage', '50', { panicThresholdPercentage: 50 }],
      ['max-scale-up-rate', 'Inf', { maxScaleUpRate: Number.POSITIVE_INFINITY }],
      ['max-scale-down-rate', '1.1', { maxScaleDownRate: 1.1 }],
      ['enable-scale-to-zero', 'F', { enableScaleToZero: false }],
      ['scale-to-zero-grace-period', '1ms', { scaleToZeroGracePeriodMs: 1 }],
      ['scale-to-zero-pod-retention-period', '1m30s', { podRetentionPeriodMs: 90_000 }],
      ['pod-autoscaler-class', ' hpa.autoscaling.knative.dev\n', { podAutoscalerClass: 'hpa.autoscaling.knative.dev' }],
      ['activator-capacity', '1', { activatorCapacity: 1 }],
      ['initial-scale', '+3', { initialScale: 3 }],
      ['allow-zero-initial-scale', '1', { allowZeroInitialScale: true }],
      ['min-scale', '3', { minScale: 3 }],
      ['max-scale', '2147483647', { maxScale: 2147483647 }],
      ['scale-down-delay', '2m', { scaleDownDelayMs: 120_000 }],
    ],
    refused: [
      [
        'container-concurrency-target-percentage',
        '101',
        'container-concurrency-target-percentage = 1.010000 is outside of valid range of (0, 100]',
      ],
      [
        'container-concurrency-target-percentage',
        '0',
        'container-concurrency-target-percentage = 0.000000 is outside of valid range of (0, 100]',
      ],
      [
        'container-concurrency-target-default',
        '0.00001',
        "container-concurrency-target-percentage and container-concurrency-target-default yield target concurrency of 7e-06, can't be less than 0.01",
      ],
      ['requests-per-second-target-default', '0', 'requests-per-second-target-default must be at least 0.01, was: 0'],
      ['target-burst-capacity', '-2', 'target-burst-capacity must be either non-negative or -1 (for unlimited), was: -2.000000'],
      ['target-burst-capacity', 'NaN', data(notFloat('target-burst-capacity', 'NaN'))],
      ['stable-window', '5s', 'stable-window = 5s, must be in [6s; 1h0m0s] range'],
      ['stable-window', '1h0m1s', 'stable-window = 1h0m1s, must be in [6s; 1h0m0s] range'],
      ['stable-window', '10s500ms', 'stable-window = 10.5s, must be specified with at most second precision'],
      ['stable-window', '60', data('failed to parse "stable-window": time: missing unit in duration "60"')],
      ['panic-window-percentage', '0.5', 'panic-window-percentage = 0.5, must be in [1, 100] interval'],
      ['panic-window-percentage', '101', 'panic-window-percentage = 101, must be in [1, 100] interval'],
      ['panic-threshold-percentage', 'much', data(notFloat('panic-threshold-percentage', 'much'))],
      ['max-scale-up-rate', '1', 'max-scale-up-rate = 1, must be greater than 1.0'],
      ['max-scale-down-rate', '0.5', 'max-scale-down-rate = 0.5, must be greater than 1.0'],
      ['enable-scale-to-zero', 'yes', data(notBool('enable-scale-to-zero', 'yes'))],
      ['scale-to-zero-grace-period', '0s', 'scale-to-zero-grace-period must be positive, was: 0s'],
      ['scale-to-zero-pod-retention-period', '-1s', 'scale-to-zero-pod-retention-period cannot be negative, was: -1s'],
      ['activator-capacity', '0.5', 'activator-capacity = 0.5, must be at least 1'],
      ['initial-scale', '0', 'initial-scale = 0, must be at least 0 (or at least 1 when allow-zero-initial-scale is false)'],
      [
        'initial-scale',
        '-1',
        'initial-scale = -1, must be at least 0 (or at least 1 when allow-zero-initial-scale is false)',
        { 'allow-zero-initial-scale': 'true' },
      ],
      ['initial-scale', ' 1', data(notInt('initial-scale', ' 1'))],
      ['allow-zero-initial-scale', '', data(notBool('allow-zero-initial-scale', ''))],
      ['min-scale', '-1', 'min-scale = -1, must be at least 0'],
      ['min-scale', '3', 'min-scale (3) must be less than max-scale (2)', { 'max-scale': '2' }],
      ['max-scale', '-1', 'max-scale = -1, must be in [0, max-scale-limit(0)] range'],
      ['max-scale', '11', 'max-scale = 11, must be in [1, max-scale-limit(10)] range', { 'max-scale-limit': '10' }],
      ['max-scale', '2147483648', data(tooBig('max-scale', '2147483648'))],
      ['max-scale-limit', '5', 'max-scale = 0, must be in [1, max-scale-limit(5)] range'],
      ['max-scale-limit', '-5', 'max-scale-limit = -5, must be at least 0'],
      ['scale-down-delay', '-1s', 'scale-down-delay cannot be negative, was: -1s'],
      ['scale-down-delay', '1500ms', 'scale-down-delay = 1.5s, must be specified with at most second precision'],
    ],
  },
  'config-certmanager': {
    accepted: [
      ['issuerRef', '', { issuerRef: { kind: 'ClusterIssuer', name: 'knative-selfsigned-issuer' } }],
      ['issuerRef', 'name: mine', { issuerRef: { kind: 'ClusterIssuer', name: 'mine' } }],
      ['clusterLocalIssuerRef', 'kind: Issuer\nname: a\ngroup: g', { clusterLocalIssuerRef: { kind: 'Issuer', name: 'a', group: 'g' } }],
      ['systemInternalIssuerRef', '{kind: Issuer}', { systemInternalIssuerRef: { kind: 'Issuer', name: 'knative-selfsigned-issuer' } }],
    ],
    refused: [
      ['issuerRef', 'mine', 'failed to parse "issuerRef": want a map, was "mine"'],
      ['clusterLocalIssuerRef', '[a]', 'failed to parse "clusterLocalIssuerRef": want a map, was "[a]"'],
      [
        'systemInternalIssuerRef',
        'name: [1]',
        'failed to parse "systemInternalIssuerRef": kind, name and group must be texts, was "name: [1]"',
      ],
    ],
  },
  'config-defaults': {
    accepted: [
      ['revision-timeout-seconds', '600', { revisionTimeoutSeconds: 600, responseStartTimeoutSeconds: 600 }],
      ['max-revision-timeout-seconds', '1000', { maxRevisionTimeoutSeconds: 1000 }],
      ['revision-response-start-timeout-seconds', '0', { responseStartTimeoutSeconds: 0 }],
      ['revision-idle-timeout-seconds', '300', { idleTimeoutSeconds: 300 }],
      ['revision-cpu-request', '400m', { cpuRequest: '400m' }],
      ['revision-memory-request', '100M', { memoryRequest: '100M' }],
      ['revision-ephemeral-storage-request', '500Mi', { ephemeralStorageRequest: '500Mi' }],
      ['revision-cpu-limit', '1', { cpuLimit: '1' }],
      ['revision-memory-limit', '1e9', { memoryLimit: '1e9' }],
      ['revision-ephemeral-storage-limit', '1Gi', { ephemeralStorageLimit: '1Gi' }],
      ['container-name-template', '{{.Name}}-x', { containerNameTemplate: '{{.Name}}-x' }],
      ['init-container-name-template', 'init', { initContainerNameTemplate: 'init' }],
      ['container-concurrency', '1000', { containerConcurrency: 1000 }],
      ['container-concurrency-max-limit', '3000000000', { containerConcurrencyMaxLimit: 3_000_000_000 }],
      ['allow-container-concurrency-zero', 'false', { allowContainerConcurrencyZero: false }],
      ['enable-service-links', 'TRUE', { enableServiceLinks: true }],
      ['enable-service-links', 'false', { enableServiceLinks: false }],
      ['enable-service-links', 'default', { enableServiceLinks: undefined }],
    ],
    refused: [
      ['revision-timeout-seconds', '601', 'revision-timeout-seconds (601) cannot be greater than max-revision-timeout-seconds (600)'],
      ['revision-timeout-seconds', '5m', notInt('revision-timeout-seconds', '5m')],
      ['max-revision-timeout-seconds', '299', 'revision-timeout-seconds (300) cannot be greater than max-revision-timeout-seconds (299)'],
      ['max-revision-timeout-seconds', '9223372036854775808', tooBig('max-revision-timeout-seconds', '9223372036854775808')],
      [
        'revision-response-start-timeout-seconds',
        '301',
        'revision-response-start-timeout-seconds (301) cannot be greater than revision-timeout-seconds (300)',
      ],
      ['revision-response-start-timeout-seconds', '1.5', notInt('revision-response-start-timeout-seconds', '1.5')],
      ['revision-idle-timeout-seconds', '301', 'revision-idle-timeout-seconds (301) cannot be greater than revision-timeout-seconds (300)'],
      ['revision-cpu-request', 'a', notQuantity('revision-cpu-request')],
      ['revision-memory-request', '1Mm', `failed to parse "revision-memory-request": unable to parse quantity's suffix`],
      ['revision-ephemeral-storage-request', '', notQuantity('revision-ephemeral-storage-request')],
      ['revision-cpu-limit', ' 1', notQuantity('revision-cpu-limit')],
      ['revision-memory-limit', '1x', notQuantity('revision-memory-limit')],
      ['revision-ephemeral-storage-limit', '-', notQuantity('revision-ephemeral-storage-limit')],
      ['container-name-template', '{{', 'template: container-template:1: unclosed action'],
      [
        'init-container-name-template',
        '{{.Nothing}}',
        expect.stringMatching(/^error executing template: template: container-template.*Nothing/),
      ],
      ['container-concurrency', '1001', 'expected 0 <= 1001 <= 1000: container-concurrency'],
      ['container-concurrency', '-1', 'expected 0 <= -1 <= 1000: container-concurrency'],
      ['container-concurrency-max-limit', '0', 'expected 1 <= 0 <= 2147483647: container-concurrency-max-limit'],
      ['allow-container-concurrency-zero', 'no', notBool('allow-container-concurrency-zero', 'no')],
    ],
  },
  'config-deployment': {
    accepted: [
      ['queue-sidecar-image', 'registry/queue', { queueSidecarImage: 'registry/queue' }],
      ['progress-deadline', '90s', { progressDeadlineMs: 90_000 }],
      ['digest-resolution-timeout', '500ms', { digestResolutionTimeoutMs: 500 }],
      ['registries-skipping-tag-resolving', 'a, b', { registriesSkippingTagResolving: ['a', 'b'] }],
      ['queue-sidecar-cpu-request', '50m', { queueCpuRequest: '50m' }],
      ['queue-sidecar-cpu-limit', '1', { queueCpuLimit: '1' }],
      ['queue-sidecar-memory-request', '1Mi', { queueMemoryRequest: '1Mi' }],
      ['queue-sidecar-memory-limit', '2Mi', { queueMemoryLimit: '2Mi' }],
      ['queue-sidecar-ephemeral-storage-request', '1Gi', { queueEphemeralStorageRequest: '1Gi' }],
      ['queue-sidecar-ephemeral-storage-limit', '2Gi', { queueEphemeralStorageLimit: '2Gi' }],
      ['queue-sidecar-token-audiences', 'one,two', { queueTokenAudiences: ['one', 'two'] }],
      ['queue-sidecar-rootca', 'PEM', { queueRootCA: 'PEM' }],
      ['queue-sidecar-tls-min-version', '1.2', { queueTLSMinVersion: '1.2' }],
      ['queue-sidecar-tls-max-version', '1.3', { queueTLSMaxVersion: '1.3' }],
      ['queue-sidecar-tls-cipher-suites', 'A,B', { queueTLSCipherSuites: 'A,B' }],
      ['queue-sidecar-tls-curve-preferences', 'P256', { queueTLSCurvePreferences: 'P256' }],
      ['default-affinity-type', 'none', { defaultAffinityType: 'none' }],
      ['runtime-class-name', 'kata: {selector: {use: kata}}', { runtimeClasses: { kata: { use: 'kata' } } }],
      ['pod-is-always-schedulable', 'true', { podIsAlwaysSchedulable: true }],
    ],
    refused: [
      ['queue-sidecar-image', ' ', 'queue-sidecar-image cannot be empty or unset'],
      ['progress-deadline', '0s', 'progress-deadline cannot be a non-positive duration, was 0s'],
      ['progress-deadline', '1.5s', 'progress-deadline must be rounded to a whole second, was: 1.5s'],
      ['progressDeadline', 'soon', notDuration('progressDeadline', 'soon'), { 'progress-deadline': '10s' }],
      ['digest-resolution-timeout', '-1s', 'digest-resolution-timeout cannot be a non-positive duration, was -1s'],
      ['queue-sidecar-cpu-request', 'x', notQuantity('queue-sidecar-cpu-request')],
      ['queue-sidecar-cpu-limit', 'x', notQuantity('queue-sidecar-cpu-limit')],
      ['queue-sidecar-memory-request', 'x', notQuantity('queue-sidecar-memory-request')],
      ['queue-sidecar-memory-limit', 'x', notQuantity('queue-sidecar-memory-limit')],
      ['queue-sidecar-ephemeral-storage-request', 'x', notQuantity('queue-sidecar-ephemeral-storage-request')],
      ['queueSidecarEphemeralStorageLimit', 'x', notQuantity('queueSidecarEphemeralStorageLimit')],
      ['queue-sidecar-ephemeral-storage-limit', 'x', notQuantity('queue-sidecar-ephemeral-storage-limit')],
      ['default-affinity-type', 'spread', 'unsupported default-affinity-type value: "spread"'],
      [
        'runtime-class-name',
        'Kata: {}',
        expect.stringMatching(/^runtime-class-name Kata selector not valid DNSSubdomain: \[a lowercase RFC 1123 subdomain must consist/),
      ],
      ['pod-is-always-schedulable', 'x', notBool('pod-is-always-schedulable', 'x')],
    ],
  },
  'config-domain': {
    accepted: [
      ['example.com', '', { domains: { 'example.com': { selector: {}, wildcard: true } } }],
      ['example.org', 'selector:\n  app: x', { domains: { 'example.org': { selector: { app: 'x' }, wildcard: false } } }],
      ['example.org', 'selector: {app: 1}', { domains: { 'example.org': { selector: { app: '1' }, wildcard: false } } }],
      ['example.org', '{selector: {app: x}, type: wildcard}', { domains: { 'example.org': { selector: { app: 'x' }, wildcard: true } } }],
    ],
    refused: [
      ['example.com', 'app', 'failed to parse "example.com": want a map, was "app"'],
      ['example.com', 'selector: x', 'failed to parse "example.com": selector must map labels to texts, was "x"'],
      ['example.com', 'selector: {a: [1]}', 'failed to parse "example.com": selector must map labels to texts, was {"a":[1]}'],
      ['example.com', 'type: [1]', 'failed to parse "example.com": type must be a text, was [1]'],
    ],
  },
  'config-features': {
    accepted: [
      ...configTables['config-features'].rows.map((r): Accepted => [r.key, 'eNABLED', { [r.key]: 'Enabled' }]),
      ['secure-pod-defaults', 'allowrootbounded', { 'secure-pod-defaults': 'AllowRootBounded' }],
      ['secure-pod-defaults', 'Allowed', { 'secure-pod-defaults': 'Disabled' }],
      ['kubernetes.podspec-affinity', 'allowed', { 'kubernetes.podspec-affinity': 'Allowed' }],
      ['kubernetes.podspec-affinity', 'on', { 'kubernetes.podspec-affinity': 'Disabled' }],
      ['multi-container', ' Disabled', { 'multi-container': 'Enabled' }],
    ],
    refused: [],
  },
  'config-gc': {
    accepted: [
      ['retain-since-create-time', '1h', { retainSinceCreateMs: 3_600_000 }],
      ['retain-since-create-time', 'Disabled', { retainSinceCreateMs: undefined }],
      ['retain-since-create-time', '', { retainSinceCreateMs: 48 * 3_600_000 }],
      ['retain-since-last-active-time', '0s', { retainSinceLastActiveMs: 0 }],
      ['min-non-active-revisions', '0', { minNonActiveRevisions: 0 }],
      ['max-non-active-revisions', '20', { maxNonActiveRevisions: 20 }],
      ['max-non-active-revisions', 'disabled', { maxNonActiveRevisions: undefined }],
    ],
    refused: [
      ['retain-since-create-time', 'x', 'failed to parse retain-since-create-time: time: invalid duration "x"'],
      ['retain-since-create-time', '-1s', 'failed to parse retain-since-create-time: must be non-negative'],
      ['retain-since-last-active-time', '-1s', 'failed to parse retain-since-last-active-time: must be non-negative'],
      ['min-non-active-revisions', 'x', data(notInt('min-non-active-revisions', 'x'))],
      ['min-non-active-revisions', '-1', 'min-non-active-revisions must be non-negative, was: -1'],
      ['min-non-active-revisions', '1001', 'min-non-active-revisions(1001) must be <= max-non-active-revisions(1000)'],
      ['max-non-active-revisions', '-1', 'failed to parse max-non-active-revisions: strconv.ParseUint: parsing "-1": invalid syntax'],
      ['max-non-active-revisions', '19', 'min-non-active-revisions(20) must be <= max-non-active-revisions(19)'],
    ],
  },
  'config-leader-election': {
    accepted: [
      ['lease-duration', '15s', { leaseDurationMs: 15_000 }],
      ['renew-deadline', '10s', { renewDeadlineMs: 10_000 }],
      ['retry-period', '2s', { retryPeriodMs: 2_000 }],
      ['buckets', '10', { buckets: 10 }],
      ['map-lease-prefix.controller.example', 'other', { prefixes: { 'controller.example': 'other' } }],
    ],
    refused: [
      ['lease-duration', 'x', notDuration('lease-duration', 'x')],
      ['renew-deadline', 'x', notDuration('renew-deadline', 'x')],
      ['retryPeriod', 'x', notDuration('retryPeriod', 'x')],
      ['retry-period', 'x', notDuration('retry-period', 'x')],
      ['buckets', '0', 'buckets: value must be between 1 <= 0 <= 10'],
      ['buckets', '11', 'buckets: value must be between 1 <= 11 <= 10'],
      ['buckets', '-1', notInt('buckets', '-1', 'ParseUint')],
    ],
  },
  'config-logging': {
    accepted: [
      ['zap-logger-config', '{"level": "info"}', { zapConfig: '{"level": "info"}' }],
      ...['controller', 'autoscaler', 'queueproxy', 'webhook', 'activator', 'gateway', 'hpaautoscaler'].map(
        (c): Accepted => [`loglevel.${c}`, 'DEBUG', { levels: { [c]: 'debug' } }],
      ),
      ['loglevel.net-istio-controller', 'warning', { levels: { 'net-istio-controller': 'warn' } }],
      ['loglevel.controller', '', { levels: {} }],
    ],
    refused: [
      ['loglevel.controller', 'loud', 'invalid logging level: loud'],
      ['loglevel.anything', ' info', 'invalid logging level:  info'],
    ],
  },
  'config-network': {
    accepted: [
      ['ingress-class', ' mine ', { ingressClass: 'mine' }],
      ['ingress.class', 'old', { ingressClass: 'old' }],
      ['certificate-class', 'mine', { certificateClass: 'mine' }],
      ['domain-template', '{{.Name}}.{{.Domain}}', { domainTemplate: '{{.Name}}.{{.Domain}}' }],
      ['domain-template', '{{if .Annotations.sub}}{{index .Annotations "sub"}}.{{end}}{{.Domain}}', {}],
      ['tag-template', '{{.Name}}-{{.Tag}}', { tagTemplate: '{{.Name}}-{{.Tag}}' }],
      ['external-domain-tls', 'enabled', { externalDomainTLS: true }],
      ['external-domain-tls', 'yes', { externalDomainTLS: false }],
      ['auto-tls', 'Enabled', { externalDomainTLS: true }],
      ['autoTLS', 'Enabled', { externalDomainTLS: true }],
      ['cluster-local-domain-tls', 'ENABLED', { clusterLocalDomainTLS: true }],
      ['cluster-local-domain-tls', '', { clusterLocalDomainTLS: false }],
      ['system-internal-tls', 'enabled', { systemInternalTLS: true }],
      ['system-internal-tls', 'Disabled', { systemInternalTLS: false }],
      ['internal-encryption', 'true', { systemInternalTLS: true }],
      ['http-protocol', 'Redirected', { httpProtocol: 'redirected' }],
      ['http-protocol', 'disabled', { httpProtocol: 'disabled' }],
      ['http-protocol', '', { httpProtocol: 'enabled' }],
      ['rollout-duration', '380', { rolloutDurationSeconds: 380 }],
      ['namespace-wildcard-cert-selector', '', { namespaceWildcardCertSelector: undefined }],
      ['namespace-wildcard-cert-selector', '{}', { namespaceWildcardCertSelector: {} }],
      ['namespace-wildcard-cert-selector', 'matchLabels: {a: b}', { namespaceWildcardCertSelector: { matchLabels: { a: 'b' } } }],
      ['autocreate-cluster-domain-claims', 'true', { autocreateClusterDomainClaims: true }],
      ['default-external-scheme', 'https', { defaultExternalScheme: 'https' }],
      ['enable-mesh-pod-addressability', 'true', { enableMeshPodAddressability: true }],
      ['mesh-compatibility-mode', 'Enabled', { meshCompatibilityMode: 'enabled' }],
      ['mesh-compatibility-mode', 'maybe', { meshCompatibilityMode: 'auto' }],
    ],
    refused: [
      ['domain-template', '{{.Name}}/x', 'domain template has url path: /x'],
      ['domain-template', '{{.Name}}?x', 'domain template has url path: /?x'],
      ['domain-template', '{{if false}}', expect.stringMatching(/^template: domain-template:1: /)],
      ['domain-template', '', 'empty hostname'],
      ['domain-template', 'a b', 'parse "https://a b": invalid character " " in host name'],
      ['domainTemplate', '{{.Nothing}}', expect.stringMatching(/^template: domain-template.*Nothing/)],
      ['tag-template', '{{.Tag', 'template: tag-template:1: unclosed action'],
      ['tag-template', '{{.Namespace}}', expect.stringMatching(/^template: tag-template.*Namespace/)],
      ['cluster-local-domain-tls', 'on', 'cluster-local-domain-tls with value: "on" in config-network ConfigMap is not supported'],
      ['system-internal-tls', 'on', 'system-internal-tls with value: "on" in config-network ConfigMap is not supported'],
      ['internal-encryption', 'on', notBool('internal-encryption', 'on')],
      ['http-protocol', 'HTTP', 'httpProtocol HTTP in config-network ConfigMap is not supported'],
      ['rollout-duration', '-1', 'rollout-duration must be a positive integer, but was -1'],
      ['rollout-duration', '10s', notInt('rollout-duration', '10s')],
      ['namespace-wildcard-cert-selector', 'x', 'failed to parse "namespace-wildcard-cert-selector": want a map, was "x"'],
      ['autocreate-cluster-domain-claims', 'x', notBool('autocreate-cluster-domain-claims', 'x')],
      ['enable-mesh-pod-addressability', 'x', notBool('enable-mesh-pod-addressability', 'x')],
    ],
  },
  'config-observability': {
    accepted: [
      ['metrics-protocol', 'prometheus', { metricsProtocol: 'prometheus' }],
      ['metrics-export-interval', '60s', { metricsExportIntervalMs: 60_000 }],
      ['request-metrics-protocol', 'prometheus', { requestMetricsProtocol: 'prometheus' }],
      ['request-metrics-export-interval', '1m', { requestMetricsExportIntervalMs: 60_000 }],
      ['tracing-protocol', 'stdout', { tracingProtocol: 'stdout' }],
      ['tracing-sampling-rate', '0.1', { tracingSamplingRate: 0.1 }],
      ['runtime-profiling', 'enabled', { runtimeProfiling: 'enabled' }],
      ['runtime-export-interval', '1s', { runtimeExportIntervalMs: 1000 }],
      ['logging.enable-var-log-collection', 'true', { enableVarLogCollection: true }],
      ['logging.revision-url-template', 'http://x', { revisionUrlTemplate: 'http://x' }],
      ['logging.request-log-template', '{{.Request.Method}}', { requestLogTemplate: '{{.Request.Method}}' }],
      ['logging.enable-request-log', 'true', { enableRequestLog: true }],
      ['logging.enable-probe-request-log', 'true', { enableProbeRequestLog: true }],
    ],
    refused: [
      ['metrics-protocol', 'udp', 'unsupported protocol "udp"'],
      ['metrics-protocol', 'grpc', 'endpoint should be set when protocol is "grpc"'],
      ['metrics-endpoint', 'http://x', 'endpoint should not be set when protocol is "none"'],
      ['metrics-export-interval', '-1s', 'export interval "-1s" should be greater than zero'],
      ['request-metrics-protocol', 'http/protobuf', 'endpoint should be set when protocol is "http/protobuf"'],
      ['request-metrics-endpoint', 'http://x', 'endpoint should not be set when protocol is "none"'],
      ['request-metrics-export-interval', 'x', notDuration('request-metrics-export-interval', 'x')],
      ['tracing-protocol', 'zipkin', 'unsupported protocol "zipkin"'],
      ['tracing-protocol', 'grpc', 'endpoint should be set for protocol "grpc"'],
      ['tracing-endpoint', 'http://x', "endpoint should not be set when protocol is 'none'"],
      ['tracing-endpoint', 'http://x', "endpoint should not be set when protocol is 'none'", { 'tracing-protocol': 'stdout' }],
      ['tracing-sampling-rate', '-0.1', 'sampling rate -0.100000 should be greater or equal to zero'],
      ['tracing-sampling-rate', '1.1', 'sampling rate 1.100000 should be less than or equal to one'],
      ['runtime-profiling', 'on', 'unsupported profile setting "on"'],
      ['runtime-export-interval', '-1s', 'export interval "-1s" should be greater than zero'],
      ['logging.enable-var-log-collection', 'x', notBool('logging.enable-var-log-collection', 'x')],
      ['logging.request-log-template', '{{.Request', 'template: requestLog:1: unclosed action'],
      [
        'logging.enable-request-log',
        'true',
        '"logging.enable-request-log" was set to true, but no "logging.request-log-template" was specified',
        { 'logging.request-log-template': '' },
      ],
      ['logging.enable-probe-request-log', 'x', notBool('logging.enable-probe-request-log', 'x')],
    ],
  },
};

const names = Object.keys(tables) as ConfigMapName[];

describe.each(names)('%s', (name) => {
  const { accepted, refused } = tables[name];

  test.each(accepted)('takes %s: %j', (key, value, reading) => {
    expect(parse(name, { [key]: value })).toMatchObject(reading);
  });
  test.each(refused.map(([key, value, text, others = {}]) => ({ key, value, text, others })))('refuses $key: "$value"', (row) => {
    let said = 'nothing';
    try {
      parse(name, { ...row.others, [row.key]: row.value });
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toEqual(row.text);
  });

  test('takes its own defaults, and they are what it reads without any', () => {
    const written = configTables[name].rows.filter((r) => r.default !== undefined && name !== 'config-domain' && !r.key.startsWith('map-'));
    const defaults = Object.fromEntries(written.map((r) => [r.key, String(r.default)]));
    // Levels are told apart from those that are not set.
    const expected = name === 'config-logging' ? expect.anything() : parse(name, {});
    expect(JSON.stringify(parse(name, { ...defaults, ...needed[name] }))).toEqual(
      name === 'config-logging' ? expected : JSON.stringify(expected),
    );
  });

  test('has each of its keys in this table', () => {
    const tried = new Set([...accepted, ...refused].map(([key]) => key));
    expect(configTables[name].rows.map((r) => r.key).filter((k) => !tried.has(k))).toEqual([]);
  });
});

test('an older spelling counts where the key is not set, and no longer', () => {
  const old = { progressDeadline: '10s' };
  expect(parse('config-deployment', old)).toMatchObject({ progressDeadlineMs: 10_000 });
  expect(parse('config-deployment', { ...old, 'progress-deadline': '20s' })).toMatchObject({ progressDeadlineMs: 20_000 });
  expect(parse('config-network', { autoTLS: 'Enabled', 'external-domain-tls': 'Disabled' })).toMatchObject({ externalDomainTLS: false });
  expect(parse('config-network', { autoTLS: 'Enabled', 'auto-tls': 'Disabled' })).toMatchObject({ externalDomainTLS: false });
});

test('each older spelling of the contract is known', () => {
  const aliases = (name: ConfigMapName) => configTables[name].rows.flatMap((r) => r.aliases ?? []).sort();
  expect(aliases('config-deployment')).toEqual(
    `digestResolutionTimeout progressDeadline queueSidecarCPULimit queueSidecarCPURequest queueSidecarEphemeralStorageLimit
     queueSidecarEphemeralStorageRequest queueSidecarImage queueSidecarMemoryLimit queueSidecarMemoryRequest
     registriesSkippingTagResolving`.split(/\s+/),
  );
  expect(aliases('config-network')).toEqual(
    `auto-tls autoTLS autocreateClusterDomainClaims certificate.class defaultExternalScheme domainTemplate httpProtocol ingress.class
     rolloutDuration tagTemplate`.split(/\s+/),
  );
  expect(aliases('config-leader-election')).toEqual(['leaseDuration', 'renewDeadline', 'retryPeriod']);
});

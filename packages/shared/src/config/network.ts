import { compileTemplate, type Template } from '../lib/go-template.ts';
import { type Reading, readRows, row } from './row.ts';

const enabled = (text: string): boolean => text.toLowerCase() === 'enabled';

/** config-network (contract control-plane 6.3). */
export const networkRows = {
  ingressClass: row.text('ingress-class', 'istio.ingress.networking.knative.dev', 'The ingress class of routes that name none.', [
    'ingress.class',
  ]),
  certificateClass: row.text(
    'certificate-class',
    'cert-manager.certificate.networking.knative.dev',
    'The certificate class of routes that name none.',
    ['certificate.class'],
  ),
  domainTemplate: row.text(
    'domain-template',
    '{{.Name}}.{{.Namespace}}.{{.Domain}}',
    "A route's host: {{.Name}}, {{.Namespace}}, {{.Domain}}, {{.Annotations.x}}, {{.Labels.x}}.",
    ['domainTemplate'],
  ),
  tagTemplate: row.text('tag-template', '{{.Tag}}-{{.Name}}', "A tag's host name: {{.Tag}}, {{.Name}}.", ['tagTemplate']),
  externalDomainTLS: row.of(enabled)('external-domain-tls', 'Disabled', 'Whether external hosts get certificates.', [
    'auto-tls',
    'autoTLS',
  ]),
  clusterLocalDomainTLS: row.text('cluster-local-domain-tls', 'Disabled', 'Whether cluster-local hosts get certificates.'),
  systemInternalTLS: row.text('system-internal-tls', 'Disabled', 'Whether traffic between components is encrypted.'),
  httpProtocol: row.of((t) => t.toLowerCase())(
    'http-protocol',
    'Enabled',
    'enabled, or redirected: http answers with a redirect to https.',
    ['httpProtocol'],
  ),
  rolloutDurationSeconds: row.int('rollout-duration', '0', 'Seconds over which traffic moves to a new revision.', ['rolloutDuration']),
  autocreateClusterDomainClaims: row.bool(
    'autocreate-cluster-domain-claims',
    'false',
    'Whether a DomainMapping may claim its domain by itself.',
    ['autocreateClusterDomainClaims'],
  ),
  defaultExternalScheme: row.text('default-external-scheme', 'http', 'The scheme of external URLs without a certificate.', [
    'defaultExternalScheme',
  ]),
  enableMeshPodAddressability: row.bool('enable-mesh-pod-addressability', 'false', 'Whether a mesh lets pods be addressed one by one.'),
  meshCompatibilityMode: row.text('mesh-compatibility-mode', 'auto', 'auto, enabled or disabled.'),
};

export interface NetworkConfig extends Reading<typeof networkRows> {
  /** The templates, parsed. */
  templates: { domain: Template; tag: Template };
}

/** Parses and bounds config-network; throws the contract's texts. */
export function parseNetwork(data: Record<string, string>): NetworkConfig {
  const c = readRows(networkRows, data);
  for (const key of ['cluster-local-domain-tls', 'system-internal-tls'] as const) {
    const value = data[key];
    if (value !== undefined && !['enabled', 'disabled'].includes(value.toLowerCase())) {
      throw new Error(`${key} with value: ${JSON.stringify(value)} in config-network ConfigMap is not supported`);
    }
  }
  if (!['enabled', 'redirected', 'disabled'].includes(c.httpProtocol))
    throw new Error(`httpProtocol ${c.httpProtocol} in config-network ConfigMap is not supported`);
  if (c.rolloutDurationSeconds < 0) throw new Error(`rollout-duration must be a positive integer, but was ${c.rolloutDurationSeconds}`);
  const templates = { domain: compileTemplate('domain-template', c.domainTemplate), tag: compileTemplate('tag-template', c.tagTemplate) };
  const host = templates.domain({ Name: 'foo', Namespace: 'bar', Domain: 'baz.com', Annotations: {}, Labels: {} });
  if (host === '') throw new Error('empty hostname');
  if (host.includes('/')) throw new Error(`domain template has url path: ${host.slice(host.indexOf('/'))}`);
  templates.tag({ Name: 'foo', Tag: 'v2' });
  return { ...c, templates };
}

import { compileTemplate, type Template } from '../lib/go-template.ts';
import { type Reading, readRows, row } from './row.ts';
import { readMap } from './yaml.ts';

const enabled = (text: string): boolean => text.toLowerCase() === 'enabled';

const tls =
  (key: string) =>
  (text: string): boolean => {
    if (!['', 'enabled', 'disabled'].includes(text.toLowerCase()))
      throw new Error(`${key} with value: ${JSON.stringify(text)} in config-network ConfigMap is not supported`);
    return enabled(text);
  };

/** Unknown words leave the default, as upstream does. */
const meshMode = (text: string) => (['enabled', 'disabled'] as const).find((m) => m === text.toLowerCase()) ?? 'auto';

/** A label selector in YAML; undefined: none. */
const selector = (text: string): LabelSelector | undefined =>
  text === '' ? undefined : readMap(text, (why) => new Error(`failed to parse "namespace-wildcard-cert-selector": ${why}`));

/** A Kubernetes label selector. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

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
  externalDomainTLS: row.of(enabled, 'Enabled or Disabled')(
    'external-domain-tls',
    'Disabled',
    'Whether hosts that are open to the world get certificates: Enabled; anything else does not.',
    ['autoTLS', 'auto-tls'],
  ),
  clusterLocalDomainTLS: row.of(tls('cluster-local-domain-tls'), 'Enabled or Disabled')(
    'cluster-local-domain-tls',
    'Disabled',
    'Whether cluster-local hosts get certificates: Enabled or Disabled.',
  ),
  systemInternalTLS: row.of(tls('system-internal-tls'), 'Enabled or Disabled')(
    'system-internal-tls',
    'Disabled',
    'Whether traffic between components is encrypted: Enabled or Disabled.',
  ),
  internalEncryption: row.bool('internal-encryption', 'false', 'Deprecated: true is system-internal-tls: Enabled, whatever that says.'),
  namespaceWildcardCertSelector: row.of(selector, 'YAML')(
    'namespace-wildcard-cert-selector',
    '',
    'Namespaces that get a wildcard certificate for each default domain: a label selector in YAML; empty: none, {}: all.',
  ),
  httpProtocol: row.of((t) => t.toLowerCase() || 'enabled', 'Enabled or Redirected')(
    'http-protocol',
    'Enabled',
    'Enabled: http is answered. Redirected: it is sent to https. Disabled (deprecated): as Enabled.',
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
  meshCompatibilityMode: row.of(meshMode, 'auto, enabled or disabled')(
    'mesh-compatibility-mode',
    'auto',
    'Whether pods are addressed by their IP: disabled; by the IP of their Service: enabled; auto finds out.',
  ),
};

export interface NetworkConfig extends Reading<typeof networkRows> {
  /** The templates, parsed. */
  templates: { domain: Template; tag: Template };
}

/** Parses and bounds config-network; throws the contract's texts. */
export function parseNetwork(data: Record<string, string>): NetworkConfig {
  const c = readRows(networkRows, data);
  if (c.rolloutDurationSeconds < 0) throw new Error(`rollout-duration must be a positive integer, but was ${c.rolloutDurationSeconds}`);
  const templates = { domain: compileTemplate('domain-template', c.domainTemplate), tag: compileTemplate('tag-template', c.tagTemplate) };
  checkHost(templates.domain({ Name: 'foo', Namespace: 'bar', Domain: 'baz.com', Annotations: {}, Labels: {} }));
  templates.tag({ Name: 'foo', Tag: 'v2' });
  if (!['enabled', 'redirected', 'disabled'].includes(c.httpProtocol)) {
    const said = data['http-protocol'] ?? data.httpProtocol;
    throw new Error(`httpProtocol ${said} in config-network ConfigMap is not supported`);
  }
  return { ...c, systemInternalTLS: c.systemInternalTLS || c.internalEncryption, templates };
}

/** What a domain template makes must be a host and nothing more. */
function checkHost(made: string): void {
  const [, host = '', rest = ''] = /^([^/?#]*)(.*)$/s.exec(made) ?? [];
  // As Go's net/url has it: brackets of any kind are fine, and only %25 and what is not ASCII may be escaped.
  const badEscape = /%(?!25|[89a-f][\da-f])/i.exec(host);
  if (badEscape)
    throw new Error(`parse "https://${made}": invalid URL escape ${JSON.stringify(host.slice(badEscape.index, badEscape.index + 3))}`);
  const strange = /[^\w.~!$&'()*+,;=:[\]<>"%\u0080-\uffff-]/.exec(host)?.[0];
  if (strange !== undefined) throw new Error(`parse "https://${made}": invalid character ${JSON.stringify(strange)} in host name`);
  if (host === '') throw new Error('empty hostname');
  const uri = rest.replace(/#.*$/s, '').replace(/^\?/, '/?');
  if (uri !== '' && uri !== '/') throw new Error(`domain template has url path: ${uri}`);
}

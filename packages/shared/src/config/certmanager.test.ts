import { tryConfig } from '../testing/config-cases.ts';

tryConfig('config-certmanager', {
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
});

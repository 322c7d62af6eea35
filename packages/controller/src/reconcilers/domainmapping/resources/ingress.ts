import { asWritten, headers } from '@ebb/shared/api/headers.ts';
import type { DomainMapping, Ingress } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { ownerReference } from '@ebb/shared/api/meta.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import type { NetworkConfig } from '@ebb/shared/config/network.ts';
import { childName } from '@ebb/shared/lib/child-name.ts';
import { httpOptionOf, ingressAnnotations } from '../../ingress.ts';
import type { Backend } from '../address.ts';

/**
 * The Ingress of a DomainMapping: its domain, rewritten to the host of what it leads to, which the Service of that name leads
 * on to. Throws on a bad http-protocol annotation.
 */
export function ingressOf(mapping: DomainMapping, backend: Backend, network: NetworkConfig): Ingress {
  const { name, namespace, uid = '' } = mapping.metadata;
  const { tls } = mapping.spec;
  const split = {
    serviceNamespace: namespace,
    serviceName: backend.service,
    servicePort: ports.serviceHttp,
    percent: 100,
    appendHeaders: { [asWritten(headers.originalHost)]: name },
  };
  return {
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'Ingress',
    metadata: {
      name: childName(name, ''),
      namespace,
      labels: { ...mapping.metadata.labels, [labels.domainMappingUID]: uid, [labels.domainMappingNamespace]: namespace },
      annotations: ingressAnnotations(mapping, network),
      ownerReferences: [ownerReference(mapping)],
    },
    spec: {
      ...httpOptionOf(mapping, network),
      ...(tls ? { tls: [{ hosts: [name], secretName: tls.secretName, secretNamespace: namespace }] } : {}),
      // Challenges of certificates get their paths here, before this one, or rules of their own.
      rules: [
        {
          hosts: [name],
          visibility: 'ExternalIP',
          http: { paths: [{ rewriteHost: backend.host, splits: [split] }] },
        },
      ],
    },
  };
}

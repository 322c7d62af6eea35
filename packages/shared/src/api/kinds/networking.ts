import { type Static, Type } from 'typebox';
import type { KubeObject } from '../meta.ts';
import { bool, commonStatus, int32, intOrString, list, object, plainText, required, text, textMap, whole, word } from '../schema.ts';

/** The kinds ingresses and certificate issuers read: networking.internal.knative.dev (contract control-plane 1.3). */

const status = 'What is true now; written by whoever implements it.';

export const serverlessServiceSchemas = {
  spec: required(
    'Where requests for a revision go: to its pods, or to activators that hold them until there are pods.',
    {
      objectRef: object(
        'The object that is scaled, the Deployment of the revision.',
        {
          apiVersion: text('The API version.'),
          kind: text('The kind.'),
          name: text('The name.'),
          namespace: text('Not to be set.'),
          uid: text('Not to be set.'),
          resourceVersion: text('Not to be set.'),
          fieldPath: text('Not to be set.'),
        },
        whole,
      ),
      protocolType: word<'http1' | 'h2c'>('What the containers speak: http1 or h2c.'),
    },
    {
      mode: word<'Serve' | 'Proxy'>('Serve: requests go to the pods. Proxy: they go to activators.'),
      numActivators: int32('How many activators share the revision; 0: all.'),
    },
  ),
  status: object(status, {
    ...commonStatus,
    serviceName: text('The Kubernetes Service for requests: of pods or activators, by mode.'),
    privateServiceName: text('The Kubernetes Service of the pods, whatever the mode.'),
  }),
};

const split = required(
  'A share of the requests and the Kubernetes Service it goes to.',
  {
    serviceNamespace: text("The namespace of the Service; must be the Ingress's own."),
    serviceName: text('The name of the Service.'),
    servicePort: intOrString('The port of the Service, by number or name.'),
  },
  {
    percent: Type.Integer({ description: 'The share in percent; all of a path sum to 100. A single one may leave it out.' }),
    appendHeaders: textMap('Headers set on the requests of this share.'),
  },
);

const path = required(
  'Which requests of the host, and where they go.',
  { splits: list('The targets and their shares.', split) },
  {
    path: text('The beginning of the path; all paths when empty.'),
    rewriteHost: text('The Host the requests go on with.'),
    headers: Type.Unsafe<Record<string, { exact: string }>>({
      type: 'object',
      description: 'Headers the requests must have. Of paths that match, the one with most headers wins.',
      additionalProperties: {
        type: 'object',
        required: ['exact'],
        properties: { exact: { type: 'string', description: 'The value the header must have.' } },
      },
    }),
    appendHeaders: textMap('Headers set on the requests.'),
  },
);

const rule = object('Hosts and what happens to their requests.', {
  hosts: list('The hosts.', plainText),
  visibility: word<'' | 'ExternalIP' | 'ClusterLocal'>('ExternalIP (default): open to the world. ClusterLocal: only inside the cluster.'),
  http: required('What happens to HTTP requests.', { paths: list('By path and headers.', path) }),
});

const loadBalancer = (whose: string) =>
  object(`Where requests ${whose} are sent.`, {
    ingress: list(
      'The points of entry.',
      object('One of: ip, domain, domainInternal, meshOnly.', {
        ip: text('Its IP address.'),
        domain: text('Its name in DNS.'),
        domainInternal: text("Its name in the cluster's DNS."),
        meshOnly: bool('Whether it can be reached through a mesh only.'),
      }),
    ),
  });

export const ingressSchemas = {
  spec: object('Hosts and where their requests go.', {
    tls: list(
      'Certificates, by host.',
      object('Hosts and their certificate.', {
        hosts: list('The hosts.', plainText),
        secretName: text('The secret with the certificate.'),
        secretNamespace: text('The namespace of the secret.'),
      }),
    ),
    rules: list('What happens to requests, by host.', rule),
    httpOption: word<'' | 'Enabled' | 'Redirected'>('Enabled (default): plain HTTP is answered. Redirected: it is sent to https.'),
  }),
  status: object(status, {
    ...commonStatus,
    publicLoadBalancer: loadBalancer('from everywhere'),
    privateLoadBalancer: loadBalancer('from inside the cluster'),
  }),
};
export const certificateSchemas = {
  spec: required(
    'A certificate that is wanted.',
    {
      dnsNames: list('The names it is for; "*.example.com" is one.', plainText),
      secretName: text('The secret it is put into.'),
    },
    { domain: text('The domain all the names belong to.') },
  ),
  status: object(status, {
    ...commonStatus,
    notAfter: text('When the certificate ends.', { format: 'date-time' }),
    http01Challenges: list(
      'Challenges that must be answered for the certificate to be issued.',
      object('A URL and who answers it.', {
        url: text('The URL the issuer asks.'),
        serviceName: text('The Kubernetes Service that answers.'),
        serviceNamespace: text('Its namespace.'),
        servicePort: intOrString('Its port.'),
      }),
    ),
  }),
};

export const clusterDomainClaimSchemas = {
  spec: required('Who may use the domain that is the name of this object.', {
    namespace: text('The namespace that may have a DomainMapping of that name.'),
  }),
};

export type ServerlessService = KubeObject & {
  spec: Static<typeof serverlessServiceSchemas.spec>;
  status?: Static<typeof serverlessServiceSchemas.status>;
};
export type Ingress = KubeObject & { spec: Static<typeof ingressSchemas.spec>; status?: Static<typeof ingressSchemas.status> };
export type IngressRule = Static<typeof rule>;
export type IngressPath = Static<typeof path>;
export type IngressSplit = Static<typeof split>;
export type LoadBalancer = Static<ReturnType<typeof loadBalancer>>;
export type Certificate = KubeObject & { spec: Static<typeof certificateSchemas.spec>; status?: Static<typeof certificateSchemas.status> };
export type ClusterDomainClaim = KubeObject & { spec: Static<typeof clusterDomainClaimSchemas.spec> };

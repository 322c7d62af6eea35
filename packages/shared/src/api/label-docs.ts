import type { labels } from './labels.ts';

/** What docs/reference says of a label. */
interface LabelDoc {
  /** The kinds it is put on. */
  on: string;
  by: 'you' | 'Ebb';
  values: string;
  doc: string;
}

const below = 'Revision and all below it';
const row = (on: string, values: string, doc: string, by: LabelDoc['by'] = 'Ebb'): LabelDoc => ({ on, by, values, doc });

/** Every label of the table, for people (contract control-plane 2.1). */
export const labelDocs: Record<keyof typeof labels, LabelDoc> = {
  service: row(`Configuration, Route, ${below}`, 'name', 'The Service it belongs to.'),
  serviceUID: row(`Configuration, ${below}`, 'UID', 'The UID of that Service.'),
  configuration: row(below, 'name', 'The Configuration it comes from.'),
  configurationUID: row(below, 'UID', 'The UID of that Configuration.'),
  configurationGeneration: row(below, 'integer', 'The generation of the Configuration it was made for.'),
  route: row('Ingress, Certificate, Kubernetes Service', 'name', 'The Route it belongs to.'),
  routeNamespace: row('Ingress', 'namespace', 'The namespace of that Route.'),
  domainMappingUID: row('Ingress, Certificate', 'UID; on a Certificate the name', 'The DomainMapping it belongs to.'),
  domainMappingNamespace: row('Ingress', 'namespace', 'The namespace of that DomainMapping.'),
  routingState: row('Revision', '`pending`, `active`, `reserve`', 'Whether a route leads to it: not yet, yes, not any more.'),
  revision: row('all below a Revision', 'name', 'The Revision it belongs to.'),
  revisionUID: row('all below a Revision', 'UID', "The UID of that Revision; the Deployment's selector."),
  deploymentHash: row('Deployment', 'hash', 'Of all that was written, so that it is written again only when it changes.'),
  app: row(below, 'name', "The revision's name, where it has no label `app` of its own."),
  visibility: row('Service, Route, Kubernetes Service of a tag', '`cluster-local`', 'Makes its hosts open to the cluster only.', 'you'),
  serverlessService: row('Kubernetes Services and Endpoints of a revision', 'name', 'The ServerlessService it belongs to.'),
  serviceType: row(
    'Kubernetes Services and Endpoints of a revision',
    '`Public`, `Private`',
    'Whether requests are sent to it, or it names the pods only.',
  ),
  webhooksExclude: row('Namespace', 'any', 'Objects of the namespace are neither defaulted nor validated.', 'you'),
};

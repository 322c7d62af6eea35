import { type Reading, readRows, row } from './row.ts';
import { readMap, textsOf } from './yaml.ts';

/** Who issues certificates: an object of cert-manager. */
export interface IssuerRef {
  kind: string;
  name: string;
  group?: string;
}

const selfSigned: IssuerRef = { kind: 'ClusterIssuer', name: 'knative-selfsigned-issuer' };

/** What is said lies over the default, field by field. */
const issuer = (key: string, doc: string) => {
  const bad = (why: string) => new Error(`failed to parse "${key}": ${why}`);
  const read = (text: string): IssuerRef => {
    const { kind, name, group } = readMap(text, bad);
    const said = textsOf(Object.fromEntries(Object.entries({ kind, name, group }).filter(([, v]) => v !== undefined)));
    if (!said) throw bad(`kind, name and group must be texts, was ${JSON.stringify(text)}`);
    return { ...selfSigned, ...said };
  };
  return row.of(read, 'YAML')(key, 'kind: ClusterIssuer\nname: knative-selfsigned-issuer\n', doc);
};

/** config-certmanager (contract control-plane 6.5). */
export const certManagerRows = {
  issuerRef: issuer('issuerRef', 'Who issues certificates of external hosts: YAML with kind, name and group of a cert-manager issuer.'),
  clusterLocalIssuerRef: issuer('clusterLocalIssuerRef', 'Who issues certificates of cluster-local hosts.'),
  systemInternalIssuerRef: issuer('systemInternalIssuerRef', 'Who issues certificates for the traffic between components.'),
};
export type CertManagerConfig = Reading<typeof certManagerRows>;

/** Parses config-certmanager; throws what is wrong with its YAML. */
export const parseCertManager = (data: Record<string, string>): CertManagerConfig => readRows(certManagerRows, data);

import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';

type Env = Record<string, string | undefined>;

/** Where Linux distributions keep what their machines trust. */
const bundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/ca-bundle.pem', '/etc/ssl/cert.pem'];

/** What registries of the cluster itself are signed by. */
export const clusterBundle = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
const list = (dir: string): string[] => {
  try {
    return readdirSync(dir).map((name) => join(dir, name));
  } catch {
    return [];
  }
};

/** The certificates in PEM text; what is none is passed over. */
function certificatesIn(pem: string): string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  return blocks.filter((block) => {
    try {
      return new X509Certificate(block);
    } catch {
      return false;
    }
  });
}

/**
 * The certificates a registry may be signed by, in PEM: the system's, and the cluster's. SSL_CERT_FILE is read in place of
 * the system's bundle; the files of the folders in SSL_CERT_DIR (separated by `:`) are read besides it. Node's own list
 * stands in for a system that has none.
 */
export function trusted(env: Env, cluster: string = clusterBundle): string[] {
  const bundle = env.SSL_CERT_FILE ? [env.SSL_CERT_FILE] : bundles;
  const folders = (env.SSL_CERT_DIR ?? '').split(':').filter(Boolean);
  const first = bundle.map((path) => certificatesIn(read(path))).find((found) => found.length > 0) ?? [];
  const system = [...first, ...folders.flatMap(list).flatMap((path) => certificatesIn(read(path)))];
  return [...new Set([...(system.length > 0 ? system : rootCertificates), ...certificatesIn(read(cluster))])];
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Secret } from '@ebb/shared/api/builtin.ts';

/** A certificate for the host, signed by itself, as a secret of namespace `ns`. */
export function certificateSecret(name: string, host: string): Secret {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-certificate-'));
  const at = (file: string) => join(folder, file);
  try {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('key')];
    const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
    execFileSync('openssl', ['req', '-x509', ...key, '-out', at('cert'), ...subject], { stdio: 'ignore' });
    const base64 = (file: string) => readFileSync(at(file)).toString('base64');
    const data = { 'tls.crt': base64('cert'), 'tls.key': base64('key') };
    return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'ns' }, type: 'kubernetes.io/tls', data };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

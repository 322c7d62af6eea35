import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { must } from '../../scripts/lib/shell.ts';
import { net } from './parts.ts';
import { inState } from './paths.ts';

export const pki = (file: string): string => inState('pki', file);

/** Client and server identities: file name → subject and, for servers, alternative names. */
const identities: Record<string, { subject: string; names?: string }> = {
  apiserver: {
    subject: '/CN=kube-apiserver',
    names: `DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,DNS:localhost,IP:${net.apiService},IP:${net.node},IP:127.0.0.1`,
  },
  'apiserver-kubelet': { subject: '/O=system:masters/CN=kube-apiserver-kubelet-client' },
  'front-proxy': { subject: '/CN=front-proxy' },
  'metrics-server': { subject: '/O=system:masters/CN=metrics-server', names: `DNS:metrics-server.kube-system.svc,IP:${net.node}` },
  admin: { subject: '/O=system:masters/CN=ebb-admin' },
  'controller-manager': { subject: '/CN=system:kube-controller-manager' },
  scheduler: { subject: '/CN=system:kube-scheduler' },
  'kube-proxy': { subject: '/CN=system:kube-proxy' },
  kubelet: { subject: `/O=system:nodes/CN=system:node:${net.nodeName}` },
};

/** Makes what is missing of the cluster's keys and certificates (EC P-256, ten years: the cluster is a day's tool). */
export async function makeCertificates(): Promise<void> {
  mkdirSync(inState('pki'), { recursive: true, mode: 0o700 });
  const openssl = (...args: string[]) => must('openssl', args, { log: inState('logs', 'openssl.log') });
  const key = (name: string) => openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', pki(`${name}.key`));
  if (!existsSync(pki('ca.crt'))) {
    await key('ca');
    await openssl('req', '-x509', '-new', '-key', pki('ca.key'), '-days', '3650', '-subj', '/CN=ebb-cluster-ca', '-out', pki('ca.crt'));
  }
  if (!existsSync(pki('sa.pub'))) {
    await key('sa');
    await openssl('ec', '-in', pki('sa.key'), '-pubout', '-out', pki('sa.pub'));
  }
  for (const [name, { subject, names }] of Object.entries(identities)) {
    if (existsSync(pki(`${name}.crt`))) continue;
    await key(name);
    const ext = pki(`${name}.ext`);
    writeFileSync(ext, `extendedKeyUsage=clientAuth,serverAuth\n${names ? `subjectAltName=${names}\n` : ''}`);
    await openssl('req', '-new', '-key', pki(`${name}.key`), '-subj', subject, '-out', pki(`${name}.csr`));
    const sign = [
      'x509',
      '-req',
      '-in',
      pki(`${name}.csr`),
      '-CA',
      pki('ca.crt'),
      '-CAkey',
      pki('ca.key'),
      '-CAcreateserial',
      '-days',
      '3650',
    ];
    await openssl(...sign, '-extfile', ext, '-out', pki(`${name}.crt`));
  }
}

/** Writes a kubeconfig for one of the identities. */
export function writeKubeconfig(identity: string, file: string): void {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'ebb',
    clusters: [{ name: 'ebb', cluster: { server: `https://${net.node}:${net.apiPort}`, 'certificate-authority': pki('ca.crt') } }],
    users: [{ name: identity, user: { 'client-certificate': pki(`${identity}.crt`), 'client-key': pki(`${identity}.key`) } }],
    contexts: [{ name: 'ebb', context: { cluster: 'ebb', user: identity } }],
  };
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
}

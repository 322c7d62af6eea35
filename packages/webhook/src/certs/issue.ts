import { webcrypto } from 'node:crypto';
import './reflect.ts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** What the secret `webhook-certs` holds, in PEM (contract control-plane 4.1, 8). */
export interface Certs {
  key: string;
  cert: string;
  /** The CA's certificate, and behind it those of earlier CAs that may still be met. */
  ca: string;
}

export const validForMs = 7 * 24 * 3600 * 1000;
/** Clocks differ: a certificate is good a little before it was made. */
const backdatedMs = 5 * 60 * 1000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** The names a webhook is called by, the shortest first. */
export const dnsNames = (service: string, namespace: string, clusterDomain: string): string[] => [
  service,
  `${service}.${namespace}`,
  `${service}.${namespace}.svc`,
  `${service}.${namespace}.svc.${clusterDomain}`,
];

/** A new CA and a serving certificate for `names`, the last but one of which is its common name; `now` in milliseconds. */
export async function issue(names: readonly string[], now: number): Promise<Certs> {
  const { subtle } = webcrypto;
  const [caKeys, keys] = await Promise.all([0, 1].map(() => subtle.generateKey(algorithm, true, ['sign', 'verify'])));
  if (!caKeys || !keys) throw new Error('no keys');
  const subject = `CN=${names.at(-2) ?? names[0]}, O=knative.dev`;
  // Another name than the leaf's: the same on both reads as self-signed to some clients.
  const issuer = `CN=${names.at(-2) ?? names[0]} CA, O=knative.dev`;
  const common = {
    notBefore: new Date(now - backdatedMs),
    notAfter: new Date(now + validForMs),
    signingAlgorithm: algorithm,
    signingKey: caKeys.privateKey as webcrypto.CryptoKey,
  };
  const ca = await X509CertificateGenerator.create(
    {
      ...common,
      subject: issuer,
      issuer,
      publicKey: caKeys.publicKey as webcrypto.CryptoKey,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
        await SubjectKeyIdentifierExtension.create(caKeys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const cert = await X509CertificateGenerator.create(
    {
      ...common,
      subject,
      issuer,
      publicKey: keys.publicKey as webcrypto.CryptoKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        // Two CAs stand side by side while certificates change: this tells which one signed.
        await AuthorityKeyIdentifierExtension.create(caKeys.publicKey, false, webcrypto),
        new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
      ],
    },
    webcrypto,
  );
  const key = PemConverter.encode(await subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { key: `${key}\n`, cert: `${cert.toString('pem')}\n`, ca: `${ca.toString('pem')}\n` };
}

import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Secret } from '@ebb/shared/api/builtin.ts';
import type { Certs } from './issue.ts';

export const secretName = 'webhook-certs';
export const secretKeys = { key: 'server-key.pem', cert: 'server-cert.pem', ca: 'ca-cert.pem' } as const;
/** With less than this left a certificate is made anew (contract control-plane 4.1). */
export const renewBeforeMs = 24 * 3600 * 1000;

export const certsToData = ({ key, cert, ca }: Certs): Record<string, string> => {
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  return { [secretKeys.key]: encode(key), [secretKeys.cert]: encode(cert), [secretKeys.ca]: encode(ca) };
};

/** The certificates in a PEM text, one each. */
export const pemBlocks = (text: string): string[] =>
  (text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map((b) => `${b}\n`);

/** Reads the secret: its certificates, or why they are of no use for `names` at `now` (milliseconds). */
export function readCerts(
  secret: Secret | undefined,
  names: readonly string[],
  now: number,
): { certs?: Certs; why?: string; expiresAt?: number } {
  if (!secret) return { why: 'the secret does not exist' };
  const decode = (key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString();
  const certs = { key: decode(secretKeys.key), cert: decode(secretKeys.cert), ca: decode(secretKeys.ca) };
  for (const [field, key] of Object.entries(secretKeys)) if (!certs[field as keyof Certs]) return { why: `${key} is missing` };
  try {
    const cert = new X509Certificate(certs.cert);
    const [ca] = pemBlocks(certs.ca).map((b) => new X509Certificate(b));
    if (!ca || !cert.verify(ca.publicKey)) return { why: `${secretKeys.cert} is not signed by ${secretKeys.ca}` };
    if (!cert.checkPrivateKey(createPrivateKey(certs.key))) return { why: `${secretKeys.key} does not belong to ${secretKeys.cert}` };
    const missing = names.find((n) => cert.checkHost(n, { subject: 'never' }) === undefined);
    if (missing) return { why: `${secretKeys.cert} is not for ${missing}` };
    const expiresAt = Math.min(Date.parse(cert.validTo), Date.parse(ca.validTo));
    if (expiresAt - now < renewBeforeMs) return { why: `${secretKeys.cert} ends at ${cert.validTo}`, expiresAt };
    return { certs, expiresAt };
  } catch (error) {
    return { why: `it cannot be read: ${(error as Error).message}` };
  }
}

/** The first CA of a secret that is still good: what clients may hold while they learn of the next one. */
export function earlierCA(secret: Secret | undefined, now: number): string {
  const text = Buffer.from(secret?.data?.[secretKeys.ca] ?? '', 'base64').toString();
  try {
    const [first] = pemBlocks(text);
    return first && Date.parse(new X509Certificate(first).validTo) > now ? first : '';
  } catch {
    return '';
  }
}

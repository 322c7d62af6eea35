import { createHash, generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { bits, context, integer, octets, oid, sequence, set, time, utf8, yes } from './der.ts';

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

/** The names a webhook is called by, the shortest first. */
export const dnsNames = (service: string, namespace: string, clusterDomain: string): string[] => [
  service,
  `${service}.${namespace}`,
  `${service}.${namespace}.svc`,
  `${service}.${namespace}.svc.${clusterDomain}`,
];

const organization = 'knative.dev';
const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));

const name = (commonName: string): Buffer =>
  sequence(
    ...[['2.5.4.3', commonName] as const, ['2.5.4.10', organization] as const].map(([type, value]) =>
      set(sequence(oid(type), utf8(value))),
    ),
  );

/** How a key is told from others: the hash of its bits, which end its SubjectPublicKeyInfo (P-256: 65 bytes). */
const identifier = (key: KeyObject): Buffer =>
  createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }).subarray(-65))
    .digest();

const extension = (id: string, value: Buffer, critical = false): Buffer => sequence(oid(id), ...(critical ? [yes()] : []), octets(value));

/** The extensions of RFC 5280 4.2 that are used here. */
const extensions = {
  ca: [
    extension('2.5.29.19', sequence(yes()), true),
    // keyCertSign is bit 5.
    extension('2.5.29.15', bits(Buffer.from([0x04]), 2), true),
  ],
  server: [
    extension('2.5.29.19', sequence(), true),
    // digitalSignature is bit 0.
    extension('2.5.29.15', bits(Buffer.from([0x80]), 7), true),
    extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))),
  ],
  subjectKey: (key: KeyObject) => extension('2.5.29.14', octets(identifier(key))),
  authorityKey: (key: KeyObject) => extension('2.5.29.35', sequence(context(0, identifier(key)))),
  names: (names: readonly string[]) => extension('2.5.29.17', sequence(...names.map((n) => context(2, Buffer.from(n))))),
};

interface Wanted {
  subject: string;
  issuer: string;
  publicKey: KeyObject;
  /** The issuer's. */
  signWith: KeyObject;
  extensions: readonly Buffer[];
  now: number;
}

/** A signed certificate (RFC 5280 4.1) in PEM. */
function certificate({ subject, issuer, publicKey, signWith, extensions, now }: Wanted): string {
  const serial = randomBytes(16);
  // Not 0 at its front, and not negative.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const toSign = sequence(
    context(0, integer(Buffer.from([2])), true),
    integer(serial),
    ecdsaWithSha256,
    name(issuer),
    sequence(time(now - backdatedMs), time(now + validForMs)),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    context(3, sequence(...extensions), true),
  );
  const der = sequence(toSign, ecdsaWithSha256, bits(sign('sha256', toSign, signWith)));
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
}

const newKeys = () => promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });

/** A new CA and a serving certificate for `names`, the last but one of which is its common name; `now` in milliseconds. */
export async function issue(names: readonly string[], now: number): Promise<Certs> {
  const [caKeys, keys] = await Promise.all([newKeys(), newKeys()]);
  const subject = names.at(-2) ?? names[0] ?? '';
  // Another name than the leaf's: the same on both reads as self-signed to some clients.
  const issuer = `${subject} CA`;
  const common = { issuer, signWith: caKeys.privateKey, now };
  const ca = certificate({
    ...common,
    subject: issuer,
    publicKey: caKeys.publicKey,
    extensions: [...extensions.ca, extensions.subjectKey(caKeys.publicKey)],
  });
  const cert = certificate({
    ...common,
    subject,
    publicKey: keys.publicKey,
    // Two CAs stand side by side while certificates change: the authority's key tells which one signed.
    extensions: [...extensions.server, extensions.authorityKey(caKeys.publicKey), extensions.names(names)],
  });
  return { key: String(keys.privateKey.export({ type: 'pkcs8', format: 'pem' })), cert, ca };
}

import { X509Certificate } from 'node:crypto';
import type { Secret } from '@ebb/shared/api/builtin.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { certsToData, earlierCA, pemBlocks, readCerts, renewBeforeMs, secretKeys } from './check.ts';
import { type Certs, dnsNames, issue, validForMs } from './issue.ts';

const names = dnsNames('webhook', 'knative-serving', 'cluster.local');
const now = Date.UTC(2030, 0, 1);
const day = 24 * 3600 * 1000;
const secret = (data: Record<string, string> = {}): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'webhook-certs', namespace: 'knative-serving' },
  data,
});
let certs: Certs;
let other: Certs;
beforeAll(async () => {
  [certs, other] = await Promise.all([issue(names, now), issue(names, now)]);
});

test('certificates are what the contract says', () => {
  const cert = new X509Certificate(certs.cert);
  expect(cert.subject.split('\n').sort()).toEqual(['CN=webhook.knative-serving.svc', 'O=knative.dev']);
  expect(cert.subjectAltName).toBe(
    'DNS:webhook, DNS:webhook.knative-serving, DNS:webhook.knative-serving.svc, DNS:webhook.knative-serving.svc.cluster.local',
  );
  expect(cert.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
  expect(Date.parse(cert.validTo)).toBe(now + validForMs);
  expect(Date.parse(cert.validFrom)).toBeLessThan(now);
  const ca = new X509Certificate(certs.ca);
  expect([ca.ca, cert.ca, cert.checkIssued(ca)]).toEqual([true, false, true]);
});

describe('a secret', () => {
  test('is good until a day before its certificate ends', () => {
    const good = secret(certsToData(certs));
    expect(readCerts(good, names, now).certs).toEqual(certs);
    expect(readCerts(good, names, now + validForMs - renewBeforeMs).certs).toEqual(certs);
    expect(readCerts(good, names, now + validForMs - renewBeforeMs + 1000).why).toMatch(/^server-cert\.pem ends at /);
  });

  const base64 = (text: string) => Buffer.from(text).toString('base64');
  test.each<[string, () => Secret | undefined, string]>([
    ['is not there', () => undefined, 'the secret does not exist'],
    ['is empty', () => secret(), 'server-key.pem is missing'],
    ['has no data', () => ({ ...secret(), data: undefined }), 'server-key.pem is missing'],
    ['lacks its CA', () => secret({ ...certsToData(certs), [secretKeys.ca]: '' }), 'ca-cert.pem is missing'],
    ['has a certificate that is none', () => secret({ ...certsToData(certs), [secretKeys.cert]: base64('x') }), 'it cannot be read: '],
    ['has a key that is none', () => secret({ ...certsToData(certs), [secretKeys.key]: base64('x') }), 'it cannot be read: '],
    [
      "has another's key",
      () => secret({ ...certsToData(certs), [secretKeys.key]: base64(other.key) }),
      'server-key.pem does not belong to server-cert.pem',
    ],
    [
      "has another's CA",
      () => secret({ ...certsToData(certs), [secretKeys.ca]: base64(other.ca) }),
      'server-cert.pem is not signed by ca-cert.pem',
    ],
  ])('that %s is told so', (_what, of, why) => {
    const found = readCerts(of(), names, now);
    expect(found.certs).toBeUndefined();
    expect(found.why).toContain(why);
  });

  test('for other names is no good', () => {
    const others = dnsNames('webhook', 'elsewhere', 'cluster.local');
    expect(readCerts(secret(certsToData(certs)), others, now).why).toBe('server-cert.pem is not for webhook.elsewhere');
  });

  test('hands its CA on while that is good, and only the newest', () => {
    const both = secret(certsToData({ ...certs, ca: certs.ca + other.ca }));
    expect(readCerts(both, names, now).certs?.ca).toBe(certs.ca + other.ca);
    expect(pemBlocks(certs.ca + other.ca)).toEqual([certs.ca, other.ca]);
    expect(earlierCA(both, now)).toBe(certs.ca);
    expect(earlierCA(both, now + 8 * day)).toBe('');
    expect(earlierCA(secret({ [secretKeys.ca]: base64('x') }), now)).toBe('');
    expect(earlierCA(undefined, now)).toBe('');
  });
});

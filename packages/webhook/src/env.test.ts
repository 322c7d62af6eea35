import { afterEach, expect, test, vi } from 'vitest';
import { webhookEnv } from './env.ts';

afterEach(() => vi.unstubAllEnvs());
const of = (env: Record<string, string>) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return webhookEnv();
};

test('without a word it serves TLS 1.3 at 8443', () => {
  expect(of({})).toMatchObject({ service: 'webhook', port: 8443, tls: { minVersion: 'TLSv1.3' }, drainMs: 10_000, namespaceOwns: true });
});

test('the environment says otherwise', () => {
  const env = of({
    WEBHOOK_NAME: 'mine',
    WEBHOOK_PORT: '9443',
    WEBHOOK_TLS_MIN_VERSION: '1.2',
    WEBHOOK_TLS_MAX_VERSION: '1.2',
    WEBHOOK_TLS_CIPHER_SUITES: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    WEBHOOK_TLS_CURVE_PREFERENCES: 'P-256',
    DRAIN_SECONDS: '0',
    WEBHOOK_DISABLE_NAMESPACE_OWNERSHIP: '1',
  });
  expect(env).toMatchObject({
    service: 'mine',
    port: 9443,
    tls: {
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.2',
      ciphers: expect.stringContaining('ECDHE-ECDSA-AES128-GCM-SHA256'),
      ecdhCurve: 'P-256',
    },
    drainMs: 0,
    namespaceOwns: false,
  });
});

test.each([
  ['WEBHOOK_TLS_MIN_VERSION', '1.1', 'invalid WEBHOOK_TLS_MIN_VERSION "1.1": unsupported TLS version: must be "1.2" or "1.3"'],
  ['WEBHOOK_TLS_MAX_VERSION', '1.2', 'WEBHOOK_TLS_MIN_VERSION is greater than WEBHOOK_TLS_MAX_VERSION'],
  ['WEBHOOK_TLS_CIPHER_SUITES', 'NULL', 'invalid WEBHOOK_TLS_CIPHER_SUITES: unknown cipher suite "NULL"'],
  ['DRAIN_SECONDS', 'long', 'DRAIN_SECONDS is "long"; whole seconds from 0 to 300 would be right'],
])('%s=%s is refused', (name, value, text) => {
  expect(() => of({ [name]: value })).toThrow(text);
});

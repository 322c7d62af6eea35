import { createSecureContext } from 'node:tls';
import { expect, test } from 'vitest';
import { tlsSettings } from './tls-settings.ts';

const of = (env: Record<string, string>) => tlsSettings(Object.fromEntries(Object.entries(env).map(([k, v]) => [`P_TLS_${k}`, v])), 'P_');

test('TLS 1.3 where nothing is said', () => {
  expect(of({})).toEqual({ minVersion: 'TLSv1.3' });
});

test('versions, suites and curves by the names Go gives them', () => {
  const settings = of({
    MIN_VERSION: '1.2',
    MAX_VERSION: '1.3',
    CIPHER_SUITES: 'TLS_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
    CURVE_PREFERENCES: 'X25519MLKEM768,CurveP256, P-384',
  });
  expect(settings).toEqual({
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers:
      'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-AES256-SHA',
    ecdhCurve: 'X25519MLKEM768:P-256:P-384',
  });
  // OpenSSL knows them all.
  expect(() => createSecureContext(settings)).not.toThrow();
});

test.each([
  ['MIN_VERSION', '1.1', 'invalid P_TLS_MIN_VERSION "1.1": unsupported TLS version: must be "1.2" or "1.3"'],
  ['CIPHER_SUITES', 'TLS_RSA_WITH_RC4_128_SHA', 'invalid P_TLS_CIPHER_SUITES: unknown cipher suite "TLS_RSA_WITH_RC4_128_SHA"'],
  ['CURVE_PREFERENCES', 'CurveP224', 'invalid P_TLS_CURVE_PREFERENCES: unknown curve "CurveP224"'],
  ['MAX_VERSION', '1.2', 'P_TLS_MIN_VERSION is greater than P_TLS_MAX_VERSION'],
])('%s %s', (name, value, text) => {
  expect(() => of({ [name]: value })).toThrow(text);
});

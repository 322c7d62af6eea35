import { afterEach, expect, test, vi } from 'vitest';
import { readSettings } from './settings.ts';

afterEach(() => vi.unstubAllEnvs());

test('without variables, what a plain install has', () => {
  expect(readSettings()).toEqual({
    ports: { http: 8080, localHttp: 8081, https: 8443, localHttps: 8444 },
    probesPort: 8082,
    drainMs: 10_000,
    graceMs: 300_000,
    accessLogShare: 0,
    trustForwarded: true,
    proxyProtocol: false,
    maxConnectionsPerClient: 0,
    maxHeaderBytes: 16_384,
    maxConcurrentStreams: 250,
    workers: 1,
  });
});

test.each([
  ['ACCESS_LOG_SHARE', '0.25', { accessLogShare: 0.25 }],
  ['TRUST_FORWARDED_HEADERS', 'false', { trustForwarded: false }],
  ['PROXY_PROTOCOL', 'true', { proxyProtocol: true }],
  ['MAX_CONNECTIONS_PER_CLIENT', '100', { maxConnectionsPerClient: 100 }],
  ['MAX_HEADER_BYTES', '65536', { maxHeaderBytes: 65_536 }],
  ['MAX_CONCURRENT_STREAMS', '10', { maxConcurrentStreams: 10 }],
  ['DRAIN_SECONDS', '0.5', { drainMs: 500 }],
  ['WORKERS', '4', { workers: 4 }],
])('%s=%s', (name, value, expected) => {
  vi.stubEnv(name, value);
  expect(readSettings()).toMatchObject(expected);
});

test.each([
  ['ACCESS_LOG_SHARE', '2', 'ACCESS_LOG_SHARE is "2"; a share from 0 to 1 would be right'],
  ['TRUST_FORWARDED_HEADERS', 'no', 'TRUST_FORWARDED_HEADERS is "no"; true or false would be right'],
  ['MAX_HEADER_BYTES', '1', 'MAX_HEADER_BYTES is "1"; a number from 1024 to 1048576 would be right'],
  ['MAX_CONCURRENT_STREAMS', 'x', 'MAX_CONCURRENT_STREAMS is "x"; a number from 1 to 10000 would be right'],
  ['WORKERS', '0', 'WORKERS is "0"; a number from 1 to 256 would be right'],
  ['DRAIN_SECONDS', '-1', 'DRAIN_SECONDS is "-1"; seconds from 0 to 86400 would be right'],
])('%s=%s is refused', (name, value, message) => {
  vi.stubEnv(name, value);
  expect(readSettings).toThrow(message);
});

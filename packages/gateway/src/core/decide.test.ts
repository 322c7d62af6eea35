import { expect, test } from 'vitest';
import { ingress, rule, split } from '../testing/objects.ts';
import { compile } from './compile.ts';
import { type Decision, decide } from './decide.ts';
import { specHash } from './fingerprint.ts';
import { RouteTable, type Visibility } from './table.ts';

const own = ingress('app', [
  rule(['app.example.com'], [{ splits: [split('app', { appendHeaders: { 'Knative-Serving-Revision': 'app-00001' } })] }]),
  rule(['app.ns'], [{ splits: [split('app')] }], { visibility: 'ClusterLocal' }),
]);
const mapped = ingress('mapped', [
  rule(['mapped.example.com', '[::1]'], [{ path: '/only', rewriteHost: 'app.ns.svc.cluster.local', splits: [split('app')] }]),
]);
const secure = (httpOption: 'Redirected', tls: { hosts: string[] }[]) =>
  ingress('secure', [rule(['secure.example.com'], [{ splits: [split('app')] }])], { httpOption, tls });

function asked(
  url: string,
  headers: Record<string, string> = {},
  visibility: Visibility = 'external',
  more = secure('Redirected', []),
  overTls = false,
  trusting = true,
): Decision {
  const table = new RouteTable();
  for (const i of [own, mapped, more]) table.put(compile(i));
  const { host = 'app.example.com', ...rest } = headers;
  const request = { authority: host, url, headers: rest, remoteAddress: '192.0.2.1', header: (name: string) => rest[name] ?? '' };
  return decide(table, { visibility, secure: overTls, trusting }, request, 0);
}

test.each(['app.example.com', 'APP.Example.com', 'app.example.com:8080', 'App.example.com:80'])('host %s', (host) => {
  expect(asked('/', { host })).toMatchObject({ to: 'backend', split: { backend: 'ns/app:80' }, authority: undefined });
});

test('an address as the host', () => expect(asked('/only/x', { host: '[::1]:8080' })).toMatchObject({ to: 'backend' }));

test('hosts that nobody serves', () => {
  expect(asked('/', { host: 'other.example.com' })).toEqual({ to: 'nobody', why: 'no Ingress serves host "other.example.com" here' });
  expect(asked('/', { host: '' })).toMatchObject({ to: 'nobody' });
  expect(asked('/', { host: 'mapped.example.com' })).toEqual({ to: 'nobody', why: 'no path of host "mapped.example.com" matches' });
});

test('cluster-local hosts are served inside only, external ones on both sides', () => {
  expect(asked('/', { host: 'app.ns' }, 'external').to).toBe('nobody');
  expect(asked('/', { host: 'app.ns' }, 'local').to).toBe('backend');
  expect(asked('/', {}, 'local').to).toBe('backend');
});

test('headers: the split sets its own, the scheme is told unless somebody in front told it', () => {
  expect(asked('/', { 'knative-serving-revision': 'forged' })).toMatchObject({
    headers: { 'knative-serving-revision': 'app-00001', 'x-forwarded-proto': 'http' },
  });
  expect(asked('/', { 'x-forwarded-proto': 'https' })).toMatchObject({ headers: { 'x-forwarded-proto': 'https' } });
});

test('what an untrusted client says of itself does not go on', () => {
  const forged = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '10.0.0.1' };
  const decision = asked('/', forged, 'external', undefined, false, false);
  const gone = { forwarded: undefined, 'x-forwarded-host': undefined, 'x-forwarded-port': undefined, 'x-real-ip': undefined };
  expect(decision).toHaveProperty('headers', {
    ...gone,
    'x-forwarded-proto': 'http',
    'x-forwarded-for': '192.0.2.1',
    'knative-serving-revision': 'app-00001',
  });
});

test('the query is no part of the path; a rewritten host goes upstream', () => {
  expect(asked('/only?x=/', { host: 'mapped.example.com' })).toMatchObject({ to: 'backend', authority: 'app.ns.svc.cluster.local' });
  expect(asked('/?/only', { host: 'mapped.example.com' })).toMatchObject({ to: 'nobody' });
});

test('an absolute request target names the host', () => {
  expect(asked('http://app.example.com/x', { host: 'other' })).toMatchObject({ to: 'backend', authority: 'app.example.com' });
  expect(asked('*')).toMatchObject({ to: 'backend' });
});

test('the hash is set for who asks to override it, and passes unchanged otherwise', () => {
  expect(asked('/', { 'k-network-hash': 'override' })).toHaveProperty('headers.k-network-hash', specHash(own));
  expect(asked('/', { 'k-network-hash': 'other' })).not.toHaveProperty('headers.k-network-hash');
});

test('a prober is answered by the gateway; a probe without a hash to override goes to the backend', () => {
  const probe = { 'k-network-probe': 'probe', 'k-network-hash': 'override' };
  expect(asked('/healthz', probe)).toMatchObject({ to: 'prober', routes: { hash: specHash(own) } });
  expect(asked('/healthz', { ...probe, host: 'other' })).toMatchObject({ to: 'nobody' });
  expect(asked('/healthz', { 'k-network-probe': 'probe' })).toMatchObject({ to: 'backend' });
});

test('http goes to https when redirected, outside only, and only with a certificate', () => {
  const certified = secure('Redirected', [{ hosts: ['secure.example.com'] }]);
  const headers = { host: 'secure.example.com:8080' };
  expect(asked('/a?b=1', headers, 'external', certified)).toEqual({ to: 'https', location: 'https://secure.example.com/a?b=1' });
  expect(asked('/a?b=1', headers, 'local', certified)).toMatchObject({ to: 'backend' });
  expect(asked('/a?b=1', headers)).toMatchObject({ to: 'backend' });
  const told = { ...headers, 'x-forwarded-proto': 'https' };
  expect(asked('/a?b=1', told, 'external', certified)).toMatchObject({ to: 'backend' });
  expect(asked('/a?b=1', told, 'external', certified, false, false)).toMatchObject({ to: 'https' });
  expect(asked('/a?b=1', headers, 'external', certified, true)).toMatchObject({ to: 'backend', headers: { 'x-forwarded-proto': 'https' } });
  const probe = { ...headers, 'k-network-probe': 'probe', 'k-network-hash': 'override' };
  expect(asked('/healthz', probe, 'external', certified)).toMatchObject({ to: 'prober' });
});

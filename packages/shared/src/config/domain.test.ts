import { expect, test } from 'vitest';
import { tryConfig } from '../testing/config-cases.ts';
import { domainsOf, lookupDomain, parseDomain } from './domain.ts';

tryConfig('config-domain', {
  accepted: [
    ['example.com', '', { domains: { 'example.com': { selector: {}, wildcard: true } } }],
    ['example.org', 'selector:\n  app: x', { domains: { 'example.org': { selector: { app: 'x' }, wildcard: false } } }],
    ['example.org', 'selector: {app: 1}', { domains: { 'example.org': { selector: { app: '1' }, wildcard: false } } }],
    ['example.org', '{selector: {app: x}, type: wildcard}', { domains: { 'example.org': { selector: { app: 'x' }, wildcard: true } } }],
  ],
  refused: [
    ['example.com', 'app', 'failed to parse "example.com": want a map, was "app"'],
    ['example.com', 'selector: x', 'failed to parse "example.com": selector must map labels to texts, was "x"'],
    ['example.com', 'selector: {a: [1]}', 'failed to parse "example.com": selector must map labels to texts, was {"a":[1]}'],
    ['example.com', 'type: [1]', 'failed to parse "example.com": type must be a text, was [1]'],
  ],
});

test('without a domain for every route, the one of the cluster is it', () => {
  const local = { 'svc.cluster.local': { selector: {}, wildcard: true } };
  expect(domainsOf(parseDomain({}), 'cluster.local')).toEqual(local);
  const one = parseDomain({ 'example.org': 'selector: {app: x}' });
  expect(domainsOf(one, 'cluster.local')).toEqual({ ...one.domains, ...local });
  const all = parseDomain({ 'example.com': '' });
  expect(domainsOf(all, 'cluster.local')).toEqual(all.domains);
});

test.each<[Record<string, string>, string]>([
  [{}, 'a.example.com'],
  [{ app: 'x' }, 'x.example.com'],
  [{ app: 'x', tier: '1' }, 'x1.example.com'],
  [{ app: 'y' }, 'a.example.com'],
  [{ app: 'x', 'networking.knative.dev/visibility': 'cluster-local' }, 'svc.cluster.local'],
])('a route with %j gets %s', (labels, domain) => {
  const config = parseDomain({
    'b.example.com': '',
    'a.example.com': '',
    'x.example.com': 'selector: {app: x}',
    'x1.example.com': 'selector: {app: x, tier: 1}',
  });
  expect(lookupDomain(config, labels, 'cluster.local')).toBe(domain);
});

import type { KubeService } from '@ebb/shared/api/builtin.ts';
import type { Route } from '@ebb/shared/api/kinds.ts';
import { parseDomain } from '@ebb/shared/config/domain.ts';
import { parseNetwork } from '@ebb/shared/config/network.ts';
import { describe, expect, test } from 'vitest';
import { localHosts, targetOf } from './hosts.ts';

const route = (labels: Record<string, string> = {}, annotations: Record<string, string> = {}): Route => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Route',
  metadata: { name: 'hello', namespace: 'shop', labels, annotations },
  spec: {},
});
const naming = (
  network: Record<string, string> = {},
  domains: Record<string, string> = { 'example.com': '' },
  clusterDomain = 'cluster.local',
) => ({
  network: parseNetwork(network),
  domain: parseDomain(domains),
  clusterDomain,
});
const labelled = (value: string) => ({ metadata: { labels: { 'networking.knative.dev/visibility': value } } }) as unknown as KubeService;

describe('the host of a target', () => {
  test.each([
    ['a route', '', naming(), 'http://hello.shop.example.com'],
    ['a tag', 'v2', naming(), 'http://v2-hello.shop.example.com'],
    [
      'templates',
      'v2',
      naming({ 'domain-template': '{{.Name}}-{{.Namespace}}.{{.Domain}}', 'tag-template': '{{.Name}}-{{.Tag}}' }),
      'http://hello-v2-shop.example.com',
    ],
    ['another scheme', '', naming({ 'default-external-scheme': 'https' }), 'https://hello.shop.example.com'],
    ['no domain', '', naming({}, {}), 'http://hello.shop.svc.cluster.local'],
    ['another cluster domain', '', naming({}, {}, 'corp.internal'), 'http://hello.shop.svc.corp.internal'],
  ])('%s', (_what, tag, names, url) => {
    expect(targetOf(route(), tag, undefined, names).url).toBe(url);
  });

  test('the domain with the most matching labels, then by name', () => {
    const names = naming(
      {},
      { 'example.com': '', 'b.org': 'selector: {app: x}', 'a.org': 'selector: {app: x}', 'c.org': 'selector: {app: x, env: y}' },
    );
    const host = (labels: Record<string, string>) => targetOf(route(labels), '', undefined, names).host;
    expect([host({}), host({ app: 'x' }), host({ app: 'x', env: 'y' }), host({ app: 'z' })]).toEqual([
      'hello.shop.example.com',
      'hello.shop.a.org',
      'hello.shop.c.org',
      'hello.shop.example.com',
    ]);
  });

  test('local: by the label of the route, exactly; by any label on the placeholder', () => {
    const local = (labels: Record<string, string>, placeholder?: KubeService) => targetOf(route(labels), '', placeholder, naming()).local;
    const visibility = 'networking.knative.dev/visibility';
    expect(local({ [visibility]: 'cluster-local' })).toBe(true);
    expect(local({ [visibility]: 'anything' })).toBe(false);
    expect(local({}, labelled('anything'))).toBe(true);
    expect(local({}, labelled(''))).toBe(false);
  });

  test('a template that makes no domain is refused with what it made', () => {
    const names = naming({ 'domain-template': '{{.Name}}_{{.Domain}}' });
    expect(() => targetOf(route(), '', undefined, names)).toThrow('domain name error: invalid domain name "hello_example.com": ');
  });
});

test('inside the cluster a target has three names', () => {
  expect(localHosts('v2-hello', 'shop', 'cluster.local')).toEqual([
    'v2-hello.shop',
    'v2-hello.shop.svc',
    'v2-hello.shop.svc.cluster.local',
  ]);
});

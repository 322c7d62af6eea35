import type { Endpoints, KubeService } from '@ebb/shared/api/builtin.ts';
import { beforeEach, expect, test } from 'vitest';
import { endpoints, service } from '../testing/objects.ts';
import { FilledCache } from './filled-cache.ts';
import { Pools } from './pools.ts';

let services: FilledCache<KubeService>;
let addresses: FilledCache<Endpoints>;
let pools: Pools;
beforeEach(() => {
  services = new FilledCache();
  addresses = new FilledCache();
  pools = new Pools({ services, endpoints: addresses, clusterDomain: 'cluster.local' });
});

const backend = { namespace: 'ns', service: 'alias', port: '80' };
const standsFor = (externalName: string): KubeService => ({
  ...service('alias'),
  spec: { type: 'ExternalName', externalName, ports: [{ name: 'http2', port: 80 }] },
});
const one = 'one.ns.svc.cluster.local';
const at = () => pools.get('ns/alias:80')?.pick(0, () => 0)?.target;

/** As the watches tell of it, with what has addresses since. */
const put = (object: KubeService) => {
  services.put(object);
  return pools.refresh('ns', object.metadata.name);
};
const run = (name: string, port: number) => {
  put(service(name));
  addresses.put(endpoints(name, { port }));
  return pools.refresh('ns', name);
};

test('a Service that stands for another has its addresses, and follows them', () => {
  pools.ensure(backend);
  put(standsFor(one));
  expect(at()).toBeUndefined();
  expect(run('one', 1)).toEqual(['ns/alias:80']);
  expect(at()).toEqual({ host: '127.0.0.1', port: 1 });
  run('one', 2);
  expect(at()?.port).toBe(2);
});

test('it may come to stand for another one, or for itself', () => {
  run('one', 1);
  run('two', 2);
  services.put(standsFor(one));
  pools.ensure(backend);
  expect(at()?.port).toBe(1);
  put(standsFor('two.ns.svc.cluster.local'));
  expect(at()?.port).toBe(2);
  expect(run('one', 3)).toEqual([]);
  expect(at()?.port).toBe(2);
  put(service('alias'));
  addresses.put(endpoints('alias', { port: 4 }));
  pools.refresh('ns', 'alias');
  expect(at()?.port).toBe(4);
  run('two', 5);
  expect(at()?.port).toBe(4);
});

test('a port speaks what its name or appProtocol says; a name of both kinds what the client does', () => {
  const protocol = () => pools.get('ns/alias:80')?.protocol;
  pools.ensure(backend);
  put(service('alias'));
  expect(protocol()).toBe('http1');
  put(service('alias', 'http2'));
  expect(protocol()).toBe('h2c');
  put({ ...service('alias'), spec: { ports: [{ port: 80, appProtocol: 'kubernetes.io/h2c' }] } });
  expect(protocol()).toBe('h2c');
  put(standsFor(one));
  put(service('one'));
  expect(protocol()).toBeUndefined();
  put(service('one', 'http2'));
  expect(protocol()).toBe('h2c');
});

test('any other name is for DNS to know', () => {
  put(standsFor('api.example.com'));
  pools.ensure(backend);
  expect(at()).toEqual({ host: 'api.example.com', port: 80 });
});

test('two that stand for each other lead nowhere', () => {
  pools.ensure(backend);
  put(standsFor('alias.ns.svc.cluster.local'));
  expect(at()).toBeUndefined();
  expect(put(standsFor(one))).toEqual([]);
  expect(run('one', 1)).toEqual(['ns/alias:80']);
});

test('what is released is not followed any more', () => {
  put(standsFor(one));
  pools.ensure(backend);
  pools.release(backend);
  expect(run('one', 1)).toEqual([]);
  expect(pools.get('ns/alias:80')).toBeUndefined();
});

import type { Secret } from '@ebb/shared/api/builtin.ts';
import { describe, expect, test } from 'vitest';
import { credentialsFor, keyringOf } from './credentials.ts';
import { parseReference } from './reference.ts';

const base64 = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
const secret = (data: unknown, key = '.dockerconfigjson', type = `kubernetes.io/${key.slice(1)}`): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'pull', namespace: 'default' },
  type,
  data: { [key]: base64(data) },
});
const auths = (...hosts: string[]) => secret({ auths: Object.fromEntries(hosts.map((h) => [h, { username: h, password: 'x' }])) });
/** Who asks for an image, best first: the user names are the patterns. */
const who = (image: string, ...secrets: Secret[]) => credentialsFor(keyringOf(secrets), parseReference(image)).map((c) => c.username);

describe('which credentials are for an image', () => {
  test.each<[string, string, boolean]>([
    ['registry.example.com', 'registry.example.com/hello', true],
    ['https://registry.example.com', 'registry.example.com/hello', true],
    ['http://registry.example.com/', 'registry.example.com/hello', true],
    ['https://registry.example.com/v1/', 'registry.example.com/hello', true],
    ['registry.example.com/v2/team', 'registry.example.com/team/hello', true],
    ['registry.example.com/team', 'registry.example.com/team/hello', true],
    ['registry.example.com/team', 'registry.example.com/other/hello', false],
    ['registry.example.com', 'registry.example.com:5000/hello', false],
    ['registry.example.com:5000', 'registry.example.com:5000/hello', true],
    ['registry.example.com:5000', 'registry.example.com/hello', false],
    ['*.example.com', 'registry.example.com/hello', true],
    ['*.example.com', 'a.registry.example.com/hello', false],
    ['*.*.example.com', 'a.registry.example.com/hello', true],
    ['reg*.example.com', 'registry.example.com/hello', true],
    ['*e*s*y.example.com', 'registry.example.com/hello', true],
    ['*e*s*x.example.com', 'registry.example.com/hello', false],
    ['r[z-a]gistry.example.com', 'registry.example.com/hello', false],
    [`${'*a'.repeat(30)}.example.com`, `${'a'.repeat(60)}b.example.com/hello`, false],
    ['r[a-f]gistry.example.com', 'registry.example.com/hello', true],
    ['r[^e]gistry.example.com', 'registry.example.com/hello', false],
    ['registry-example.com', 'registryxexample.com/hello', false],
    ['https://index.docker.io/v1/', 'hello', true],
    ['https://index.docker.io/v1/', 'team/hello:v1', true],
    ['docker.io', 'team/hello', true],
    ['docker.io', 'docker.io/team/hello', true],
    ['index.docker.io/library', 'hello', true],
    ['index.docker.io/library', 'team/hello', false],
    ['10.0.0.*:5000', '10.0.0.7:5000/hello', true],
  ])('%s: %s', (pattern, image, fits) => {
    expect(who(image, auths(pattern))).toEqual(fits ? [pattern] : []);
  });

  test('the more specific first, in whatever secret it is', () => {
    expect(
      who('registry.example.com/team/hello', auths('*.example.com'), auths('registry.example.com', 'registry.example.com/team')),
    ).toEqual(['registry.example.com/team', 'registry.example.com', '*.example.com']);
  });
});

describe('what a secret holds', () => {
  const of = (...secrets: Secret[]) => credentialsFor(keyringOf(secrets), parseReference('r.example.com/hello'));
  test.each<[string, unknown, unknown]>([
    ['name and password', { username: 'ann', password: 'x:y' }, [{ username: 'ann', password: 'x:y' }]],
    ['both in one', { auth: base64('ann:x:y') }, [{ username: 'ann', password: 'x:y' }]],
    ['one before two', { auth: base64('ann:new'), username: 'old', password: 'old' }, [{ username: 'ann', password: 'new' }]],
    ['without a password', { username: 'ann' }, [{ username: 'ann', password: '' }]],
    ['nothing', {}, []],
    ['no name', { auth: base64('ann') }, []],
    ['no text', { auth: 7 }, []],
    ['null', null, []],
  ])('%s', (_what, auth, found) => {
    expect(of(secret({ auths: { 'r.example.com': auth } }))).toEqual(found);
    expect(of(secret({ 'r.example.com': auth }, '.dockercfg'))).toEqual(found);
  });

  test('other types of secret, and secrets without their key, hold nothing', () => {
    const config = { auths: { 'r.example.com': { username: 'ann' } } };
    expect(of(secret(config, '.dockerconfigjson', 'Opaque'))).toEqual([]);
    expect(of(secret(config, 'other', 'kubernetes.io/dockerconfigjson'))).toEqual([]);
    expect(of(secret({}))).toEqual([]);
  });

  test('what is not JSON is told without being quoted', () => {
    expect(() => keyringOf([secret('{"auths": hunter2')])).toThrow(/^\.dockerconfigjson of the secret "pull" is not JSON$/);
  });
});

import type { Pod } from '@ebb/shared/api/builtin.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { describe, expect, test } from 'vitest';
import { isPodAddress } from './address.ts';
import { claimsOf } from './claims.ts';
import { judge, type Known } from './judge.ts';
import { bearerOf } from './review.ts';

const tokenOf = (payload: unknown): string => `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.sig`;
const claims = { aud: ['ebb'], 'kubernetes.io': { namespace: 'default', pod: { name: 'hello-abc', uid: 'u1' } } };
const request = { pod: 'hello-abc', namespace: 'default', revision: 'hello-00001', address: '10.0.0.9', token: tokenOf(claims) };
const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'hello-abc', namespace: 'default', uid: 'u1', labels: { [labels.revision]: 'hello-00001' } },
};
const nature = { containerConcurrency: 0, protocol: 'http1', onlyKubernetesKnows: false } as const;
const known: Known = { pod, nature, holders: [] };

describe('an address of a pod', () => {
  test.each(['10.244.0.7', '192.168.1.1', '172.16.0.1', '100.64.0.1', '8.8.8.8', '128.0.0.1', 'fd00::1', '2001:db8::1'])(
    '%s',
    (address) => {
      expect(isPodAddress(address)).toBe(true);
    },
  );
  test.each([
    ...['', 'localhost', 'pod.example.com', '10.0.0.1:80', '10.0.0', '010.0.0.1', ' 10.0.0.1'],
    ...['0.0.0.0', '127.0.0.1', '127.255.0.1', '169.254.169.254', '224.0.0.1', '255.255.255.255'],
    ...[
      '::',
      '::1',
      'fe80::1',
      'fe80::1%eth0',
      'fd00::1%eth0',
      'ff02::1',
      '::ffff:10.0.0.1',
      '::ffff:127.0.0.1',
      '::127.0.0.1',
      '64:ff9b::7f00:1',
    ],
  ])('is not %j', (address) => {
    expect(isPodAddress(address)).toBe(false);
  });
});

describe('the claims of a token', () => {
  test('are read', () => {
    expect(claimsOf(request.token)).toEqual({ audiences: ['ebb'], namespace: 'default', pod: { name: 'hello-abc', uid: 'u1' } });
  });
  test.each([
    ['nothing', ''],
    ['no token', 'abc'],
    ['no JSON', 'a.b.c'],
    ['null', tokenOf(null)],
    ['no pod', tokenOf({ aud: 'ebb', 'kubernetes.io': { namespace: 'default' } })],
    ['no uid', tokenOf({ 'kubernetes.io': { namespace: 'default', pod: { name: 'a' } } })],
    ['a pod that is no text', tokenOf({ 'kubernetes.io': { namespace: 'default', pod: { name: ['a'], uid: {} } } })],
  ])('are not there: %s', (_, token) => {
    expect(claimsOf(token)).toBeUndefined();
  });
});

describe('an announcement', () => {
  test('that may be true is to be reviewed', () => {
    expect(judge(request, known)).toEqual({ uid: 'u1' });
    expect(judge(request, { ...known, holders: ['default/hello-abc'] })).toEqual({ uid: 'u1' });
  });

  const withClaims = (more: object, bound: object = {}) => ({
    ...request,
    token: tokenOf({ ...claims, 'kubernetes.io': { ...claims['kubernetes.io'], ...bound }, ...more }),
  });
  const podWith = (more: Partial<Pod['metadata']>, status?: Pod['status']): Known => ({
    ...known,
    pod: { ...pod, metadata: { ...pod.metadata, ...more }, status },
  });
  test.each<[string, typeof request, Known, string, number]>([
    ['a token of no pod', { ...request, token: 'x' }, known, 'the token is not that of a pod', 0],
    ['another audience', withClaims({ aud: ['https://kubernetes.default.svc'] }), known, 'the token is not for the audience ebb', 0],
    ['another namespace', withClaims({}, { namespace: 'other' }), known, 'the token is that of another pod', 0],
    ['another pod', withClaims({}, { pod: { name: 'hello-xyz', uid: 'u1' } }), known, 'the token is that of another pod', 0],
    ['a special address', { ...request, address: '127.0.0.1' }, known, 'the address is not one a pod can have', 0],
    ['a pod not seen yet', request, { ...known, pod: undefined }, 'the pod is not known (yet)', 100],
    ['the token of an earlier pod', request, podWith({ uid: 'u2' }), 'the token is that of an earlier pod', 0],
    ['another revision', { ...request, revision: 'hello-00002' }, known, 'the pod is not one of this revision', 0],
    ['a pod that goes', request, podWith({ deletionTimestamp: 'now' }), 'the pod is on its way out', 0],
    ['a pod the API shows', request, podWith({}, { podIP: '10.0.0.9' }), 'the address of the pod is known', 0],
    ["another pod's address", request, { ...known, holders: ['other/victim'] }, 'the address is that of another pod', 0],
    ['a revision not seen yet', request, { ...known, nature: undefined }, 'the revision is not known (yet)', 100],
    [
      'readiness only Kubernetes can tell',
      request,
      { ...known, nature: { ...nature, onlyKubernetesKnows: true } },
      'only Kubernetes can tell whether this revision is ready',
      0,
    ],
  ])('of %s is not accepted', (_, given, caches, reason, retryAfterMs) => {
    expect(judge(given, caches)).toEqual({ reason, retryAfterMs });
  });
});

describe('a token review', () => {
  const reviewed = (status: object) =>
    bearerOf({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      metadata: { name: '', namespace: '' },
      spec: { token: 'x' },
      status,
    });
  const user = {
    username: 'system:serviceaccount:default:hello',
    extra: { 'authentication.kubernetes.io/pod-name': ['hello-abc'], 'authentication.kubernetes.io/pod-uid': ['u1'] },
  };
  test('says who has it', () => {
    expect(reviewed({ authenticated: true, audiences: ['ebb'], user })).toEqual({ namespace: 'default', pod: 'hello-abc', uid: 'u1' });
  });
  test.each<[string, object]>([
    ['is not authenticated', { authenticated: false, audiences: ['ebb'], user }],
    // A server that knows no audiences answers without any: it did not look at them.
    ['looked at no audience', { authenticated: true, user }],
    ['is for another audience', { authenticated: true, audiences: ['other'], user }],
    ['is no service account', { authenticated: true, audiences: ['ebb'], user: { ...user, username: 'admin' } }],
    ['is bound to no pod', { authenticated: true, audiences: ['ebb'], user: { username: user.username } }],
  ])('that %s says nothing', (_, status) => {
    expect(reviewed(status)).toBeUndefined();
  });
});

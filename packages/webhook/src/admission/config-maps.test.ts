import type { ConfigMap } from '@ebb/shared/api/builtin.ts';
import { exampleChecksum, exampleOf } from '@ebb/shared/config/example.ts';
import { configMapNames } from '@ebb/shared/config/names.ts';
import { describe, expect, test } from 'vitest';
import { changedKeys, validateConfigMap } from './config-maps.ts';
import type { AdmissionRequest } from './review.ts';

const map = (name: string, data: Record<string, string>, annotations: Record<string, string> = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'knative-serving', annotations },
  data,
});
const request = (object: ConfigMap, oldObject?: ConfigMap): AdmissionRequest => ({
  uid: 'u',
  kind: { group: '', version: 'v1', kind: 'ConfigMap' },
  operation: oldObject ? 'UPDATE' : 'CREATE',
  name: object.metadata.name,
  object,
  oldObject,
});
const denied = (name: string, data: Record<string, string>, annotations: Record<string, string> = {}) =>
  validateConfigMap(request(map(name, data, annotations))).denied;

describe('a config map', () => {
  test.each(configMapNames)('%s as it is installed is good', (name) => {
    const example = exampleOf(name);
    const needed: Record<string, string> = name === 'config-deployment' ? { 'queue-sidecar-image': 'x' } : {};
    expect(denied(name, { _example: example, ...needed }, { 'knative.dev/example-checksum': exampleChecksum(example) })).toBeUndefined();
  });

  test.each([
    [
      'config-defaults',
      { 'revision-timeout-seconds': 'x' },
      'failed to parse "revision-timeout-seconds": strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [
      'config-defaults',
      { 'revision-timeout-seconds': '700' },
      'revision-timeout-seconds (700) cannot be greater than max-revision-timeout-seconds (600)',
    ],
    ['config-deployment', {}, 'queue-sidecar-image cannot be empty or unset'],
    ['config-autoscaler', { 'stable-window': '5s' }, 'stable-window = 5s, must be in [6s; 1h0m0s] range'],
    ['config-network', { 'rollout-duration': '-1' }, 'rollout-duration must be a positive integer, but was -1'],
  ])('%s %j', (name, data, text) => {
    expect(denied(name, data)).toBe(`validation failed: ${text}`);
  });

  test('whose example was edited is refused: it is not what is read', () => {
    const checksum = { 'knative.dev/example-checksum': exampleChecksum('a: b') };
    expect(denied('config-gc', { _example: 'a: b' }, checksum)).toBeUndefined();
    expect(denied('config-gc', { _example: ' a: b\n' }, checksum)).toBeUndefined();
    expect(denied('config-gc', { _example: 'a: c' }, checksum)).toMatch(
      /^validation failed: the update modifies a key in "_example" which is probably/,
    );
    expect(denied('config-gc', { _example: 'a: c' })).toBeUndefined();
  });

  test('is the only kind there is a question about; nothing is asked of a deletion', () => {
    const secret = { ...request(map('config-gc', {})), kind: { group: '', version: 'v1', kind: 'Secret' } };
    expect(validateConfigMap(secret).denied).toBe('validation failed: unhandled kind: /v1, Kind=Secret');
    expect(validateConfigMap({ ...secret, operation: 'DELETE' })).toEqual({});
    expect(validateConfigMap({ ...request(map('config-gc', { 'max-non-active-revisions': 'x' })), operation: 'DELETE' })).toEqual({});
  });

  test('of somebody else passes', () => {
    expect(denied('config-tracing', { x: 'y' })).toBeUndefined();
    expect(denied('kube-root-ca.crt', {})).toBeUndefined();
  });

  test('that changes says which keys did', () => {
    const before = map('config-gc', { a: '1', b: '1', _example: 'x' });
    expect(changedKeys(request(map('config-gc', { a: '2', c: '1', _example: 'y' }), before))).toEqual(['a', 'b', 'c']);
    expect(changedKeys(request(before, before))).toEqual([]);
  });
});

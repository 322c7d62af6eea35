import type { Secret } from '@ebb/shared/api/builtin.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { certificateSecret } from '../testing/certificate.ts';
import { Certificates, slimSecret } from './certificates.ts';
import { FilledCache } from './filled-cache.ts';

let good: Secret;
let other: Secret;
beforeAll(() => {
  good = slimSecret(certificateSecret('cert', 'a.example'));
  other = slimSecret(certificateSecret('cert', 'b.example'));
});

let secrets: FilledCache<Secret>;
let certificates: Certificates;
beforeEach(() => {
  secrets = new FilledCache();
  certificates = new Certificates({ secrets, log: createLogger('test', 'silent') });
});

const key = 'ns/cert';
const bad = (data: Record<string, string>): Secret => ({ ...good, data });

test('one that is there is known at once, one that comes later when it comes', () => {
  certificates.ensure(key);
  expect(certificates.get(key)).toBeUndefined();
  expect(certificates.refresh(key, good)).toBe(true);
  expect(certificates.get(key)).toBeDefined();
  secrets.put({ ...good, metadata: { ...good.metadata, name: 'second' } });
  certificates.ensure('ns/second');
  expect(certificates.get('ns/second')).toBeDefined();
});

test('a renewed one takes its place, one that cannot be used does not, one that is gone is gone', () => {
  secrets.put(good);
  certificates.ensure(key);
  const first = certificates.get(key);
  expect(certificates.refresh(key, other)).toBe(false);
  const second = certificates.get(key);
  expect(second).not.toBe(first);
  const useless: Record<string, string>[] = [
    {},
    { 'tls.crt': 'eA==', 'tls.key': 'eA==' },
    { ...good.data, 'tls.key': other.data?.['tls.key'] ?? '' },
  ];
  for (const data of useless) {
    expect(certificates.refresh(key, bad(data))).toBe(false);
    expect(certificates.get(key)).toBe(second);
  }
  certificates.refresh(key, undefined);
  expect(certificates.get(key)).toBeUndefined();
});

test('secrets that nobody names, or names no more, are not read', () => {
  expect(certificates.refresh(key, good)).toBe(false);
  expect(certificates.get(key)).toBeUndefined();
  secrets.put(good);
  certificates.ensure(key);
  certificates.release(key);
  expect(certificates.get(key)).toBeUndefined();
});

test('nothing else of a secret is kept', () => {
  const kept = slimSecret({ ...good, metadata: { ...good.metadata, annotations: { a: 'b' } }, data: { ...good.data, 'ca.crt': 'eA==' } });
  expect(Object.keys(kept.data ?? {})).toEqual(['tls.crt', 'tls.key']);
  expect(kept.metadata.annotations).toBeUndefined();
});

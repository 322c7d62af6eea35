import { describe, expect, test } from 'vitest';
import { crc32, fnv1a32, fnv1a64, md5Hex } from './hash.ts';

// The values of the algorithms' own definitions.
describe('hashes', () => {
  test('FNV-1a with 32 bits', () => {
    expect(fnv1a32('')).toBe(0x811c9dc5);
    expect(fnv1a32('a')).toBe(0xe40c292c);
    expect(fnv1a32('foobar')).toBe(0xbf9cf968);
  });

  test('FNV-1a with 64 bits', () => {
    expect(fnv1a64('')).toBe(0xcbf29ce484222325n);
    expect(fnv1a64('a')).toBe(0xaf63dc4c8601ec8cn);
    expect(fnv1a64('foobar')).toBe(0x85944171f73967e8n);
  });

  test('CRC-32', () => {
    expect(crc32('')).toBe(0);
    expect(crc32('123456789')).toBe(0xcbf43926);
  });

  test('MD5 in hexadecimal', () => {
    expect(md5Hex('abc')).toBe('900150983cd24fb0d6963f7d28e17f72');
  });

  test('all of them read UTF-8', () => {
    expect(md5Hex('é')).toBe(md5Hex(Buffer.from([0xc3, 0xa9]).toString()));
    expect(fnv1a32('é')).not.toBe(fnv1a32('e'));
  });
});

import { describe, expect, it } from 'vitest';
import { ChunkedReader } from './chunked.ts';

/** Feeds a body in pieces of `size`; what it was, its trailers, and what was left over. */
function read(text: string, size = text.length) {
  const reader = new ChunkedReader();
  const got = { body: '', trailers: undefined as readonly string[] | undefined, left: '' };
  const sink = {
    write(chunk: Buffer) {
      got.body += chunk.toString('latin1');
    },
    flush: () => true,
    end(trailers: readonly string[] = []) {
      got.trailers = trailers;
    },
    fail() {},
  };
  for (let at = 0; at < text.length; at += size) {
    const bytes = Buffer.from(text.slice(at, at + size), 'latin1');
    const next = reader.done ? 0 : reader.feed(bytes, 0, sink);
    if (reader.done) got.left += bytes.toString('latin1', next);
  }
  return got;
}

describe('ChunkedReader', () => {
  it('gives the body, its trailers, and leaves what follows, whatever the pieces', () => {
    const text = '5\r\nhello\r\n0A;x="y z"\r\n0123456789\r\n000\r\nX: 1\r\nY: 2\r\n\r\nGET';
    for (let size = 1; size <= text.length; size++)
      expect(read(text, size)).toEqual({ body: 'hello0123456789', trailers: ['X', '1', 'Y', '2'], left: 'GET' });
  });

  it.each([
    ['no size', '\r\n'],
    ['a sign', '+5\r\nhello'],
    ['a prefix', '0x5\r\nhello'],
    ['a blank behind the size', '5 \r\nhello'],
    ['a bare LF', '5\nhello'],
    ['a size beyond exact numbers', 'fffffffffffff\r\n'],
    ['a chunk that is longer', '5\r\nhello!\r\n'],
    ['a bare CR behind a chunk', '5\r\nhello\rX'],
    ['a malformed extension', '5;=\r\nhello'],
    ['extensions without an end', `5;${'x'.repeat(20_000)}`],
    ['trailers without an end', `0\r\n${'x: y\r\n'.repeat(5000)}`],
    ['Connection in the trailers', '0\r\nConnection: close\r\n\r\n'],
    ['a length in the trailers', '0\r\nContent-Length: 1\r\n\r\n'],
  ])('refuses %s', (_name, text) => {
    expect(() => read(text)).toThrow();
  });
});

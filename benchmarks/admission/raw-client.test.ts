import { expect, test } from 'vitest';
import { complete, postBytes } from './raw-client.ts';

test('a request says how long it is, in bytes', () => {
  const text = postBytes('/defaulting', '{"a":"ü"}').toString('utf8');
  expect(text).toMatch(/^POST \/defaulting HTTP\/1\.1\r\n/);
  expect(text).toContain('content-length: 10\r\n');
  expect(text.endsWith('\r\n\r\n{"a":"ü"}')).toBe(true);
});

test.each<[string, boolean]>([
  ['HTTP/1.1 200 OK\r\n', false],
  ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab', false],
  ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc', true],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n', false],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', true],
])('%j is all of an answer: %s', (text, all) => {
  expect(complete(Buffer.from(text))).toBe(all);
});

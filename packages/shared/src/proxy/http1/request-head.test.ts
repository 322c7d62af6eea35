import { describe, expect, it } from 'vitest';
import type { ProtocolError } from './head.ts';
import { parseRequest } from './request-head.ts';

const verdict = (text: string): unknown => {
  try {
    const head = parseRequest(Buffer.from(text, 'latin1'), 0);
    return head ? 'taken' : 'incomplete';
  } catch (error) {
    return (error as ProtocolError).status;
  }
};
const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const get = (...fields: string[]) => head('GET / HTTP/1.1', 'Host: a', ...fields);

describe('parseRequest', () => {
  it.each([
    ['a plain one', get(), 'taken'],
    ['blanks around a value', get('X: \t a b \t'), 'taken'],
    ['an empty value', get('X:'), 'taken'],
    ['bytes beyond ASCII in a value', get('X: \xe9'), 'taken'],
    ['HTTP/1.0 without a Host', head('GET / HTTP/1.0'), 'taken'],
    ['the absolute form', head('GET http://a/x HTTP/1.1', 'Host: b'), 'taken'],
    ['OPTIONS *', head('OPTIONS * HTTP/1.1', 'Host: a'), 'taken'],
    ['chunks', get('Transfer-Encoding: Chunked'), 'taken'],
    ['half a line', 'GET / HTTP/1.1\r\nHos', 'incomplete'],
    ['no blank line', 'GET / HTTP/1.1\r\nHost: a\r\n', 'incomplete'],
    ['half a blank line', 'GET / HTTP/1.1\r\nHost: a\r\n\r', 'incomplete'],
    ['a length and chunks', get('Content-Length: 1', 'Transfer-Encoding: chunked'), 400],
    ['two lengths', get('Content-Length: 1', 'Content-Length: 1'), 400],
    ['a list of lengths', get('Content-Length: 1, 1'), 400],
    ['a signed length', get('Content-Length: +1'), 400],
    ['an empty length', get('Content-Length:'), 400],
    ['a length beyond exact numbers', get('Content-Length: 9999999999999999'), 400],
    ['two codings', get('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'), 400],
    ['a coding that is not chunked', get('Transfer-Encoding: gzip, chunked'), 501],
    ['a coding with a control in it', get('Transfer-Encoding: \x0bchunked'), 400],
    ['chunks in HTTP/1.0', head('POST / HTTP/1.0', 'Transfer-Encoding: chunked'), 400],
    ['a bare LF', 'GET / HTTP/1.1\nHost: a\n\n', 400],
    ['a bare LF behind a value', 'GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n', 400],
    ['a bare CR', get('X: a\rb'), 400],
    ['a NUL', get('X: a\0b'), 400],
    ['a folded line', get('X: a', ' b'), 400],
    ['a blank before the colon', get('X : a'), 400],
    ['no colon', get('X'), 400],
    ['no name', get(': a'), 400],
    ['two blanks in the request line', head('GET  / HTTP/1.1', 'Host: a'), 400],
    ['a blank in the target', head('GET /a b HTTP/1.1', 'Host: a'), 400],
    ['a blank behind the version', head('GET / HTTP/1.1 ', 'Host: a'), 400],
    ['no target', head('GET HTTP/1.1', 'Host: a'), 400],
    ['a target without a slash', head('GET a HTTP/1.1', 'Host: a'), 400],
    ['a user in the target', head('GET http://u@a/ HTTP/1.1', 'Host: a'), 400],
    ['a fragment behind the host', head('GET http://a#b/ HTTP/1.1', 'Host: a'), 400],
    ['another version', head('GET / HTTP/2.0', 'Host: a'), 505],
    ['a minor version to come', head('GET / HTTP/1.2', 'Host: a'), 505],
    ['no Host', head('GET / HTTP/1.1'), 400],
    ['two Hosts', get('Host: b'), 400],
    ['a Host with a blank', head('GET / HTTP/1.1', 'Host: a b'), 400],
    ['an unknown expectation', get('Expect: more'), 417],
    ['CONNECT', head('CONNECT a:1 HTTP/1.1', 'Host: a:1'), 405],
  ])('%s', (_name, text, expected) => {
    expect(verdict(text)).toBe(expected);
  });

  it('cuts values without their blanks, and finds them by name whatever the case', () => {
    const text = get('X-One:  1 ', 'x-two: 2', 'X-ONE: 3');
    const { fields, method, target, next } = parseRequest(Buffer.from(`${text}rest`), 0)!;
    expect([method, target, next]).toEqual(['GET', '/', text.length]);
    expect([fields.get('x-one'), fields.get('x-two'), fields.get('constructor')]).toEqual(['1', '2', '']);
    expect(fields.pairs()).toEqual(['Host', 'a', 'X-One', '1', 'x-two', '2', 'X-ONE', '3']);
  });
});

import { describe, expect, it } from 'vitest';
import { requestHeaders, requestTarget, responseHeaders, wantsUpgrade } from './headers.ts';

describe('requestHeaders', () => {
  it('drops what belongs to one connection and what Connection names', () => {
    const rawHeaders = ['Host', 'a', 'Connection', 'close, X-Hop', 'x-hop', '1', 'Keep-Alive', 'timeout=5', 'Upgrade', 'h2c', 'X-End', 'e'];
    expect(requestHeaders({ rawHeaders })).toEqual(['X-End', 'e']);
  });
  it('keeps TE only for trailers', () => {
    expect(requestHeaders({ rawHeaders: ['TE', 'deflate;q=0.5, trailers'] })).toEqual(['TE', 'trailers']);
    expect(requestHeaders({ rawHeaders: ['TE', 'deflate'] })).toEqual([]);
  });
  it('adds one hop to X-Forwarded-For, whatever its lines were', () => {
    const rawHeaders = ['X-Forwarded-For', '1.1.1.1', 'x-forwarded-for', '2.2.2.2'];
    expect(requestHeaders({ rawHeaders, remoteAddress: '::ffff:3.3.3.3' })).toEqual(['X-Forwarded-For', '1.1.1.1, 2.2.2.2, 3.3.3.3']);
    expect(requestHeaders({ rawHeaders: [], remoteAddress: 'fe80::1' })).toEqual(['X-Forwarded-For', 'fe80::1']);
  });
  it('sets and removes headers over the client, and leaves names of Object.prototype alone', () => {
    const rawHeaders = ['K-One', 'client', 'K-Two', 'client', 'Constructor', 'c'];
    expect(requestHeaders({ rawHeaders, set: { 'k-one': 'ours', 'k-two': undefined } })).toEqual(['Constructor', 'c', 'k-one', 'ours']);
  });
  it('leaves out pseudo headers', () => {
    expect(requestHeaders({ rawHeaders: [':method', 'GET', ':path', '/', 'a', 'b'] })).toEqual(['a', 'b']);
  });
});

describe('responseHeaders', () => {
  it('keeps the announcement of trailers when they can follow', () => {
    const raw = ['Transfer-Encoding', 'chunked', 'Trailer', 'X-T', 'A', 'b'];
    expect(responseHeaders(raw, true)).toEqual(['Trailer', 'X-T', 'A', 'b']);
    expect(responseHeaders(raw, false)).toEqual(['A', 'b']);
    expect(responseHeaders(['Content-Length', '1', 'Trailer', 'X-T'], true)).toEqual(['Content-Length', '1']);
  });
});

it('takes the authority of a request in absolute form', () => {
  expect(requestTarget('http://a.example:80/p?q#f')).toEqual({ path: '/p?q', authority: 'a.example:80' });
  expect(requestTarget('http://a?q')).toEqual({ path: '/?q', authority: 'a' });
  expect(requestTarget('//a/b')).toEqual({ path: '//a/b' });
  expect(requestTarget('*')).toEqual({ path: '*' });
});

it('does not take up offers of HTTP/2', () => {
  expect([undefined, 'h2c', 'H2', 'h2c, websocket'].map(wantsUpgrade)).toEqual([false, false, false, false]);
  expect(wantsUpgrade('websocket')).toBe(true);
});

it('takes nothing but blank and tab for blank in a list', () => {
  const rawHeaders = ['Connection', '\xa0x-a, \tx-b\t,x-c', 'x-a', '1', 'x-b', '2', 'x-c', '3'];
  expect(requestHeaders({ rawHeaders })).toEqual(['x-a', '1']);
});

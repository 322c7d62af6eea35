import { expect, test } from 'vitest';
import { parseProxyHeader } from './proxy-protocol.ts';

const text = (line: string) => Buffer.from(line, 'latin1');
const binary = (command: number, family: number, body: number[], more: number[] = []) =>
  Buffer.concat([text('\r\n\r\n\0\r\nQUIT\n'), Buffer.from([0x20 | command, family, 0, body.length]), Buffer.from([...body, ...more])]);
const four = [192, 0, 2, 1, 10, 0, 0, 1, 0x30, 0x39, 0, 80];
const six = [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1, ...Array(16).fill(0), 0, 1, 0, 2];

test.each<[string, Buffer, number, string | undefined]>([
  ['version 1', text('PROXY TCP4 192.0.2.1 10.0.0.1 12345 80\r\nGET /'), 40, '192.0.2.1'],
  ['version 1 over IPv6', text('PROXY TCP6 2001:db8::1 ::1 1 2\r\n'), 32, '2001:db8::1'],
  ['version 1 that does not tell', text('PROXY UNKNOWN\r\nGET'), 15, undefined],
  ['version 1 that does not tell, with addresses', text('PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n'), 35, undefined],
  ['version 2', binary(1, 0x11, four, [71]), 28, '192.0.2.1'],
  ['version 2 over IPv6', binary(1, 0x21, six), 52, '2001:db8::1'],
  ['version 2 with more than addresses', binary(1, 0x11, [...four, 4, 0, 1, 0]), 32, '192.0.2.1'],
  ['version 2, the balancer itself', binary(0, 0x11, four), 28, undefined],
  ['version 2, a family that is not known', binary(1, 0x31, Array(216).fill(1)), 232, undefined],
])('%s', (_what, bytes, length, source) => {
  expect(parseProxyHeader(bytes)).toEqual({ is: 'complete', length, ...(source ? { source } : {}) });
  // However it is cut, no part of it is taken for something else.
  for (let cut = 0; cut < length; cut++) expect(parseProxyHeader(bytes.subarray(0, cut)), `${cut} bytes`).toEqual({ is: 'incomplete' });
});

test.each<[string, Buffer]>([
  ['a request', text('GET / HTTP/1.1\r\n')],
  ['HTTP/2', text('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
  ['TLS', Buffer.from([22, 3, 1, 2, 0])],
  ['a line that does not end', text(`PROXY TCP4 ${'1'.repeat(200)}`)],
  ['a line with something else', text('PROXY TCP4 nobody 10.0.0.1 1 2\r\n')],
  ['another version', Buffer.concat([text('\r\n\r\n\0\r\nQUIT\n'), Buffer.from([0x31, 0x11, 0, 0])])],
  ['a command that is not known', binary(2, 0x11, four)],
  ['too much', Buffer.concat([text('\r\n\r\n\0\r\nQUIT\n'), Buffer.from([0x21, 0x11, 0xff, 0xff])])],
])('%s is none', (_what, bytes) => expect(parseProxyHeader(bytes)).toEqual({ is: 'wrong' }));

/** DER, as far as a certificate needs it (X.690). Each function gives one value with its tag and length. */

function tlv(tag: number, ...contents: Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  // From 128 bytes on the length has a length of its own.
  const digits = body.length < 128 ? '' : body.length.toString(16);
  const length = digits ? Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex') : Buffer.alloc(0);
  return Buffer.concat([Buffer.from(digits ? [tag, 0x80 | length.length] : [tag, body.length]), length, body]);
}

export const sequence = (...items: Uint8Array[]): Buffer => tlv(0x30, ...items);
export const set = (...items: Uint8Array[]): Buffer => tlv(0x31, ...items);
export const octets = (content: Uint8Array): Buffer => tlv(0x04, content);
export const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text));
export const yes = (): Buffer => tlv(0x01, Buffer.from([0xff]));

/** A whole number by its bytes, the first of which must not be 0; never negative. */
export const integer = (bytes: Uint8Array): Buffer => tlv(0x02, ...((bytes[0] ?? 0) >= 0x80 ? [Buffer.from([0])] : []), bytes);

/** Bits in whole bytes but for `unused` at the end. */
export const bits = (content: Uint8Array, unused = 0): Buffer => tlv(0x03, Buffer.from([unused]), content);

/** `[n]`: a value under a number of its context; `whole` where it has values inside. */
export const context = (n: number, content: Uint8Array, whole = false): Buffer => tlv((whole ? 0xa0 : 0x80) | n, content);

/** An object identifier: `2.5.29.17`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const arcs = [first * 40 + second, ...rest].map((n) => {
    const sevens = [n & 0x7f];
    for (let left = n >> 7; left > 0; left >>= 7) sevens.unshift((left & 0x7f) | 0x80);
    return Buffer.from(sevens);
  });
  return tlv(0x06, ...arcs);
}

/** A time to the second, in milliseconds; with two digits of the year up to 2049, as certificates have it (RFC 5280 4.1.2.5). */
export function time(ms: number): Buffer {
  const text = `${new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '')}`;
  return Number(text.slice(0, 4)) < 2050 ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
}

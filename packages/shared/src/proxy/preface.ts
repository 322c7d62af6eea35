/** What a client of HTTP/2 with prior knowledge sends first (RFC 9113, 3.4). */
export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** What a connection opens with; `unknown` while its bytes could become either. */
export function openingOf(bytes: Uint8Array): 'http1' | 'http2' | 'unknown' {
  const length = Math.min(bytes.length, preface.length);
  for (let i = 0; i < length; i++) if (bytes[i] !== preface[i]) return 'http1';
  return length === preface.length ? 'http2' : 'unknown';
}

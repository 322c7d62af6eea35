/** What a connection begins with when a load balancer in front tells who the client is (PROXY protocol). */
export type ProxyHeader =
  | { is: 'incomplete' }
  | { is: 'wrong' }
  /** `length` bytes; without a source where the balancer speaks for itself, or does not tell. */
  | { is: 'complete'; length: number; source?: string };

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const longestV1 = 107;
/** Version 2 may carry more than addresses; so much of it is taken. */
const longestV2 = 2048;

const incomplete: ProxyHeader = { is: 'incomplete' };
const wrong: ProxyHeader = { is: 'wrong' };

/** Reads the header, of version 1 or 2, at the start of `bytes`. */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  const opening = Math.min(bytes.length, signature.length);
  if (bytes.subarray(0, opening).equals(signature.subarray(0, opening))) return opening < signature.length ? incomplete : binary(bytes);
  return text(bytes);
}

function text(bytes: Buffer): ProxyHeader {
  const line = bytes.subarray(0, longestV1).toString('latin1');
  if (!'PROXY '.startsWith(line.slice(0, 6))) return wrong;
  const end = line.indexOf('\r\n');
  if (end < 0) return bytes.length < longestV1 ? incomplete : wrong;
  const length = end + 2;
  if (/^PROXY UNKNOWN( |$)/.test(line.slice(0, end))) return { is: 'complete', length };
  const source = /^PROXY TCP[46] ([0-9a-fA-F.:]+) [0-9a-fA-F.:]+ \d{1,5} \d{1,5}$/.exec(line.slice(0, end))?.[1];
  return source === undefined ? wrong : { is: 'complete', length, source };
}

function binary(bytes: Buffer): ProxyHeader {
  if (bytes.length < 16) return incomplete;
  const [version, family] = [bytes.readUInt8(12), bytes.readUInt8(13)];
  const length = 16 + bytes.readUInt16BE(14);
  if (version >> 4 !== 2 || (version & 15) > 1 || length > longestV2) return wrong;
  if (bytes.length < length) return incomplete;
  const local = (version & 15) === 0;
  if (!local && family === 0x11 && length >= 28) return { is: 'complete', length, source: bytes.subarray(16, 20).join('.') };
  if (!local && family === 0x21 && length >= 52) return { is: 'complete', length, source: address6(bytes.subarray(16, 32)) };
  return { is: 'complete', length };
}

/** An IPv6 address in its shortest common form. */
function address6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

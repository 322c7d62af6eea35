/** HTTP/2 frames, byte by byte: clients of libraries keep to the rules. */

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

const types = { headers: 1, resetStream: 3, settings: 4, ping: 6, goAway: 7, continuation: 9 } as const;

/** Flags of a HEADERS frame: nothing comes after it in the stream, in the block. */
export const endStream = 1;
export const endHeaders = 4;

export function frame(type: keyof typeof types, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = types[type];
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export const settings = frame('settings', 0, 0);

/** A GET of `/` for a host of less than 127 characters, all from the static table but the host. */
export const getBlock = (host: string): Buffer => Buffer.concat([Buffer.from([0x82, 0x86, 0x84, 0x41, host.length]), Buffer.from(host)]);

/** A field of its own, which no table takes: name and value of less than 127 characters. */
export const field = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);

/** The error code of the GOAWAY among frames as they came; undefined when there is none. */
export function goAwayCode(bytes: Buffer): number | undefined {
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
    if (bytes[at + 3] === types.goAway && at + 17 <= bytes.length) return bytes.readUInt32BE(at + 13);
  }
  return undefined;
}

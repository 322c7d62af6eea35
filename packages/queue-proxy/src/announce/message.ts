/** The fields of `ebb.activation.v1.AnnounceRequest`. */
export interface Announcement {
  pod: string;
  namespace: string;
  revision: string;
  /** The pod's IP address. */
  address: string;
  token: string;
}

export interface Reply {
  accepted: boolean;
  reason: string;
  /** 0: another try is of no use. */
  retryAfterMs: number;
}

/** A whole number as protobuf writes it, seven bits a byte. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

/** The message in protobuf. By hand: the generated code brings a gRPC library along, 100 ms of CPU in every new pod. */
export function encode({ pod, namespace, revision, address, token }: Announcement): Buffer {
  const fields = [pod, namespace, revision, address, token].flatMap((value, index) => {
    const bytes = Buffer.from(value);
    return [Buffer.from([((index + 1) << 3) | 2, ...varint(bytes.length)]), bytes];
  });
  return Buffer.concat(fields);
}

/** `ebb.activation.v1.AnnounceReply`; fields it does not know are skipped. Throws a RangeError when the bytes are no message. */
export function decode(bytes: Buffer): Reply {
  const reply: Reply = { accepted: false, reason: '', retryAfterMs: 0 };
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes.readUInt8(at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = number();
    const wireType = tag & 7;
    if (wireType !== 0 && wireType !== 2) throw new RangeError(`wire type ${wireType}`);
    const value = number();
    if (tag >> 3 === 1) reply.accepted = value !== 0;
    if (tag >> 3 === 2) reply.reason = bytes.toString('utf8', at, at + value);
    if (tag >> 3 === 3) reply.retryAfterMs = value;
    if (wireType === 2) at += value;
  }
  return reply;
}

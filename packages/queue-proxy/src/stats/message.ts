import type { Stat } from '@ebb/shared/proto/gen/stats.ts';
import { varint } from '../announce/message.ts';

/** Wire types. */
const fixed64 = 1;
const bytes = 2;

function double(field: number, value: number): Buffer {
  const out = Buffer.alloc(9);
  out.writeUInt8((field << 3) | fixed64);
  out.writeDoubleLE(value, 1);
  return out;
}

/**
 * A Stat in protobuf (contract data-plane 0.3); zeros are left out, as proto3 does, and so is the time, which the receiver stamps.
 * By hand, as the announcement: the generated code brings a gRPC library along.
 */
export function encodeStat(stat: Stat): Buffer {
  const name = Buffer.from(stat.podName);
  const doubles = [
    stat.averageConcurrentRequests,
    stat.averageProxiedConcurrentRequests,
    stat.requestCount,
    stat.proxiedRequestCount,
    stat.processUptime,
  ].map((value, i) => (value === 0 ? Buffer.alloc(0) : double(i + 2, value)));
  const current = stat.currentConcurrentRequests;
  return Buffer.concat([
    Buffer.from([(1 << 3) | bytes, ...varint(name.length)]),
    name,
    ...doubles,
    ...(current === undefined ? [] : [double(8, current)]),
  ]);
}

/** The period of a `WatchRequest`, ms; 0 without one. Throws a RangeError when the bytes are no message. */
export function decodePeriod(message: Buffer): number {
  let period = 0;
  for (let at = 0; at < message.length; ) {
    const tag = message.readUInt8(at++);
    if ((tag & 7) !== 0) throw new RangeError(`wire type ${tag & 7}`);
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message.readUInt8(at++);
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    if (tag >> 3 === 1) period = value;
  }
  return period;
}

import { connect } from 'node:net';
import { type Frame, flags, frame, framesOf, frameTypes, messageOf, unaryCall } from './frames.ts';

export interface Call {
  /** An IP address. */
  host: string;
  port: number;
  /** What the server is called. */
  authority: string;
  /** `/package.Service/Method`. */
  path: string;
  message: Buffer;
  timeoutMs: number;
}

/** More than any reply it is made for. */
const mostBytes = 64 * 1024;
const endsStream = new Set<number>([frameTypes.data, frameTypes.headers]);

/**
 * One unary gRPC call on a connection of its own; resolves to the reply's message. `sent` resolves when the request is on
 * its way. Both reject when there is no connection; the reply also when the server ends the call without one, which it
 * does for every status but OK. node:http2 would do it for 10 ms of CPU and 4 MB in every pod.
 */
export function unary({ host, port, authority, path, message, timeoutMs }: Call): { sent: Promise<void>; reply: Promise<Buffer> } {
  const sent = Promise.withResolvers<void>();
  const reply = Promise.withResolvers<Buffer>();
  const socket = connect({ host, port, noDelay: true });
  let received: Buffer = Buffer.alloc(0);
  let data: Buffer = Buffer.alloc(0);
  const end = (error: Error) => {
    sent.reject(error);
    reply.reject(error);
    socket.destroy();
  };
  socket.setTimeout(timeoutMs, () => end(new Error(`no answer within ${timeoutMs} ms`)));
  socket.on('error', end).on('close', () => end(new Error('the connection was closed without an answer')));
  socket.on('connect', () => socket.write(unaryCall(authority, path, message), () => sent.resolve()));
  const acknowledge = ({ type, flags: flag, payload }: Frame) => {
    if (flag & flags.ack) return;
    if (type === frameTypes.settings) socket.write(frame(type, flags.ack, 0));
    if (type === frameTypes.ping) socket.write(frame(type, flags.ack, 0, payload));
  };
  const take = (one: Frame) => {
    const { type, flags: flag, payload } = one;
    acknowledge(one);
    if (type === frameTypes.goAway || type === frameTypes.rstStream) end(new Error('the server refused the call'));
    if (type === frameTypes.data) {
      if (flag & flags.padded) return end(new Error('a padded answer'));
      data = Buffer.concat([data, payload]);
      const whole = messageOf(data);
      if (whole) reply.resolve(whole);
    }
    if (endsStream.has(type) && flag & flags.endStream) end(new Error('the call failed: an answer without a message'));
  };
  socket.on('data', (chunk: Buffer) => {
    const { frames, rest } = framesOf(Buffer.concat([received, chunk]));
    received = rest;
    for (const one of frames) take(one);
    if (received.length > mostBytes || data.length > mostBytes) end(new Error(`an answer of more than ${mostBytes} bytes`));
  });
  // Whoever waits for the one need not look at the other.
  sent.promise.catch(() => undefined);
  reply.promise.catch(() => undefined);
  return { sent: sent.promise, reply: reply.promise };
}

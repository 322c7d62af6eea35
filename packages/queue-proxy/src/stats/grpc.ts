import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { decodePeriod, encodeStat } from './message.ts';
import type { Reporter } from './reporter.ts';

export interface GrpcServer {
  /** Serves gRPC on a connection that speaks HTTP/2. */
  take(socket: Socket): void;
  /** Takes no more; the connections are their owner's to end. */
  close(): void;
}

const watchPath = '/ebb.autoscaling.v1.PodStats/Watch';
/** What comes before a message: whether it is compressed, and its length. */
const messageHead = 5;
/** A WatchRequest has one number. */
const longestRequest = 64;
/** More than any number of autoscalers opens on one connection. */
const maxConcurrentStreams = 16;
/** Codes of gRPC. */
const codes = { invalidArgument: 3, resourceExhausted: 8, unimplemented: 12 } as const;

const content = { ':status': 200, 'content-type': 'application/grpc' } as const;

/** A status and nothing else. */
function refuse(stream: ServerHttp2Stream, code: number, message: string): void {
  if (stream.destroyed || stream.headersSent) return;
  stream.respond({ ...content, 'grpc-status': String(code), 'grpc-message': message }, { endStream: true });
  stream.resume();
}

/**
 * `PodStats` for connections that somebody else accepted: one call with one number in it, answered by a stream of Stats. On
 * node:http2 alone, as every new pod serves it: a gRPC library takes twice as much CPU until the first Stat.
 */
export function createGrpcServer(reporter: Reporter): GrpcServer {
  const server = createServer({ settings: { maxConcurrentStreams } });
  const watch = (stream: ServerHttp2Stream, periodMs: number): void => {
    stream.respond(content);
    const stop = reporter.watch(periodMs, (stat) => {
      // A reader that is behind misses some: only the newest counts.
      if (stream.writableNeedDrain) return;
      const message = encodeStat(stat);
      const head = Buffer.alloc(messageHead);
      head.writeUInt32BE(message.length, 1);
      stream.write(Buffer.concat([head, message]));
    });
    stream.on('close', stop);
  };
  server.on('stream', (stream, headers) => {
    stream.on('error', () => stream.destroy());
    if (headers[':path'] !== watchPath) {
      refuse(stream, codes.unimplemented, `${watchPath} is the only method`);
      return;
    }
    let seen: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]);
      if (seen.length < messageHead) return;
      const length = seen.readUInt32BE(1);
      if (length <= longestRequest && seen.length < messageHead + length) return;
      stream.off('data', onData).resume();
      if (length > longestRequest)
        return refuse(stream, codes.resourceExhausted, `a request of ${length} bytes; at most ${longestRequest}`);
      if (seen[0] !== 0) return refuse(stream, codes.unimplemented, 'compressed requests are not read');
      try {
        watch(stream, decodePeriod(seen.subarray(messageHead, messageHead + length)));
      } catch (error) {
        refuse(stream, codes.invalidArgument, `the request is no WatchRequest: ${(error as Error).message}`);
      }
    };
    stream.on('data', onData).on('end', () => refuse(stream, codes.invalidArgument, 'no request came'));
  });
  server.on('sessionError', () => undefined);
  return {
    take: (socket) => void server.emit('connection', socket),
    close: () => void server.close(),
  };
}

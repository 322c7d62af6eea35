import type { Socket } from 'node:net';
import { type PodStatsServer, PodStatsService } from '@ebb/shared/proto/gen/stats.ts';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Reporter } from './reporter.ts';

export interface GrpcServer {
  /** Serves gRPC on a connection that speaks HTTP/2. */
  take(socket: Socket): void;
  close(): void;
}

/** `PodStats` for connections that somebody else accepted. */
export function createGrpcServer(reporter: Reporter): GrpcServer {
  const server = new Server();
  const podStats: PodStatsServer = {
    watch(call) {
      const stop = reporter.watch(call.request.periodMs, (stat) => {
        // A reader that is behind misses some: only the newest counts.
        if (!call.writableNeedDrain) call.write(stat);
      });
      call.on('cancelled', stop).on('close', stop).on('error', stop);
    },
  };
  server.addService(PodStatsService, podStats);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return {
    take: (socket) => injector.injectConnection(socket),
    close: () => {
      injector.destroy();
      server.forceShutdown();
    },
  };
}

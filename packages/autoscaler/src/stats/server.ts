import { createServer as createHttp } from 'node:http';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import type { ReportReply, StatBatch, WireStatMessage } from '@ebb/shared/proto/gen/stats.ts';
import { StatsIngestService } from '@ebb/shared/proto/gen/stats.ts';
import { sniffPreface } from '@ebb/shared/proxy/sniff.ts';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';

interface Options {
  port: number;
  /** Takes what was reported. */
  receive: (messages: WireStatMessage[]) => void;
  /** The owners of the buckets, `bucket → host:port`; empty when this process owns them all. */
  owners: () => Record<string, string>;
  /** Why this process is not ready, or undefined. */
  ready: () => string | undefined;
}

export interface StatsServer {
  /** Probes fail from now on. */
  draining(): void;
  /** Tells every reporter of the present owners. */
  announceOwners(): void;
  close(): Promise<void>;
}

/** How often a reporter hears of the owners, as a sign of life, ms. */
const heartbeatMs = 5_000;

/** One port for gRPC (StatsIngest) and for the kubelet's HTTP/1 probes: told apart by the HTTP/2 preface. */
export async function startStatsServer(o: Options): Promise<StatsServer> {
  let stopping = false;
  const calls = new Set<ServerDuplexStream<StatBatch, ReportReply>>();
  const grpc = new Server();
  grpc.addService(StatsIngestService, {
    report(call: ServerDuplexStream<StatBatch, ReportReply>) {
      calls.add(call);
      call.write({ owners: o.owners() });
      call.on('data', (batch: StatBatch) => o.receive(batch.messages));
      call.on('error', () => calls.delete(call));
      call.on('end', () => {
        calls.delete(call);
        call.end();
      });
    },
  });
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const http = createHttp((_req, res) => {
    const why = stopping ? 'shutting down' : o.ready();
    res.writeHead(why === undefined ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' }).end(why ?? 'ok');
  });
  const sockets = new Set<Socket>();
  const server: NetServer = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    sniffPreface(socket, (isHttp2) => {
      if (isHttp2) injector.injectConnection(socket);
      else http.emit('connection', socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(o.port, resolve);
  });
  const announceOwners = () => {
    for (const call of calls) call.write({ owners: o.owners() });
  };
  const heartbeat = setInterval(announceOwners, heartbeatMs);
  return {
    announceOwners,
    draining: () => {
      stopping = true;
    },
    async close() {
      clearInterval(heartbeat);
      for (const call of calls) call.end();
      grpc.forceShutdown();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

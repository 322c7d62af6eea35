import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { sniffPreface } from '@ebb/shared/proxy/sniff.ts';
import type { GrpcServer } from './grpc.ts';
import { encodeStat } from './message.ts';
import type { Reporter } from './reporter.ts';

export interface StatsServer {
  readonly port: number;
  close(): Promise<void>;
}

const firstBytesWithinMs = 60_000;

/**
 * Stats on one port: `GET /metrics` with one protobuf Stat for scrapers of the Go peer (contract data-plane 1.13), and gRPC
 * PodStats for whoever opens with HTTP/2, which is loaded when the first one comes.
 */
export async function startStatsServer(port: number, reporter: Reporter): Promise<StatsServer> {
  const sockets = new Set<Socket>();
  let grpc: Promise<GrpcServer> | undefined;
  const server = createServer((req, res) => {
    if (req.url?.split('?')[0] !== '/metrics') {
      res.writeHead(404).end();
      return;
    }
    res.writeHead(200, { 'content-type': 'application/protobuf' }).end(encodeStat(reporter.snapshot));
  });
  const [serveHttp1] = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    const drop = () => socket.destroy();
    socket.on('close', () => sockets.delete(socket)).on('error', drop);
    socket.on('end', drop).setTimeout(firstBytesWithinMs, drop);
    sniffPreface(socket, (isHttp2) => {
      socket.off('end', drop).setTimeout(0, drop).off('timeout', drop);
      if (!isHttp2) {
        serveHttp1?.call(server, socket);
        return;
      }
      grpc ??= import('./grpc.ts').then(({ createGrpcServer }) => createGrpcServer(reporter));
      grpc.then((g) => g.take(socket), drop);
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      (await grpc)?.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

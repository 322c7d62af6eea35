import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type ReportReply, StatBatch, StatsIngestService, type WireStatMessage } from '@ebb/shared/proto/gen/stats.ts';
import { sniffPreface } from '@ebb/shared/proxy/sniff.ts';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { forwardedKey } from './forward.ts';
import { acceptWebSocket, type WebSocketPeer } from './websocket.ts';

interface Options {
  /** 0: any that is free. */
  port: number;
  /** Takes what was reported; `forwarded`: by another autoscaler. */
  receive: (messages: WireStatMessage[], forwarded: boolean) => void;
  /** The owners of the buckets, `bucket → host:port`; empty when this process owns them all. */
  owners: () => Record<string, string>;
  /** Whether this process owns a bucket. */
  owns: (bucket: string) => boolean;
  /** A message that cannot be read. */
  garbage?: (error: Error) => void;
}

export interface StatsServer {
  readonly port: number;
  /** Probes fail from now on; reports are still taken. */
  draining(): void;
  /** Tells every reporter of the present owners. */
  announceOwners(): void;
  /** Ends the reports, so that their senders turn elsewhere, and cuts what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** How often a reporter hears of the owners, as a sign of life, ms. */
const heartbeatMs = 5_000;
/** A reporter that is silent on the connection itself is looked for this often, ms. */
const keepaliveMs = 10_000;

/** The close code and reason of a restart (contract data-plane 3.12). */
const restarting = [1012, 'Restarting'] as const;

/**
 * One port for gRPC (StatsIngest), and over HTTP/1 for the kubelet's probes and the WebSockets of Go's activators, told
 * apart by the HTTP/2 preface: any path answers 200, and 500 once draining (contract data-plane 3.12, control-plane 8.3).
 */
export async function startStatsServer(o: Options): Promise<StatsServer> {
  let stopping = false;
  const calls = new Set<ServerDuplexStream<StatBatch, ReportReply>>();
  const grpc = new Server({ 'grpc.keepalive_time_ms': keepaliveMs, 'grpc.keepalive_timeout_ms': keepaliveMs });
  grpc.addService(StatsIngestService, {
    report(call: ServerDuplexStream<StatBatch, ReportReply>) {
      const forwarded = call.metadata.get(forwardedKey).length > 0;
      const gone = () => calls.delete(call);
      calls.add(call);
      call.write({ owners: o.owners() });
      call.on('data', (batch: StatBatch) => o.receive(batch.messages, forwarded));
      call.on('error', gone);
      call.on('cancelled', gone);
      call.on('end', () => {
        gone();
        call.end();
      });
    },
  });
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const http = createHttp((_req, res) => {
    res.writeHead(stopping ? 500 : 200, { 'content-type': 'text/plain; charset=utf-8' }).end(stopping ? 'shutting down' : 'ok');
  });
  const peers = new Set<WebSocketPeer>();
  http.on('upgrade', (req, socket, head) => {
    const [host = ''] = (req.headers.host ?? '').split(/[.:]/);
    // Whoever asks for a bucket by name must see that it is not here: its dialer goes on then.
    if (host.startsWith('autoscaler-bucket') && !o.owns(host)) {
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const peer = acceptWebSocket(req, socket, head, {
      message: (data) => {
        try {
          o.receive(StatBatch.decode(data).messages, false);
        } catch (error) {
          o.garbage?.(error as Error);
        }
      },
      closed: () => peer && peers.delete(peer),
    });
    if (peer) peers.add(peer);
  });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
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
    for (const call of calls) if (!call.writableNeedDrain) call.write({ owners: o.owners() });
  };
  const heartbeat = setInterval(announceOwners, heartbeatMs);
  return {
    port: (server.address() as AddressInfo).port,
    announceOwners,
    draining: () => {
      stopping = true;
    },
    async close(graceMs) {
      clearInterval(heartbeat);
      const closed = new Promise((resolve) => server.close(resolve));
      for (const call of calls) call.end();
      for (const peer of peers) peer.close(...restarting);
      injector.drain(graceMs);
      http.closeIdleConnections();
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(cut);
      grpc.forceShutdown();
    },
  };
}

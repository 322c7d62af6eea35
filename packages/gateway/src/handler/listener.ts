import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContext, type TLSSocket } from 'node:tls';
import type { Handler } from '@ebb/shared/proxy/handler.ts';
import { type Listener, type ListenerOptions, open } from '@ebb/shared/proxy/listener.ts';
import { serve } from '@ebb/shared/proxy/serving.ts';
import { readProxyHeader } from './proxy-header.ts';

/** The certificate for a server name, as it is now. */
type Certificate = (serverName: string) => SecureContext | undefined;

export interface GatewayListenerOptions extends ListenerOptions {
  /**
   * Speaks TLS 1.2 or 1.3 with the certificate for a server name, as it is now. A name without one, or none at all, ends
   * the handshake with an alert: there is no certificate that would be right for it (contract data-plane 4.8).
   */
  certificate?: Certificate;
  /** Connections begin with the client's address; those that do not are closed. */
  proxyProtocol?: boolean;
  /** Connections of one client address at a time; no limit when 0 or absent. What is more is closed. */
  maxConnectionsPerClient?: number;
  /** How long a client may take before its first request, for the PROXY header and for the handshake each; 10 s when absent. */
  openingMs?: number;
}

/** HTTP/1.1 and HTTP/2 on one port, over TLS where there are certificates. */
export async function listenAtGateway(handler: Handler, options: GatewayListenerOptions): Promise<Listener> {
  const { certificate, proxyProtocol = false, maxConnectionsPerClient = 0, openingMs = 10_000 } = options;
  const serving = serve(handler, options);
  const tls = certificate && tlsServer(certificate, openingMs, (socket) => serving.accept(socket, false));
  // Who must look at a socket first, or be told of its end, cannot have it read the cheaper way.
  const paused = !tls && !proxyProtocol && maxConnectionsPerClient === 0;
  const clients = new Map<string, number>();

  const counted = (socket: Socket, address: string): boolean => {
    const others = clients.get(address) ?? 0;
    if (others >= maxConnectionsPerClient) return false;
    clients.set(address, others + 1);
    socket.once('close', () => {
      const left = (clients.get(address) ?? 1) - 1;
      if (left > 0) clients.set(address, left);
      else clients.delete(address);
    });
    return true;
  };
  const admit = (socket: Socket, source: string | undefined) => {
    if (maxConnectionsPerClient > 0 && !counted(socket, source ?? socket.remoteAddress ?? '')) socket.destroy();
    else if (tls) tls(socket, source);
    else serving.accept(source === undefined ? socket : from(socket, source), paused);
  };
  const server = createServer({ noDelay: true, keepAlive: true, allowHalfOpen: true, pauseOnConnect: paused }, (socket) => {
    if (proxyProtocol) readProxyHeader(socket, openingMs, (source) => admit(socket, source));
    else admit(socket, undefined);
  });
  return open(server, serving, options);
}

/** A connection that somebody in front made for a client at `source`. */
const from = <S extends Socket>(socket: S, source: string): S => Object.defineProperty(socket, 'remoteAddress', { value: source });

/** Makes TLS of connections, and hands them on when the handshake is done. */
function tlsServer(certificate: Certificate, openingMs: number, taken: (socket: TLSSocket) => void) {
  const server = createTlsServer({
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout: openingMs,
    SNICallback: (name, done) => done(null, certificate(name)),
  });
  /** Whose connection it is, by the connection: the socket that comes out is another one. */
  const sources = new Map<string, string>();
  const peerOf = (socket: Socket) => `${socket.remoteAddress} ${socket.remotePort}`;
  server.on('secureConnection', (socket) => {
    const source = sources.get(peerOf(socket));
    taken(source === undefined ? socket : from(socket, source));
  });
  // Clients that speak no TLS, want no cipher of ours, or are gone: nobody to tell, and anybody can cause them.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return (socket: Socket, source: string | undefined) => {
    if (source !== undefined) {
      const peer = peerOf(socket);
      sources.set(peer, source);
      socket.once('close', () => sources.delete(peer));
    }
    server.emit('connection', socket);
  };
}

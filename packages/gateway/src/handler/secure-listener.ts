import type { AddressInfo } from 'node:net';
import { createServer, type SecureContext, type TLSSocket } from 'node:tls';
import type { Handler } from '@ebb/shared/proxy/handler.ts';
import type { Listener, ListenerOptions } from '@ebb/shared/proxy/listener.ts';
import { serve } from '@ebb/shared/proxy/serving.ts';

interface Options extends ListenerOptions {
  /** The certificate for a server name, as it is now; undefined refuses the connection (contract data-plane 4.8). */
  certificate: (serverName: string) => SecureContext | undefined;
}

/** How long a client may take for the handshake. */
const handshakeMs = 10_000;

/**
 * HTTP/1.1 and HTTP/2 over TLS 1.2 and 1.3 on one port. A name without a certificate, or none at all, ends the handshake
 * with an alert: there is no certificate that would be right for it.
 */
export async function listenSecurely(handler: Handler, { certificate, ...options }: Options): Promise<Listener> {
  const serving = serve(handler, options);
  const server = createServer({
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout: handshakeMs,
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    SNICallback: (name, done) => done(null, certificate(name)),
  });
  server.on('secureConnection', (socket: TLSSocket) => serving.accept(socket, false));
  // Clients that speak no TLS, want no cipher of ours, or are gone: nobody to tell, and anybody can cause them.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => options.onError?.(error));
  let closed: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    active: serving.active,
    draining: serving.draining,
    close(graceMs) {
      if (!closed) {
        server.close();
        closed = serving.close(graceMs);
      }
      return closed;
    },
  };
}

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tlsSettings } from '@ebb/shared/lib/tls-settings.ts';
import type { Handler } from '@ebb/shared/proxy/handler.ts';
import { type Listener, type ListenerOptions, open } from '@ebb/shared/proxy/listener.ts';
import { serve } from '@ebb/shared/proxy/serving.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';

export interface TlsOptions extends ListenerOptions {
  /** Holds tls.crt and tls.key, as the secret is mounted. */
  folder: string;
  /** Read for the variables QUEUE_PROXY_TLS_*. */
  variables: Readonly<Record<string, string | undefined>>;
  /** Between two looks at the files, ms. */
  everyMs: number;
  log: Logger;
}

/** The handler over TLS, HTTP/1.1 and HTTP/2 (contract data-plane 1.2, 1.14); undefined where the pod has no certificate when it starts. */
export async function listenTls(handler: Handler, options: TlsOptions): Promise<Listener | undefined> {
  const { folder, variables, everyMs, log } = options;
  const files = ['tls.crt', 'tls.key'].map((name) => join(folder, name)) as [string, string];
  if (!files.every((file) => existsSync(file))) return undefined;
  const settings = tlsSettings(variables, 'QUEUE_PROXY_');
  let pair = await read(files);
  // Most pods never see TLS, and start sooner without it.
  const { createServer } = await import('node:tls');
  const serving = serve(handler, options);
  const limits = { ALPNProtocols: ['h2', 'http/1.1'], handshakeTimeout: 60_000, noDelay: true, allowHalfOpen: true };
  const server = createServer({ ...settings, ...limits, ...pair }, (socket) => serving.accept(socket, false));
  // Clients that speak no TLS, or are gone: nobody to tell, and anybody can cause them.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  const look = async () => {
    try {
      const found = await read(files);
      if (found.cert.equals(pair.cert) && found.key.equals(pair.key)) return;
      server.setSecureContext({ ...settings, ...found });
      pair = found;
      log.info('Certificate and/or key have changed on disk and were reloaded.');
    } catch (error) {
      log.error({ err: (error as Error).message }, 'cannot read the certificate anew; the last one stays');
    }
  };
  const timer = setInterval(look, everyMs).unref();
  const listener = await open(server, serving, options);
  return {
    ...listener,
    close(graceMs) {
      clearInterval(timer);
      return listener.close(graceMs);
    },
  };
}

async function read([certFile, keyFile]: [string, string]) {
  const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
  return { cert, key };
}

import { createServer } from 'node:http';
import { createForwarder } from '../../proxy/forward.ts';
import { listen } from '../../proxy/listener.ts';

/** A proxy on a port of loopback in front of a server of HTTP/1 that counts what reaches it: what fuzzing sends its input to. */
export async function startTarget() {
  let requests = 0;
  const paths = new Set<string>();
  const user = createServer((req, res) => {
    requests++;
    if (paths.size < 1000) paths.add(`${req.method} ${req.url}`);
    req.resume();
    req.on('end', () => res.end('ok'));
  });
  user.on('clientError', (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => user.listen(0, '127.0.0.1', resolve));
  const target = { host: '127.0.0.1', port: (user.address() as { port: number }).port };
  const forwarder = createForwarder();
  const listener = await listen((exchange) => forwarder.forward(exchange, { target, protocol: 'http1' }), {
    port: 0,
    host: '127.0.0.1',
    headTimeoutMs: 500,
  });
  return {
    port: listener.port,
    active: listener.active,
    requests: () => requests,
    paths,
    async close() {
      await listener.close(0);
      await forwarder.close();
      user.closeAllConnections();
      await new Promise((resolve) => user.close(resolve));
    },
  };
}

import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { createForwarder, type ForwarderOptions, type ForwardOptions, type UpstreamError } from '../proxy/forward.ts';
import type { Exchange } from '../proxy/handler.ts';
import { type Listener, listen } from '../proxy/listener.ts';

const cleanups: (() => unknown)[] = [];

/** Runs when the test is over, last registered first: give `cleanUp` to afterEach. */
export function onCleanUp(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

/** Lets a server listen on a free port of loopback until the test is over; resolves to the port. */
export async function started(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanUp(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A port of loopback where nobody listens. */
export async function closedPort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A raw connection and everything it received, a character a byte. `allowHalfOpen`: our side stays open when the other has ended. */
export function dial(port: number, input = '', { allowHalfOpen = false } = {}) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen });
  const seen = { socket, data: '', ended: false, closed: false };
  socket.on('data', (chunk) => {
    seen.data += chunk.toString('latin1');
  });
  socket.on('end', () => {
    seen.ended = true;
  });
  socket.on('close', () => {
    seen.closed = true;
  });
  socket.on('error', () => {});
  onCleanUp(() => socket.destroy());
  if (input) socket.write(input, 'latin1');
  return seen;
}

export interface TestProxy {
  port: number;
  listener: Listener;
  /** What forwarding rejected with. */
  errors: UpstreamError[];
}

/** A proxy in front of a port of loopback. `around` sees each exchange first. */
export async function proxyTo(
  port: number,
  more: Partial<ForwardOptions> & { forwarder?: ForwarderOptions; around?: (exchange: Exchange) => void } = {},
): Promise<TestProxy> {
  const { forwarder: options, around, ...forward } = more;
  const forwarder = createForwarder(options);
  const errors: UpstreamError[] = [];
  const listener = await listen(
    async (exchange) => {
      around?.(exchange);
      try {
        await forwarder.forward(exchange, { target: { host: '127.0.0.1', port }, ...forward });
      } catch (error) {
        errors.push(error as UpstreamError);
        throw error;
      }
    },
    { port: 0, host: '127.0.0.1' },
  );
  onCleanUp(async () => {
    await listener.close(0);
    await forwarder.close();
  });
  return { port: listener.port, listener, errors };
}

export async function text(stream: AsyncIterable<unknown>): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += chunk;
  return all;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  raw: string[];
  trailers: NodeJS.Dict<string>;
  body: string;
}

/** One HTTP/1 request on a connection of its own. */
export function ask(
  port: number,
  options: { method?: string; path?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { body, ...rest } = options;
    const req = request({ port, host: '127.0.0.1', agent: false, ...rest }, (res: IncomingMessage) => {
      text(res).then(
        (all) => resolve({ status: res.statusCode ?? 0, headers: res.headers, raw: res.rawHeaders, trailers: res.trailers, body: all }),
        reject,
      );
    });
    req.on('error', reject);
    req.end(body);
  });
}

/** Waits until a number stops growing: what was sent into a stalled stream is all that fits. */
export async function settled(count: () => number): Promise<void> {
  let before = -1;
  while (before !== count()) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

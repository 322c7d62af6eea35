import type { Handler } from '../../proxy/handler.ts';
import { pairsOf } from '../../proxy/http1/rewrite.ts';
import { ServerConnection, type ServerContext } from '../../proxy/http1/server-connection.ts';
import type { Wire } from '../../proxy/http1/wire.ts';
import { respond } from '../../proxy/respond.ts';

/** A request as a reader understood it. */
export interface Seen {
  method: string;
  url: string;
  version: string;
  /** Name, value, name, value. */
  headers: string[];
  body: string;
  complete: boolean;
}

/** A wire without a socket: what is written is kept, so that a million connections take no ports. */
class MemoryWire {
  sent = '';
  ended = false;
  owner: unknown;
  readonly writable = true;
  readonly socket = {
    writableLength: 0,
    remoteAddress: '127.0.0.1',
    write: (bytes: Buffer) => this.text(bytes.toString('latin1')),
    end: () => {
      this.ended = true;
    },
    destroy: () => {
      this.ended = true;
    },
    removeAllListeners() {},
  };
  text(text: string): void {
    this.sent += text;
  }
  pause(): void {}
  resume(): void {}
  reset(): void {
    this.ended = true;
  }
  release() {
    return this.socket;
  }
}

/** What the proxy core makes of a connection's input: requests it took, in order, and what it wrote. */
export async function readByUs(chunks: readonly Buffer[]): Promise<{ seen: Seen[]; sent: string; ended: boolean; http2: boolean }> {
  const seen: Seen[] = [];
  const handler: Handler = async (exchange) => {
    const { req } = exchange;
    const { head } = req as unknown as { head: { minor: number } };
    const one: Seen = {
      method: req.method,
      url: req.url,
      version: `1.${head.minor}`,
      headers: [...pairsOf(req.fields)],
      body: '',
      complete: !req.body,
    };
    seen.push(one);
    if (req.body)
      await new Promise<void>((resolve) =>
        req.body!.pipe({
          write(chunk) {
            one.body += chunk.toString('latin1');
          },
          flush: () => true,
          end() {
            one.complete = true;
            resolve();
          },
          fail: () => resolve(),
        }),
      );
    respond(exchange, 200, 'ok');
  };
  let http2 = false;
  const context: ServerContext = {
    handler,
    maxHeaderBytes: 16 * 1024,
    headTimeoutMs: 60_000,
    leaving: false,
    ending: false,
    began() {},
    over() {},
    http2() {
      http2 = true;
    },
    closed() {},
  };
  const wire = new MemoryWire();
  const connection = new ServerConnection(context).start(wire as unknown as Wire);
  wire.owner = connection;
  for (const chunk of chunks) {
    if (wire.ended || http2) break;
    connection.data(chunk);
    // Bodies are read, and answers written, in turns of their own.
    for (let i = 0; i < 6; i++) await null;
  }
  connection.closed();
  return { seen, sent: wire.sent, ended: wire.ended, http2 };
}

import type { Exchange, ProxyRequest, UpstreamHead } from '../handler.ts';
import { wantsUpgrade } from '../headers.ts';
import { Lifetime } from '../lifetime.ts';
import type { RequestHead } from './request-head.ts';
import type { ServerBody } from './server-body.ts';
import type { ServerConnection } from './server-connection.ts';
import { ServerResponse } from './server-response.ts';
import { tunnel } from './tunnel.ts';
import type { Wire } from './wire.ts';

/** A request of HTTP/1. */
export class ServerRequest implements ProxyRequest {
  readonly head: RequestHead;
  readonly body: ServerBody | undefined;
  readonly remoteAddress: string | undefined;
  readonly #connection: ServerConnection;
  #headers: Record<string, string> | undefined;

  constructor(head: RequestHead, body: ServerBody | undefined, connection: ServerConnection) {
    this.head = head;
    this.body = body;
    this.remoteAddress = connection.remoteAddress;
    this.#connection = connection;
  }

  get remotePort() {
    return this.#connection.wire.socket.remotePort;
  }

  get version() {
    return `HTTP/1.${this.head.minor}`;
  }

  get method() {
    return this.head.method;
  }

  get url() {
    return this.head.target;
  }

  get fields() {
    return this.head.fields;
  }

  get authority() {
    return this.head.facts.host;
  }

  header(name: string): string {
    return this.head.fields.get(name);
  }

  get headers(): Record<string, string> {
    if (!this.#headers) {
      // No prototype: names are the client's.
      const all: Record<string, string> = Object.create(null);
      const { fields } = this.head;
      for (let i = 0; i < fields.names.length; i++) {
        const { lower } = fields.names[i]!;
        all[lower] = all[lower] === undefined ? fields.value(i) : `${all[lower]}, ${fields.value(i)}`;
      }
      this.#headers = all;
    }
    return this.#headers;
  }
}

/** An exchange of HTTP/1: over when its handler has settled and its response has ended. */
export class ServerExchange extends Lifetime implements Exchange {
  readonly req: ServerRequest;
  readonly res: ServerResponse;
  readonly connection: ServerConnection;
  readonly upgrade: string | undefined;
  readonly httpMajor = 1;
  onWrite: (() => void) | undefined;
  settled = false;

  constructor(connection: ServerConnection, head: RequestHead, body: ServerBody | undefined) {
    super();
    this.connection = connection;
    this.req = new ServerRequest(head, body, connection);
    const { facts } = head;
    this.upgrade = facts.upgrading && head.minor > 0 && !body && wantsUpgrade(facts.upgrade) ? facts.upgrade : undefined;
    this.onWrite = undefined;
    this.res = new ServerResponse(this);
  }

  /** The upstream switched protocols: its wire and the client's are joined. `over` is called when both are closed. */
  join(head: UpstreamHead, protocol: string, upstream: Wire, early: Buffer, over: () => void): void {
    const { connection, res } = this;
    res.switched(head, protocol);
    const held = connection.detach();
    tunnel(connection.wire, upstream, () => {
      res.ended = true;
      connection.closed();
      over();
    });
    if (early.length > 0) connection.wire.socket.write(early);
    if (held) upstream.socket.write(held);
  }
}

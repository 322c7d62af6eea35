import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Duplex } from 'node:stream';

/** A request of either protocol: HTTP/1.1 as node:http gives it, h2c through node:http2's compatibility API. */
export type ProxyRequest = IncomingMessage | Http2ServerRequest;
export type ProxyResponse = ServerResponse | Http2ServerResponse;

/**
 * One exchange on its way through the request path. Handlers are composed outermost first and call the next one;
 * a handler that answers by itself does not. An upgrade (HTTP/1.1 `Connection: upgrade`) has a socket instead of a response.
 */
export interface Exchange {
  req: ProxyRequest;
  /** Absent for upgrades. */
  res?: ProxyResponse;
  /** Upgrades: the client's connection and the bytes it sent early. */
  upgrade?: { socket: Duplex; head: Buffer };
  /** Aborted when the client is gone or a timeout struck: everything done for the exchange stops. */
  signal: AbortSignal;
  /** 1 or 2: the protocol upstream is the inbound one (contract data-plane 1.8). */
  httpMajor: 1 | 2;
  /** Told by whoever writes to the client, at the response head and at each chunk of its body: what idle timeouts run on. */
  onWrite?: () => void;
}

/** Resolves when the exchange is over: the response ended or failed, or the upgraded connection closed. */
export type Handler<E extends Exchange = Exchange> = (exchange: E) => Promise<void>;
/** A layer; `E` is an exchange with what outer layers found out about it. */
export type Middleware<E extends Exchange = Exchange> = (next: Handler<E>) => Handler<E>;

/** A request path as one list, outermost first. */
export function compose<E extends Exchange = Exchange>(stack: Middleware<E>[], innermost: Handler<E>): Handler<E> {
  return stack.reduceRight((next, layer) => layer(next), innermost);
}

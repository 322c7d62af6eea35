import { headers as names } from '@ebb/shared/api/headers.ts';
import type { Forwarder } from '@ebb/shared/proxy/forward.ts';
import type { Exchange, Handler } from '@ebb/shared/proxy/handler.ts';
import { forwarded } from '../core/forwarded.ts';
import { header } from './probes.ts';

const removed = { [names.revision]: undefined, [names.namespace]: undefined, [names.originalHost]: undefined };

/** Where the user's container is: in the same pod. */
export const userHost = '127.0.0.1';

/** To the user's container, with the headers of contract data-plane 1.8. */
export function toUser(forwarder: Forwarder, port: number): Handler {
  const target = { host: userHost, port };
  return (exchange) => {
    const authority = header(exchange, names.originalHost) || undefined;
    return forwarder.forward(exchange, { target, headers: headersOf(exchange), authority });
  };
}

function headersOf(exchange: Exchange): Readonly<Record<string, string | undefined>> {
  const { trace } = exchange;
  return trace ? { ...endHeaders(exchange), traceparent: trace.traceparent } : endHeaders(exchange);
}

function endHeaders(exchange: Exchange): Readonly<Record<string, string | undefined>> {
  if (header(exchange, 'forwarded') !== '') return removed;
  const made = forwarded(header(exchange, 'x-forwarded-for'), header(exchange, 'x-forwarded-host'), header(exchange, 'x-forwarded-proto'));
  return made === undefined ? removed : { ...removed, forwarded: made };
}

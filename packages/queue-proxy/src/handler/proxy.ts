import { headers as names } from '@ebb/shared/api/headers.ts';
import type { Forwarder } from '@ebb/shared/proxy/forward.ts';
import type { Handler } from '@ebb/shared/proxy/handler.ts';
import { forwarded } from '../core/forwarded.ts';
import { header } from './probes.ts';

/** To the user's container, with the headers of contract data-plane 1.8. */
export function toUser(forwarder: Forwarder, port: number): Handler {
  const target = { host: '127.0.0.1', port };
  return (exchange) => {
    const { headers } = exchange.req;
    const set: Record<string, string | undefined> = {
      [names.revision]: undefined,
      [names.namespace]: undefined,
      [names.originalHost]: undefined,
    };
    if (headers.forwarded === undefined) {
      const made = forwarded(
        header(exchange, 'x-forwarded-for'),
        header(exchange, 'x-forwarded-host'),
        header(exchange, 'x-forwarded-proto'),
      );
      if (made) set.forwarded = made;
    }
    return forwarder.forward(exchange, { target, headers: set, authority: header(exchange, names.originalHost) || undefined });
  };
}

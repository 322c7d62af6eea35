import { headers } from '@ebb/shared/api/headers.ts';
import type { Handler } from '@ebb/shared/proxy/handler.ts';
import { respond, respondError } from '@ebb/shared/proxy/respond.ts';
import type { Routes } from '../core/compile.ts';
import { decide, type Entrance } from '../core/decide.ts';
import type { Routing } from '../state/routing.ts';
import { routeAttributes } from '../telemetry.ts';
import type { Balance } from './balance.ts';
import type { RoutedExchange } from './observed.ts';

interface Options {
  entrance: Entrance;
  routing: Routing;
  balance: Balance;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Whether all processes behind this address serve these routes. */
  agreed?: (routes: Routes) => boolean;
}

/** Where each request goes, and the answers the gateway gives by itself. */
export function route({ entrance, routing, balance, random, agreed = () => true }: Options): Handler<RoutedExchange> {
  return async (exchange) => {
    const decision = decide(routing.table, entrance, exchange.req, random());
    switch (decision.to) {
      case 'nobody':
        return respondError(exchange, 404, decision.why);
      case 'https':
        return respond(exchange, 301, '', { location: decision.location });
      case 'prober':
        // A pass says that this replica would reach the backends, so it waits for their addresses.
        if (!routing.reachable(decision.routes))
          return respondError(exchange, 503, 'a backend has no address, or a certificate is missing');
        if (!agreed(decision.routes)) return respondError(exchange, 503, 'not every worker serves it yet');
        return respond(exchange, 200, '', { [headers.hash]: decision.routes.hash });
      case 'backend':
        exchange.routed = decision;
        return balance(exchange, decision.split.backend, { headers: traced(exchange, decision.headers), authority: decision.authority });
    }
  };
}

/** Where traces are on: says on the span whose request it is, and names the span to the next server. */
function traced<H extends object>({ trace, routed }: RoutedExchange, set: H): H & { traceparent?: string } {
  if (!trace || !routed) return set;
  const revision = routed.split.headers[headers.revision];
  for (const [name, value] of Object.entries(routeAttributes(routed.routes.key, revision))) trace.set(name, value);
  return { ...set, traceparent: trace.traceparent };
}

import { headers } from '@ebb/shared/api/headers.ts';
import type { Exchange, Middleware } from '@ebb/shared/proxy/handler.ts';
import { statusOf } from '@ebb/shared/proxy/outcome.ts';
import type { Routes, Split } from '../core/compile.ts';
import type { Entrance } from '../core/decide.ts';
import type { GatewayTelemetry } from '../telemetry.ts';

/** An exchange, and where it was sent; absent when it was sent nowhere. */
export interface RoutedExchange extends Exchange {
  routed?: { routes: Routes; split: Split };
}

/** Tells of every request and how it went. */
export function observed({ visibility, secure }: Entrance, telemetry: GatewayTelemetry): Middleware<RoutedExchange> {
  return (next) => (exchange) => {
    const done = telemetry.started(visibility);
    exchange.onEnd((error) => {
      const { req, res, routed } = exchange;
      // What a handler failed with is answered after it.
      const status = statusOf(exchange, error);
      done({ status, bytes: res.bodyBytes, ingress: routed?.routes.key, revision: routed?.split.headers[headers.revision], req, secure });
    });
    return next(exchange);
  };
}

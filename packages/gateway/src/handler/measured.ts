import type { Middleware } from '@ebb/shared/proxy/handler.ts';
import type { Visibility } from '../core/table.ts';
import type { GatewayTelemetry } from '../telemetry.ts';

/** Counts requests under way and how those that ended went. */
export function measured(visibility: Visibility, telemetry: GatewayTelemetry): Middleware {
  return (next) => async (exchange) => {
    const done = telemetry.started(visibility);
    try {
      await next(exchange);
    } finally {
      done(exchange.res?.headersSent ? exchange.res.statusCode : undefined);
    }
  };
}

import { compose, type Handler } from '@ebb/shared/proxy/handler.ts';
import { traceRequests } from '@ebb/shared/proxy/trace.ts';
import type { Tracer } from '@ebb/shared/telemetry/trace.ts';
import type { Routes } from '../core/compile.ts';
import type { Entrance } from '../core/decide.ts';
import type { Routing } from '../state/routing.ts';
import type { GatewayTelemetry } from '../telemetry.ts';
import type { Balance } from './balance.ts';
import { observed, type RoutedExchange } from './observed.ts';
import { route } from './route.ts';

interface Options {
  entrance: Entrance;
  routing: Routing;
  balance: Balance;
  telemetry: GatewayTelemetry;
  tracer?: Tracer;
  random: () => number;
  agreed?: (routes: Routes) => boolean;
}

/** The request path of one listener, outermost first. */
export function stack({ entrance, telemetry, tracer, ...rest }: Options): Handler {
  const traced = tracer ? [traceRequests<RoutedExchange>(tracer)] : [];
  return compose<RoutedExchange>([observed(entrance, telemetry), ...traced], route({ entrance, ...rest }));
}

import { compose, type Handler } from '@ebb/shared/proxy/handler.ts';
import type { Visibility } from '../core/table.ts';
import type { Routing } from '../state/routing.ts';
import type { GatewayTelemetry } from '../telemetry.ts';
import type { Balance } from './balance.ts';
import { measured } from './measured.ts';
import { route } from './route.ts';

interface Options {
  visibility: Visibility;
  /** The listener speaks TLS. */
  secure: boolean;
  routing: Routing;
  balance: Balance;
  telemetry: GatewayTelemetry;
  random: () => number;
}

/** The request path of one listener, outermost first. */
export function stack({ visibility, telemetry, ...rest }: Options): Handler {
  return compose([measured(visibility, telemetry)], route({ visibility, ...rest }));
}

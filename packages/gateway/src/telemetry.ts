import type { Meter } from '@opentelemetry/api';
import type { Visibility } from './core/table.ts';

/** What the gateway counts. */
export interface GatewayTelemetry {
  /** A request came in; call what is returned when it is over, with its status if it has one. */
  started(visibility: Visibility): (status: number | undefined) => void;
  /** An address could not be connected to. */
  refused(backend: string): void;
}

/** Seconds; a proxy's own share is at the low end, a cold start at the high one. */
const boundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The gateway's metrics. `status`: 2xx to 5xx, or `none` for upgraded connections and clients that left. */
export function instruments(meter: Meter, now: () => number): GatewayTelemetry {
  const duration = meter.createHistogram('kn.gateway.request.duration', { unit: 's', advice: { explicitBucketBoundaries: boundaries } });
  const active = meter.createUpDownCounter('kn.gateway.requests.active');
  const refusals = meter.createCounter('kn.gateway.backend.refused');
  return {
    started(listener) {
      const at = now();
      const labels = { listener };
      active.add(1, labels);
      return (status) => {
        active.add(-1, labels);
        duration.record((now() - at) / 1000, { listener, status: status ? `${Math.floor(status / 100)}xx` : 'none' });
      };
    },
    refused: (backend) => refusals.add(1, { backend }),
  };
}

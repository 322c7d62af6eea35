import type { Clock } from '@ebb/shared/lib/clock.ts';
import { type Forwarder, type ForwardOptions, UpstreamError } from '@ebb/shared/proxy/forward.ts';
import type { Exchange } from '@ebb/shared/proxy/handler.ts';
import { respondError } from '@ebb/shared/proxy/respond.ts';
import { ejectionMs, type Pool, type Slot } from '../core/pool.ts';
import type { GatewayTelemetry } from '../telemetry.ts';

/** Sends an exchange to an address of a backend (`backendKey`). */
export type Balance = (exchange: Exchange, backend: string, options: Omit<ForwardOptions, 'target' | 'protocol'>) => Promise<void>;

interface Options {
  pool: (backend: string) => Pool | undefined;
  forwarder: Forwarder;
  clock: Clock;
  random: () => number;
  telemetry: Pick<GatewayTelemetry, 'refused'>;
  /** How long requests whose addresses all refuse look for another, in ms. */
  patienceMs?: number;
}

/** All addresses refused: a new one is told by the Endpoints, an old one may be back after this. */
const pauseMs = 100;

/**
 * Forwards to the less loaded of two random addresses. Where nothing was sent another address is tried: a pod that has
 * just gone is still listed for a moment. What may have reached a backend is never sent again (contract data-plane 4.1).
 */
export function createBalance({ pool: poolOf, forwarder, clock, random, telemetry, patienceMs = 5000 }: Options): Balance {
  /** One attempt; returns what went wrong, undefined when the exchange is over. */
  const once = async (exchange: Exchange, slot: Slot, options: Omit<ForwardOptions, 'target'>): Promise<UpstreamError | undefined> => {
    slot.outstanding++;
    try {
      await forwarder.forward(exchange, { ...options, target: slot.target });
      return undefined;
    } catch (error) {
      if (exchange.cancelled) return undefined;
      if (!(error instanceof UpstreamError)) throw error;
      return error;
    } finally {
      slot.outstanding--;
    }
  };

  return async (exchange, backend, options) => {
    let tried: Set<Slot> | undefined;
    let giveUpAt = 0;
    let failure: UpstreamError | undefined;
    while (!exchange.cancelled) {
      const pool = poolOf(backend);
      const slot = pool?.pick(clock.now(), random, tried);
      if (slot) {
        failure = await once(exchange, slot, { ...options, protocol: pool?.protocol });
        if (!failure) return;
        if (!failure.unsent) return respondError(exchange, 502, failure.message);
        telemetry.refused(backend);
        giveUpAt ||= clock.now() + patienceMs;
        slot.ejectedUntil = clock.now() + ejectionMs;
        tried = (tried ?? new Set()).add(slot);
      } else if (!pool?.size) {
        return respondError(exchange, 503, `no address behind ${backend}`);
      } else if (clock.now() >= giveUpAt) {
        return respondError(exchange, 502, failure?.message ?? 'no address answers');
      } else {
        tried = undefined;
        await updated(pool, exchange.signal);
      }
    }
  };
}

/** Resolves when the addresses change, after a pause, or when the client is gone. */
function updated(pool: Pool, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      stop();
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, pauseMs);
    const stop = pool.onceUpdated(over);
    signal.addEventListener('abort', over);
  });
}

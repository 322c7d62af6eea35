import type { Middleware } from '@ebb/shared/proxy/handler.ts';
import type { Reporter } from '../stats/reporter.ts';
import type { Call } from './call.ts';

/** Counts a request from here on, waiting and proxied alike (contract data-plane 2.8). */
export const countRequests =
  (reporter: Reporter): Middleware<Call> =>
  (next) =>
  (call) => {
    const { key } = call.activated;
    reporter.arrive(key);
    call.onEnd(() => reporter.leave(key));
    return next(call);
  };

import type { Logger } from '@ebb/shared/telemetry/log.ts';
import type { Certs } from '../certs/issue.ts';

interface Options {
  believes: (ca: string) => boolean;
  log: Logger;
  /** How long at most the old certificate is kept for clients that do not know the new CA yet. */
  patienceMs?: number;
}

export interface Swap {
  /** These certificates are to be served next. */
  next(certs: Certs): void;
  /** From now on there is a server; nobody has met it, so it gets what `next` was last told at once. */
  start(reload: (certs: Certs) => void): void;
  stop(): void;
}

const lookEveryMs = 250;
/** The API server learns of a registration by a watch, as this process does: a little later, perhaps. */
const settleMs = 2000;

/**
 * Serves new certificates only when the API server has been told of their CA, so that renewing them refuses nobody:
 * the old one is good for a day yet. Where nobody tells (no registration, no leader) it swaps after a while all the same.
 */
export function swapWhenBelieved({ believes, log, patienceMs = 15_000 }: Options): Swap {
  let reload: ((certs: Certs) => void) | undefined;
  let latest: Certs | undefined;
  let timer: NodeJS.Timeout | undefined;

  const swap = (certs: Certs): void => {
    reload?.(certs);
    log.info('serving new certificates');
  };
  const wait = (certs: Certs, waitedMs: number): void => {
    const enough = believes(certs.ca) || waitedMs >= patienceMs;
    timer = enough ? setTimeout(() => swap(certs), settleMs) : setTimeout(() => wait(certs, waitedMs + lookEveryMs), lookEveryMs);
  };
  return {
    next(certs) {
      latest = certs;
      clearTimeout(timer);
      if (reload) wait(certs, 0);
    },
    start(to) {
      reload = to;
      if (latest) to(latest);
    },
    stop: () => clearTimeout(timer),
  };
}

import { createLogger, type Logger } from './log.ts';

export interface Running {
  /** Stops taking work, finishes what was taken, lets go of everything. */
  drain(): Promise<void>;
}

/**
 * The edge of a service's process: starts it, and on SIGTERM or SIGINT drains it and exits 0. A second signal exits 1
 * at once, and so does a start that fails, with the reason in the log.
 */
export async function runMain(component: string, start: (log: Logger) => Promise<Running>): Promise<void> {
  const log = createLogger(component);
  let running: Running;
  try {
    const at = performance.now();
    running = await start(log);
    log.info({ startMs: Math.round(performance.now() - at), pid: process.pid }, 'started');
  } catch (error) {
    log.fatal({ err: error }, 'cannot start');
    process.exitCode = 1;
    setTimeout(() => process.exit(1), 100);
    return;
  }
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) {
      log.warn({ signal }, 'second signal: ending at once');
      process.exit(1);
    }
    stopping = true;
    log.info({ signal }, 'draining');
    running.drain().then(
      () => {
        log.info('drained');
        process.exit(0);
      },
      (error) => {
        log.error({ err: error }, 'drain failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught exception');
    process.exit(1);
  });
}

import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** A logger's children, which have a level of their own. */
const families = new WeakMap<Logger, Logger[]>();

/** A JSON logger of one component. Its children last as long as it does: they are of parts of the process, not of requests. */
export function createLogger(component: string, level = process.env.LOG_LEVEL ?? 'info'): Logger {
  const children: Logger[] = [];
  const log = pino({
    level,
    base: { component },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: ['headers.authorization', '*.authorization', '*.token', '*.password'], censor: '[redacted]' },
    onChild: (child) => children.push(child as Logger),
  });
  families.set(log, children);
  return log;
}

/** Changes how much a logger and its children tell from now on. */
export function setLevel(log: Logger, level: string): void {
  for (const one of [log, ...(families.get(log) ?? [])]) one.level = level;
}

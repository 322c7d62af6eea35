import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** A JSON logger of one component. Levels can change at run time: `logger.level = 'debug'`. */
export function createLogger(component: string, level = process.env.LOG_LEVEL ?? 'info'): Logger {
  return pino({
    level,
    base: { component },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: ['headers.authorization', '*.authorization', '*.token', '*.password'], censor: '[redacted]' },
  });
}

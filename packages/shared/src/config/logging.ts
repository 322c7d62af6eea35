import { type Row, row } from './row.ts';

const levels = ['debug', 'info', 'warn', 'warning', 'error', 'dpanic', 'panic', 'fatal'];

/** config-logging (contract control-plane 6.5): the level of each component; info where nothing is said. */
export interface LoggingConfig {
  /** Component → level, in lower case. */
  levels: Record<string, string>;
  /** What queue-proxies of the Go original are configured with; pods get it as it is. */
  zapConfig: string;
}

const components = ['controller', 'autoscaler', 'queueproxy', 'webhook', 'activator', 'gateway', 'hpaautoscaler'];

export const loggingRows: Row<unknown>[] = [
  row.text(
    'zap-logger-config',
    '',
    "JSON for loggers of the Go original; only its level is of use here, and any component's loglevel wins.",
  ),
  ...components.map((c) => row.text(`loglevel.${c}`, 'info', `How much ${c} logs: debug, info, warn, error, dpanic, panic or fatal.`)),
];

/** Parses config-logging; any component may be named. Throws the contract's text. */
export function parseLogging(data: Record<string, string>): LoggingConfig {
  const out: Record<string, string> = {};
  for (const [key, value] of Object.entries(data)) {
    const component = /^loglevel\.(.+)$/.exec(key)?.[1];
    if (!component || value === '') continue;
    const level = value.toLowerCase();
    if (!levels.includes(level)) throw new Error(`invalid logging level: ${value}`);
    out[component] = level === 'warning' ? 'warn' : level;
  }
  return { levels: out, zapConfig: data['zap-logger-config'] ?? '' };
}

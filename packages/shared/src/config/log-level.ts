import { type Logger, setLevel } from '../telemetry/log.ts';
import type { ConfigStore } from './store.ts';

/** What is louder than an error ends a program of the peer's; here it is fatal, too. */
const fatal = new Set(['dpanic', 'panic']);

/** Sets a component's logger and its children to `loglevel.<component>` of config-logging, now and when it changes; without one, to what it was. */
export function followLogLevel(config: ConfigStore, component: string, log: Logger): void {
  const own = log.level;
  const follow = () => {
    const level = config.get('config-logging').levels[component] ?? own;
    setLevel(log, fatal.has(level) ? 'fatal' : level);
  };
  follow();
  config.onChange('config-logging', follow);
}

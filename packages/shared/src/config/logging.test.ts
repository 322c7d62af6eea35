import { tryConfig } from '../testing/config-cases.ts';

tryConfig('config-logging', {
  accepted: [
    ['zap-logger-config', '{"level": "info"}', { zapConfig: '{"level": "info"}' }],
    ...['controller', 'autoscaler', 'queueproxy', 'webhook', 'activator', 'gateway', 'hpaautoscaler'].map(
      (c): [string, string, Record<string, unknown>] => [`loglevel.${c}`, 'DEBUG', { levels: { [c]: 'debug' } }],
    ),
    ['loglevel.net-istio-controller', 'warning', { levels: { 'net-istio-controller': 'warn' } }],
    ['loglevel.controller', '', { levels: {} }],
  ],
  refused: [
    ['loglevel.controller', 'loud', 'invalid logging level: loud'],
    ['loglevel.anything', ' info', 'invalid logging level:  info'],
  ],
});

import { expect, test } from 'vitest';
import type { ConfigMap } from '../api/builtin.ts';
import { createLogger } from '../telemetry/log.ts';
import { followLogLevel } from './log-level.ts';
import { createConfigStore } from './store.ts';

test('a logger and its children follow the level of its component', () => {
  const map = (data: Record<string, string>): ConfigMap => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config-logging', namespace: 'ns' },
    data,
  });
  let changed: (change: { after?: ConfigMap }) => void = () => undefined;
  const source = {
    get: () => map({ 'loglevel.gateway': 'debug' }),
    onChange: (handler: typeof changed) => {
      changed = handler;
      return () => undefined;
    },
  };
  const log = createLogger('test', 'warn');
  const child = log.child({ part: 'queue' });
  const quiet = { error: () => undefined };
  followLogLevel(createConfigStore({ source, namespace: 'ns', names: ['config-logging'], log: quiet }), 'gateway', log);
  expect([log.level, child.level]).toEqual(['debug', 'debug']);
  const levels = [
    { 'loglevel.gateway': 'ERROR' },
    { 'loglevel.gateway': 'panic' },
    { 'loglevel.gateway': 'loud' },
    { 'loglevel.other': 'debug' },
  ];
  const seen = levels.map((data) => {
    changed({ after: map(data as unknown as Record<string, string>) });
    expect(child.level).toBe(log.level);
    return log.level;
  });
  expect(seen).toEqual(['error', 'fatal', 'fatal', 'warn']);
});

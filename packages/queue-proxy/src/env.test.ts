import { describe, expect, it } from 'vitest';
import { readEnv } from './env.ts';

const good = {
  CONTAINER_CONCURRENCY: '10',
  QUEUE_SERVING_PORT: '8012',
  QUEUE_SERVING_TLS_PORT: '8112',
  USER_PORT: '8080',
  REVISION_TIMEOUT_SECONDS: '300',
  SERVING_LOGGING_CONFIG: '',
  SERVING_LOGGING_LEVEL: '',
  SERVING_NAMESPACE: 'ns',
  SERVING_CONFIGURATION: 'c',
  SERVING_REVISION: 'r',
  SERVING_POD: 'p',
  SERVING_POD_IP: '10.0.0.1',
};

describe('readEnv', () => {
  it('reads what the controller writes', () => {
    const probe = { tcpSocket: { host: '127.0.0.1', port: 8080 }, successThreshold: 1 };
    expect(readEnv({ ...good, SERVING_READINESS_PROBE: JSON.stringify(probe), REVISION_IDLE_TIMEOUT_SECONDS: '5' })).toMatchObject({
      servingPort: 8012,
      userPort: 8080,
      containerConcurrency: 10,
      timeoutMs: 300_000,
      responseStartTimeoutMs: 0,
      idleTimeoutMs: 5000,
      probes: [probe],
      requestMetrics: false,
    });
    expect(readEnv({ ...good, SERVING_READINESS_PROBE: JSON.stringify([probe, probe]) }).probes.length).toBe(2);
    // A list whose serving container has no probe.
    expect(readEnv({ ...good, SERVING_READINESS_PROBE: JSON.stringify([null, probe]) }).probes.length).toBe(1);
    expect(readEnv({ ...good, OBSERVABILITY_CONFIG: '{"requestMetrics":{"protocol":"prometheus"}}' }).requestMetrics).toBe(true);
  });

  it('names the variable that is wrong', () => {
    for (const name of Object.keys(good)) {
      expect(() => readEnv({ ...good, [name]: undefined })).toThrow(`${name} is not set, and is required`);
    }
    const wrong = (more: Record<string, string>) => () => readEnv({ ...good, ...more });
    expect(wrong({ USER_PORT: 'x' })).toThrow('USER_PORT is "x"; a whole number from 0 to 65535 would be right');
    expect(wrong({ CONTAINER_CONCURRENCY: '' })).toThrow('CONTAINER_CONCURRENCY is ""');
    expect(wrong({ OBSERVABILITY_CONFIG: '{' })).toThrow('OBSERVABILITY_CONFIG is not JSON');
    expect(wrong({ SERVING_READINESS_PROBE: '{' })).toThrow('SERVING_READINESS_PROBE is not JSON');
    expect(wrong({ SERVING_READINESS_PROBE: '{"exec":{}}' })).toThrow('exec probe not supported');
    expect(wrong({ SERVING_READINESS_PROBE: '{}' })).toThrow('each probe needs httpGet, tcpSocket or grpc');
    expect(wrong({ SERVING_READINESS_PROBE: '{"tcpSocket":{"port":0}}' })).toThrow('the port of a probe is 0');
  });
});

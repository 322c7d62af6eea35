import { createServer, type RequestListener } from 'node:http';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { onCleanUp, started } from '@ebb/shared/testing/http.ts';
import { startQueueProxy, type Tuning } from './app.ts';
import { type QueueEnv, readEnv } from './env.ts';

const log = createLogger('queue-proxy', 'silent');

/** What the controller would set. */
const env = (userPort: number, more: Partial<QueueEnv> = {}): QueueEnv => ({
  ...readEnv({
    CONTAINER_CONCURRENCY: '0',
    QUEUE_SERVING_PORT: '0',
    QUEUE_SERVING_TLS_PORT: '0',
    USER_PORT: String(userPort),
    REVISION_TIMEOUT_SECONDS: '300',
    SERVING_READINESS_PROBE: JSON.stringify({ tcpSocket: { host: '127.0.0.1', port: userPort }, successThreshold: 1 }),
    SERVING_LOGGING_CONFIG: '',
    SERVING_LOGGING_LEVEL: '',
    SERVING_NAMESPACE: 'ns',
    SERVING_CONFIGURATION: 'hello',
    SERVING_REVISION: 'hello-00001',
    SERVING_POD: 'hello-00001-abc',
    SERVING_POD_IP: '127.0.0.1',
  }),
  ...more,
});

/** A queue-proxy in front of a user container, on free ports, until the test is over. */
export async function running(user: RequestListener | number, more: Partial<QueueEnv> = {}, tuning: Tuning = {}) {
  const port = typeof user === 'number' ? user : await started(createServer(user));
  const proxy = await startQueueProxy(log, { env: env(port, more), adminPort: 0, statsPort: 0, quietMs: 50, ...tuning });
  let drained: Promise<void> | undefined;
  const drain = () => {
    drained ??= proxy.drain();
    return drained;
  };
  onCleanUp(drain);
  return { ...proxy, drain };
}

/** A user server that holds requests until it is told to answer them. */
export function holding() {
  const held: (() => void)[] = [];
  const user: RequestListener = (_, res) => held.push(() => res.end('done'));
  return { held, user, release: () => held.splice(0).map((answer) => answer()).length };
}

/** Headers of the kubelet's probe. */
export const kubelet = { 'User-Agent': 'kube-probe/1.35', 'K-Network-Probe': 'queue' };

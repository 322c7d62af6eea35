// Runs once while an image is built: starts the service for a moment, so that what V8 makes of its code is written to
// NODE_COMPILE_CACHE and no start of a container has to parse and compile it again. queue-proxy comes up and is asked a few
// things; the others load and then miss their cluster, which does not matter here.
const { createServer, get } = require('node:http');

const momentMs = 1500;
const user = 8080;
const serving = 8012;

Object.assign(process.env, {
  CONTAINER_CONCURRENCY: '10',
  OBSERVABILITY_CONFIG: '{}',
  QUEUE_SERVING_PORT: String(serving),
  QUEUE_SERVING_TLS_PORT: '8112',
  REVISION_IDLE_TIMEOUT_SECONDS: '0',
  REVISION_RESPONSE_START_TIMEOUT_SECONDS: '0',
  REVISION_TIMEOUT_SECONDS: '300',
  SERVING_CONFIGURATION: 'compile',
  SERVING_LOGGING_CONFIG: '{}',
  SERVING_LOGGING_LEVEL: 'fatal',
  SERVING_NAMESPACE: 'compile',
  SERVING_POD: 'compile',
  SERVING_POD_IP: '127.0.0.1',
  SERVING_READINESS_PROBE: `{"tcpSocket":{"port":${user},"host":"127.0.0.1"},"successThreshold":1}`,
  SERVING_REVISION: 'compile',
  SERVING_SERVICE: 'compile',
  USER_PORT: String(user),
});

const ask = (headers) =>
  get({ host: '127.0.0.1', port: serving, agent: false, headers }, (res) => res.resume()).on('error', () => undefined);

createServer((_req, res) => res.end('ok')).listen(user, '127.0.0.1');
setTimeout(() => {
  for (const headers of [{ 'k-network-probe': 'queue' }, { 'user-agent': 'kube-probe/1' }, {}]) ask(headers);
}, momentMs / 2);
setTimeout(() => process.exit(), momentMs);
// However it ends: what was compiled is written.
process.on('exit', () => {
  process.exitCode = 0;
});
process.on('uncaughtException', () => undefined);

require('./main.cjs');

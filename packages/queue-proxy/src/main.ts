import { announce } from './announce/index.ts';

/** The announcement goes out while nothing else keeps the processor busy, but no start waits longer for it, ms. */
const patienceMs = 10;

const announcing = announce({ env: process.env });
void Promise.race([announcing.sent, new Promise((resolve) => setTimeout(resolve, patienceMs))]).then(async () => {
  const { runMain } = await import('@ebb/shared/telemetry/process.ts');
  const { startQueueProxy } = await import('./app.ts');
  await runMain('queue-proxy', (log) => startQueueProxy(log, { announcing }));
});
